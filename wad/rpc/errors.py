"""THE mapping of every error to what a caller is told: a status, a reason for programs, and a way on.

What a caller is told holds no traceback, no path and no secret. Where an error's own text may hold one, the caller gets
a fixed text with an incident number, under which the daemon's log has the rest.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import error_details_pb2, status_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from wad.domain import access_errors, errors, message_errors
from wad.rpc.convert import duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.message import Message

DOMAIN: Final = "wad.v1"
"""Domain of every ErrorInfo."""

LONGEST_TOLD: Final = 1536
"""Bytes of a message on its way, where all but printable ASCII takes three for each. A failure says it up to three
times, twice of them in base64, and clients take 8 KiB of metadata in all unless they are told otherwise."""

LONGEST_FACT: Final = 256
"""The same of a fact for programs."""

_DETAILS_KEY: Final = "grpc-status-details-bin"

_Code = grpc.StatusCode


@dataclass(frozen=True, slots=True)
class Rule:
    """What callers are told of one kind of error.

    Attributes:
        code: The status.
        retry_after: Seconds after which another try makes sense; None when it makes none.
        instead: Told in place of the error's own text, which is for the log only; None tells the error's own text.
        tells: Attributes of the error that programs may want to know; empty ones are left out.
    """

    code: grpc.StatusCode
    retry_after: float | None = None
    instead: str | None = None
    tells: tuple[str, ...] = ()


_DEFECT = Rule(_Code.INTERNAL, instead="The daemon failed to do this; that is a defect in wad.")

RULES: Final[Mapping[type[errors.WadError], Rule]] = {
    errors.InvalidInput: Rule(_Code.INVALID_ARGUMENT),
    errors.InvalidSessionId: Rule(_Code.INVALID_ARGUMENT),
    access_errors.RequestIdReused: Rule(_Code.INVALID_ARGUMENT),
    access_errors.CredentialsRequired: Rule(_Code.UNAUTHENTICATED),
    access_errors.TokenInvalid: Rule(_Code.UNAUTHENTICATED),
    access_errors.TokenExpired: Rule(_Code.UNAUTHENTICATED),
    access_errors.TokenRevoked: Rule(_Code.UNAUTHENTICATED),
    access_errors.PermissionDenied: Rule(_Code.PERMISSION_DENIED, tells=("required_role", "session_id")),
    access_errors.TokenNotFound: Rule(_Code.NOT_FOUND, tells=("token_id",)),
    access_errors.RestartRequired: Rule(_Code.FAILED_PRECONDITION, tells=("key",)),
    errors.SessionNotFound: Rule(_Code.NOT_FOUND, tells=("session_id",)),
    errors.SessionLimitReached: Rule(_Code.RESOURCE_EXHAUSTED, retry_after=30, tells=("limit",)),
    errors.DeviceLimitReached: Rule(_Code.RESOURCE_EXHAUSTED, retry_after=30, tells=("limit",)),
    errors.WrongKind: Rule(_Code.FAILED_PRECONDITION, tells=("session_id",)),
    errors.SessionNotConnected: Rule(_Code.FAILED_PRECONDITION, tells=("session_id", "state")),
    errors.SessionNotLinked: Rule(_Code.FAILED_PRECONDITION, tells=("session_id",)),
    errors.NotPairing: Rule(_Code.FAILED_PRECONDITION, tells=("session_id", "state")),
    errors.PairingCodeRefused: Rule(
        _Code.UNAVAILABLE,
        retry_after=60,
        instead="WhatsApp gives no pairing code at the moment; scan the QR, or try again later.",
    ),
    message_errors.MessageRefused: Rule(_Code.FAILED_PRECONDITION, tells=("session_id",)),
    message_errors.MessageNotFound: Rule(_Code.NOT_FOUND, tells=("session_id",)),
    message_errors.MessagesNotKept: Rule(_Code.FAILED_PRECONDITION),
    message_errors.MessageUnconfirmed: Rule(_Code.UNKNOWN, tells=("session_id",)),
    errors.WorkerNotFound: Rule(_Code.NOT_FOUND, tells=("worker_id",)),
    errors.WorkerOutdated: Rule(_Code.FAILED_PRECONDITION, tells=("worker_id",)),
    errors.SlowConsumer: Rule(_Code.RESOURCE_EXHAUSTED, retry_after=1),
    errors.SessionBusy: Rule(
        _Code.UNAVAILABLE, retry_after=5, instead="Another process holds this session's credentials; try again later."
    ),
    errors.CredentialsSound: Rule(_Code.FAILED_PRECONDITION, tells=("session_id",)),
    errors.CredentialsNewer: Rule(_Code.FAILED_PRECONDITION, tells=("session_id",)),
    errors.CreateFailed: Rule(_Code.UNAVAILABLE, retry_after=5, tells=("cause",)),
    errors.Draining: Rule(_Code.UNAVAILABLE, retry_after=1),
    errors.IllegalTransition: _DEFECT,
    errors.EngineUnavailable: Rule(
        _Code.UNAVAILABLE, retry_after=5, instead="The WhatsApp engine does not answer at the moment; try again later."
    ),
    errors.EngineIncompatible: Rule(
        _Code.FAILED_PRECONDITION,
        instead="The WhatsApp engine cannot run on the daemon's machine; ask its operator to look into the log.",
    ),
    errors.CredentialsMissing: Rule(_Code.UNAVAILABLE, retry_after=30),
    errors.FilesInUse: Rule(_Code.UNAVAILABLE, retry_after=10, tells=("session_id",)),
    errors.CredentialsDamaged: Rule(_Code.FAILED_PRECONDITION, tells=("session_id",)),
    errors.StorageError: Rule(
        _Code.UNAVAILABLE,
        retry_after=30,
        instead="The daemon cannot read or write its storage; try again later, or ask its operator.",
    ),
    errors.ConfigurationError: Rule(
        _Code.FAILED_PRECONDITION, instead="The daemon is not configured for this; ask its operator."
    ),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call ended that did not succeed.

    Attributes:
        code: The status.
        reason: Machine-readable reason, one of the contract's.
        message: What the caller reads.
        details: The rich status, serialised.
        incident: Number under which the log has the cause; None when the caller was told all.
    """

    code: grpc.StatusCode
    reason: str
    message: str
    details: bytes
    incident: str | None = None

    @property
    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        """The rich status, where gRPC libraries look for it."""
        return ((_DETAILS_KEY, self.details),)


