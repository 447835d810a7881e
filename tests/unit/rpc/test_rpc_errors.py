"""The one mapping of errors to statuses."""

from __future__ import annotations

import base64
from urllib.parse import quote

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from wad.domain import access_errors, errors, message_errors
from wad.rpc.errors import DOMAIN, RULES, describe
from wad.v1 import error_pb2

TREE = {errors.__name__, access_errors.__name__}


def tree(kind: type[errors.WadError]) -> list[type[errors.WadError]]:
    """Return all classes of the domain's tree below *kind*; a package's refinements are told as what they refine."""
    below = [child for child in kind.__subclasses__() if child.__module__ in TREE]
    return [found for child in below for found in (child, *tree(child))]


LEAVES = [kind for kind in tree(errors.WadError) if not tree(kind)]

SAMPLES: dict[type[errors.WadError], errors.WadError] = {
    errors.InvalidInput: errors.InvalidInput("policy.idle", "negative"),
    errors.SessionNotFound: errors.SessionNotFound("shop"),
    errors.SessionLimitReached: errors.SessionLimitReached(3),
    errors.DeviceLimitReached: errors.DeviceLimitReached(3),
    errors.WrongKind: errors.WrongKind("shop", is_device=True),
    errors.SessionNotConnected: errors.SessionNotConnected("shop", "syncing"),
    errors.CredentialsNewer: errors.CredentialsNewer("shop", "noon", "eleven"),
    errors.NotPairing: errors.NotPairing("shop", "connected"),
    errors.SessionNotLinked: errors.SessionNotLinked("shop"),
    errors.SlowConsumer: errors.SlowConsumer(),
    errors.WorkerNotFound: errors.WorkerNotFound("w1"),
    errors.WorkerOutdated: errors.WorkerOutdated("w1"),
    errors.CredentialsSound: errors.CredentialsSound("shop"),
    errors.CredentialsDamaged: errors.CredentialsDamaged("shop", "file is not a database"),
    errors.FilesInUse: errors.FilesInUse("shop"),
    errors.CredentialsMissing: errors.CredentialsMissing("shop"),
    message_errors.MessageRefused: message_errors.MessageRefused("shop"),
    message_errors.MessageNotFound: message_errors.MessageNotFound("shop", "3EB0C0FFEE"),
    message_errors.MessagesNotKept: message_errors.MessagesNotKept(),
    message_errors.MessageUnconfirmed: message_errors.MessageUnconfirmed("shop"),
    errors.CreateFailed: errors.CreateFailed("TIMED_OUT", "secret"),
    errors.Draining: errors.Draining(),
    errors.IllegalTransition: errors.IllegalTransition("shop", "a", "b"),
    access_errors.CredentialsRequired: access_errors.CredentialsRequired("Send a token."),
    access_errors.TokenInvalid: access_errors.TokenInvalid(),
    access_errors.TokenExpired: access_errors.TokenExpired(),
    access_errors.TokenRevoked: access_errors.TokenRevoked(),
    access_errors.PermissionDenied: access_errors.PermissionDenied("no", required_role="admin"),
    access_errors.TokenNotFound: access_errors.TokenNotFound("a1"),
    access_errors.RequestIdReused: access_errors.RequestIdReused(),
    access_errors.RestartRequired: access_errors.RestartRequired("grpc.tcp"),
}


def sample(kind: type[errors.WadError]) -> errors.WadError:
    """Return an error of this class; those that take any text get a path, which must not be told."""
    return SAMPLES.get(kind) or kind("cannot open /secret/path")


def unpacked(error: BaseException) -> dict[str, object]:
    """Return the details of what a caller is told, by their names."""
    status = status_pb2.Status.FromString(describe(error).details)
    kinds = (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo)
    found: dict[str, object] = {}
    for packed in status.details:
        for kind in kinds:
            detail = kind()
            if packed.Unpack(detail):
                found[kind.__name__] = detail
    return found


@pytest.mark.parametrize("kind", LEAVES)
def test_every_leaf_has_a_rule_of_its_own(kind: type[errors.WadError]) -> None:
    """No error of the tree gets its status by accident."""
    assert kind in RULES


@pytest.mark.parametrize("kind", [*RULES, errors.WadError, errors.EngineError])
def test_every_reason_is_in_the_contract(kind: type[errors.WadError]) -> None:
    """The reason of every error is a name of the contract's enum."""
    assert f"ERROR_REASON_{kind.reason}" in error_pb2.ErrorReason.DESCRIPTOR.values_by_name


@pytest.mark.parametrize("kind", RULES)
def test_details_fit_the_status(kind: type[errors.WadError]) -> None:
    """Every error has an ErrorInfo; bad input names the field; what may be tried again says when."""
    error = sample(kind)
    details, code = unpacked(error), describe(error).code
    info = details["ErrorInfo"]
    assert isinstance(info, error_details_pb2.ErrorInfo)
    assert (info.domain, info.reason) == (DOMAIN, kind.reason)
    assert ("BadRequest" in details) == (code is grpc.StatusCode.INVALID_ARGUMENT)
    assert ("RetryInfo" in details) == (code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED})


@pytest.mark.parametrize("kind", [kind for kind in RULES if kind not in {errors.InvalidInput, errors.InvalidSessionId}])
def test_no_path_and_no_detail_is_told(kind: type[errors.WadError]) -> None:
    """What an error knows of the machine stays in the log."""
    failure = describe(sample(kind))
    assert b"secret" not in failure.details
    assert "secret" not in failure.message


def test_any_other_error_is_a_defect() -> None:
    """An error from outside the tree is INTERNAL, with an incident number that differs each time."""
    first, second = describe(ValueError("secret")), describe(ValueError("secret"))
    assert first.code is grpc.StatusCode.INTERNAL
    assert b"secret" not in first.details
    assert first.incident != second.incident
    assert first.incident is not None
    assert first.incident in first.message


def test_bad_request_names_the_field() -> None:
    """A caller learns which field of its request to mend."""
    request = unpacked(sample(errors.InvalidInput))["BadRequest"]
    assert isinstance(request, error_details_pb2.BadRequest)
    assert [(v.field, v.description) for v in request.field_violations] == [("policy.idle", "negative")]


@pytest.mark.parametrize("letter", ["x", "ü", "\U0010ffff", "\n"])
def test_what_is_told_fits_what_clients_take(letter: str) -> None:
    """However long the text that an error repeats, its status stays within the 8 KiB that clients take."""
    long = letter * 1_000_000
    for error in (errors.InvalidInput(long, long), errors.WorkerNotFound(long)):
        failure = describe(error)
        assert len(quote(failure.message)) + len(base64.b64encode(failure.details)) < 8000
