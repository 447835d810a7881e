"""What matters of a request, and of its answer, when the same request comes again."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from google.protobuf import descriptor_pool

from wad.rpc import repeatable
from wad.rpc.convert import timestamp
from wad.rpc.server import METHODS
from wad.v1 import device_pb2, message_pb2, session_pb2

NOW = 1_800_000_000.0
CREATE = "wad.v1.SessionService/CreateSession"


def create(**fields: object) -> session_pb2.CreateSessionRequest:
    """Return a request."""
    return session_pb2.CreateSessionRequest(**{"session_id": "shop", **fields})  # pyright: ignore[reportArgumentType] - the tests name real fields


def test_the_same_request_has_the_same_fingerprint() -> None:
    """Neither its id nor the order in which its labels were written makes it another one."""
    first = create(labels={"a": "1", "b": "2"}, request_id=str(uuid4()))
    second = create(labels={"b": "2", "a": "1"}, request_id=str(uuid4()))
    assert repeatable.fingerprint(CREATE, first) == repeatable.fingerprint(CREATE, second)
    assert first.request_id


@pytest.mark.parametrize(
    "other",
    [
        create(session_id="shop2"),
        create(labels={"a": "1"}),
        create(policy=session_pb2.Policy(max_failures=0)),
        create(wait=session_pb2.CREATE_WAIT_NONE),
    ],
)
def test_another_request_has_another_fingerprint(other: session_pb2.CreateSessionRequest) -> None:
    """Whatever differs, if only that a field is given its default, is another request."""
    assert repeatable.fingerprint(CREATE, other) != repeatable.fingerprint(CREATE, create())


def test_another_method_has_another_fingerprint() -> None:
    """Requests of two methods are told apart, also when they have the same bytes."""
    assert repeatable.fingerprint("wad.v1.SessionService/Other", create()) != repeatable.fingerprint(CREATE, create())


def test_a_code_that_is_good_no_more_is_not_shown_again() -> None:
    """A kept answer is given without its QR and its pairing code once they have expired, and else as it was."""
    session = session_pb2.Session(
        session_id="shop",
        qr=session_pb2.Qr(code="2@secret", expire_time=timestamp(NOW + 20)),
        pairing_code=session_pb2.PairingCode(code="ABCD-1234", expire_time=timestamp(NOW + 10)),
    )
    answers = {
        CREATE: session_pb2.CreateSessionResponse(session=session),
        "wad.v1.DeviceService/CreateDevice": device_pb2.CreateDeviceResponse(device=device_pb2.Device(session=session)),
    }
    for method, answer in answers.items():
        shown = [
            [name for name in ("qr", "pairing_code") if re.search(rf"\b{name} {{", str(given))]
            for given in (
                repeatable.parse_response(method, answer.SerializeToString(), NOW + seconds) for seconds in (0, 10, 20)
            )
        ]
        assert repeatable.parse_response(method, answer.SerializeToString(), NOW) == answer
        assert shown == [["qr", "pairing_code"], ["qr"], []]


def test_a_device_that_is_given_no_id_gets_the_same_one_again() -> None:
    """Its id follows from who asks and under which id; one that was given stays."""
    given: list[str] = []
    for device_id, caller, request_id in [
        ("", "a", "1"),
        ("", "a", "1"),
        ("", "b", "1"),
        ("", "a", "2"),
        ("till", "a", "1"),
    ]:
        request = device_pb2.CreateDeviceRequest(device_id=device_id)
        repeatable.name_device(request, caller, request_id)
        given.append(request.device_id)
    assert given[0] == given[1]
    assert len(set(given)) == 4
    assert given[-1] == "till"


def test_no_other_method_takes_an_id_that_does_nothing() -> None:
    """Every method whose request has an id is one of those whose answers this knows how to give again."""
    known = {
        session_pb2.CreateSessionRequest,
        session_pb2.RemoveSessionRequest,
        device_pb2.CreateDeviceRequest,
        device_pb2.RemoveDeviceRequest,
        message_pb2.SendMessageRequest,
    }
    found = [
        descriptor_pool.Default().FindMethodByName(f"{service}.{method}").input_type for service, method in METHODS
    ]
    named = {request.full_name for request in found if "request_id" in request.fields_by_name}
    assert named == {kind.DESCRIPTOR.full_name for kind in known}
