"""What a call's span and its one line in the log say about it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import grpc
import structlog

from wad import tracing
from wad.domain.access_errors import AccessError
from wad.domain.bursts import Bursts
from wad.domain.errors import CreateFailed

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from wad.ports import Clock
    from wad.rpc.call import Call
    from wad.rpc.errors import Failure
    from wad.rpc.ports import Context

_CAUSE_KEY: Final = "traceparent"
_FAILURES: Final = frozenset(
    {
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)
"""Statuses of which the server is the cause, by OpenTelemetry's conventions; of the others it is the caller."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger("wad.rpc")


@dataclass(slots=True)
class End:
    """How a call has ended.

    Attributes:
        code: Its status.
        failure: What the caller was told, when it failed.
        error: What that describes.
    """

    code: grpc.StatusCode = grpc.StatusCode.OK
    failure: Failure | None = None
    error: Exception | None = None


class Teller:
    """Tells the log and the spans of calls.

    A call has one line. What failed on our side is an error or a warning, and so is a caller who was not recognised;
    any other refusal, and what has changed something or has lasted, is for information; a look that went well is told
    at the level debug alone.

    Args:
        clock: Tells minutes apart.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._strangers = Bursts()

    def tell(self, call: Call, end: End, *, seconds: float, peer: str, quiet: bool, span: tracing.Span) -> None:
        """Tell how a call has ended.

        Args:
            call: The call.
            end: Its end.
            seconds: How long it took.
            peer: Where it came from.
            quiet: It only looked at something; when that went well, few want to know.
            span: Its span.
        """
        if call.session_id is not None:
            span.note("session_id", call.session_id)
        span.note("rpc.grpc.status_code", str(end.code.value[0]))
        if end.code in _FAILURES:
            span.fail(end.code.name)
        who = {"caller": None if call.caller is None else call.caller.name, "session_id": call.session_id}
        known = {key: value for key, value in who.items() if value is not None}
        log = _log.bind(method=f"/{call.method}", code=end.code.name, seconds=round(seconds, 6), **known)
        if end.failure is None:
            came_to = {"reason": call.reason} if call.reason else {}
            level = logging.DEBUG if quiet and end.code is grpc.StatusCode.OK else logging.INFO
            log.log(level, "rpc.finished", **came_to)
        elif call.caller is None and isinstance(end.error, AccessError):
            # The unix socket's addresses are the daemon's own, and the error names the user.
            place = {} if peer.startswith("unix") else {"peer": peer}
            self._tell_stranger(log.bind(reason=end.failure.reason, **place), end.failure.message)
        else:
            _tell_failure(log.bind(reason=end.failure.reason), end.failure, end.error)

    def _tell_stranger(self, log: structlog.stdlib.BoundLogger, message: str) -> None:
        loud, omitted = self._strangers.admits(self._clock.monotonic())
        more = {"omitted": omitted} if omitted else {}
        log.log(logging.WARNING if loud else logging.DEBUG, "rpc.refused", error=message, **more)


def _tell_failure(log: structlog.stdlib.BoundLogger, failure: Failure, error: Exception | None) -> None:
    """Log what the caller was not told, and the rest briefly."""
    if failure.code is grpc.StatusCode.INTERNAL:
        log.error("rpc.defect", incident=failure.incident, exc_info=error)
    elif failure.incident is not None:
        log.warning("rpc.failed", incident=failure.incident, error=str(error))
    elif isinstance(error, CreateFailed):
        log.warning("rpc.failed", cause=error.cause, error=error.detail)
    else:
        log.info("rpc.refused", error=failure.message)


def span_of(call: Call, context: Context) -> AbstractContextManager[tracing.Span]:
    """Return the span of a call that begins; it belongs to the caller's own, if the metadata name one."""
    metadata: Any = context.invocation_metadata()
    cause = dict[str, Any](metadata or ()).get(_CAUSE_KEY)
    service, _, method = call.method.partition("/")
    notes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": method, "request_id": call.call_id}
    caused_by = cause if isinstance(cause, str) else ""
    return tracing.span(call.method, tracing.Side.SERVER, caused_by=caused_by, **notes)