def rule_for(error: BaseException) -> Rule:
    """Return the rule of the error's class or of the nearest class above it; any other error is a defect."""
    return next((RULES[kind] for kind in type(error).__mro__ if kind in RULES), _DEFECT)


def describe(error: BaseException, resume_token: str = "") -> Failure:
    """Return what the caller is told of *error*.

    Args:
        error: What happened.
        resume_token: Where a watch may go on; empty for any other call.
    """
    rule = rule_for(error)
    reason = error.reason if isinstance(error, errors.WadError) else errors.WadError.reason
    metadata = {name: _fitting(str(fact), LONGEST_FACT) for name in rule.tells if (fact := getattr(error, name))}
    if resume_token:
        metadata["resume_token"] = resume_token
    incident = None
    message = _fitting(str(error), LONGEST_TOLD)
    if rule.instead is not None:
        incident = metadata["incident"] = secrets.token_hex(6)
        message = f"{rule.instead} (incident {incident})"
    details: list[Message] = [error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=metadata)]
    if isinstance(error, errors.InvalidInput):
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=_fitting(error.field, LONGEST_FACT), description=message, reason=reason
        )
        details.append(error_details_pb2.BadRequest(field_violations=[violation]))
    if rule.retry_after is not None:
        details.append(error_details_pb2.RetryInfo(retry_delay=duration(rule.retry_after)))
    number: int = rule.code.value[0]
    status = status_pb2.Status(code=number, message=message, details=[_pack(detail) for detail in details])
    return Failure(rule.code, reason, message, status.SerializeToString(), incident)


def _fitting(text: str, most: int) -> str:
    """Return a text, cut off before it takes more than *most* bytes on its way: it may repeat what a caller sent."""
    size = 0
    for place, letter in enumerate(text):
        size += 1 if " " <= letter <= "~" else 3 * len(letter.encode())
        if size > most:
            return f"{text[:place]}…"
    return text


def _pack(detail: Message) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(detail)
    return packed
