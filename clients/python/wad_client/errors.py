"""Why a call failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from google.protobuf.any_pb2 import Any as AnyMessage

DOMAIN: Final = "wad.v1"
"""Domain of every error that the daemon itself explains."""

WAY_ON: Final = "Start one with `wad serve`, or say where it is with `target` or WAD_ADDRESS."


class Violation(NamedTuple):
    """What was wrong with one field of a request."""

    field: str
    description: str


class WadError(Exception):
    """A call failed.

    Attributes:
        code: The status.
        message: What happened and what to do, for people.
        reason: For programs: a name of ``ErrorReason`` without its prefix, or one that a later daemon has. Empty when
            the failure was not the daemon's, as when it cannot be reached.
        metadata: What belongs to the reason, such as ``session_id``.
        retry_after: Seconds after which another try makes sense; None when the daemon does not say that one does.
        violations: What was wrong with which field of the request.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        *,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        violations: Sequence[Violation] = (),
    ) -> None:
        super().__init__(f"{reason or code.name}: {message}")
        self.code = code
        self.message = message
        self.reason = reason
        self.metadata = dict(metadata or {})
        self.retry_after = retry_after
        self.violations = tuple(violations)


def explain(error: Any, daemon: str) -> WadError:
    """Return what is known about a failed call.

    Args:
        error: What gRPC raised; every ``RpcError`` of a call is a ``grpc.Call``, too, which its type does not say.
        daemon: The daemon's address, as people write it.
    """
    code, message = error.code(), error.details() or ""
    details: dict[str, Any] = {}
    for packed in _packed_details(error.trailing_metadata() or ()):
        details |= _read(packed)
    if code is grpc.StatusCode.UNAVAILABLE and "reason" not in details:
        message = f"No wad daemon answers at {daemon}: {message}. {WAY_ON}"
    return WadError(code, message, **details)


def _packed_details(metadata: Iterable[tuple[str, str | bytes]]) -> Iterable[AnyMessage]:
    raw = next((value for key, value in metadata if key == "grpc-status-details-bin"), b"")
    try:
        return status_pb2.Status.FromString(raw if isinstance(raw, bytes) else raw.encode()).details
    except DecodeError:
        return ()  # whoever answered is not the daemon; the status is all there is


def _read(packed: AnyMessage) -> dict[str, Any]:
    info, bad, retry = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    if packed.Unpack(info) and info.domain == DOMAIN:
        return {"reason": info.reason, "metadata": info.metadata}
    if packed.Unpack(bad):
        return {"violations": [Violation(found.field, found.description) for found in bad.field_violations]}
    if packed.Unpack(retry):
        return {"retry_after": retry.retry_delay.ToMilliseconds() / 1000}
    return {}
