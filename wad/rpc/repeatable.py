"""What matters of a request, and of its answer, when the same request comes again. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from google.protobuf import descriptor_pool, message_factory

from wad.domain.errors import InvalidInput, WadError
from wad.domain.ids import parse_session_id
from wad.domain.message_errors import MessageUnconfirmed
from wad.v1 import device_pb2, message_pb2, session_pb2

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from wad.domain.ids import SessionId

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_DEVICE_ID_DIGITS: Final = 8


def request_id_of(request: Message) -> str:
    """Return what the caller calls the request; empty when it gives it no id, or the method takes none.

    Raises:
        InvalidInput: That is no UUID.
    """
    given: str = getattr(request, "request_id", "")
    if given and _UUID.fullmatch(given) is None:
        raise InvalidInput(
            "request_id",
            "This is not a UUID: one has 32 hexadecimal digits, as in 123e4567-e89b-12d3-a456-426614174000. Make up "
            "a new one for every request.",
        )
    return given.lower()


def fingerprint(method: str, request: Any) -> str:
    """Return a text that is the same for the same request of the same method, whatever its id, and for no other."""
    bare = type(request)()
    bare.CopyFrom(request)
    bare.ClearField("request_id")
    return hashlib.sha256(method.encode() + b"\0" + bare.SerializeToString(deterministic=True)).hexdigest()


def name_device(request: Message, caller: str, request_id: str) -> None:
    """Give a device that is to be created without an id one that is the same when the request comes again."""
    if isinstance(request, device_pb2.CreateDeviceRequest) and not request.device_id:
        request.device_id = hashlib.sha256(f"{caller} {request_id}".encode()).hexdigest()[:_DEVICE_ID_DIGITS]


def once_only(request: Message) -> bool:
    """Return True when doing the request twice is worse than not knowing whether it was done."""
    return isinstance(request, message_pb2.SendMessageRequest)


def may_be_done(error: BaseException) -> bool:
    """Return True when a request that ended so may have had its effect all the same."""
    return isinstance(error, MessageUnconfirmed) or not isinstance(error, WadError)


def when_gone(request: Message) -> Message | None:
    """Return the answer to a removal whose session an earlier try has removed; None for any other request."""
    if not isinstance(request, session_pb2.RemoveSessionRequest | device_pb2.RemoveDeviceRequest):
        return None
    session = session_pb2.Session(
        session_id=target_of(request),
        state=session_pb2.SESSION_STATE_DISCONNECTED,
        desired_state=session_pb2.DESIRED_STATE_STOPPED,
        removal_reason=request.reason,
    )
    if isinstance(request, session_pb2.RemoveSessionRequest):
        return session_pb2.RemoveSessionResponse(session=session)
    device = device_pb2.Device(device_session_id=request.device_session_id, session=session)
    return device_pb2.RemoveDeviceResponse(device=device)


def target_of(request: Any, response: Any = None) -> SessionId:
    """Return the session that a request is about; a device that is created is named by the answer alone.

    Raises:
        InvalidSessionId: That is none.
    """
    if isinstance(request, device_pb2.CreateDeviceRequest):
        return parse_session_id("" if response is None else response.device.device_session_id)
    is_device = isinstance(request, device_pb2.RemoveDeviceRequest)
    return parse_session_id(request.device_session_id if is_device else request.session_id)


def parse_response(method: str, raw: bytes, now: float) -> Message:
    """Return a kept answer as it is to be given again: without a QR or a pairing code that is good no more.

    Args:
        method: The method, ``wad.v1.SessionService/CreateSession``.
        raw: The answer, serialised.
        now: Seconds since the epoch.
    """
    described = descriptor_pool.Default().FindMethodByName(method.replace("/", "."))
    response = message_factory.GetMessageClass(described.output_type).FromString(raw)
    if isinstance(response, device_pb2.CreateDeviceResponse):
        _drop_stale_codes(response.device.session, now)
    elif isinstance(response, session_pb2.CreateSessionResponse):
        _drop_stale_codes(response.session, now)
    return response


def _drop_stale_codes(session: session_pb2.Session, now: float) -> None:
    for name, code in (("qr", session.qr), ("pairing_code", session.pairing_code)):
        if code.expire_time.ToMicroseconds() <= now * 1e6:
            session.ClearField(name)  # pyright: ignore[reportArgumentType] - both are fields
