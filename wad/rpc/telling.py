"""What a call's span and its last line in the log say about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc
import structlog

from wad import tracing

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from wad.rpc.call import Call
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


def span_of(call: Call, context: Context) -> AbstractContextManager[tracing.Span]:
    """Return the span of a call that begins; it belongs to the caller's own, if the metadata name one."""
    metadata: Any = context.invocation_metadata()
    cause = dict[str, Any](metadata or ()).get(_CAUSE_KEY)
    service, _, method = call.method.partition("/")
    notes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": method, "request_id": call.call_id}
    caused_by = cause if isinstance(cause, str) else ""
    return tracing.span(call.method, tracing.Side.SERVER, caused_by=caused_by, **notes)


def tell_end(call: Call, code: grpc.StatusCode, seconds: float, span: tracing.Span) -> None:
    """Tell the log and the span how a call has ended.

    Args:
        call: The call.
        code: Its status.
        seconds: How long it took.
        span: Its span.
    """
    known = {"caller": None if call.caller is None else call.caller.name, "session_id": call.session_id}
    known = {key: value for key, value in known.items() if value is not None}
    _log.info("rpc.finished", method=f"/{call.method}", code=code.name, seconds=round(seconds, 6), **known)
    if call.session_id is not None:
        span.note("session_id", call.session_id)
    span.note("rpc.grpc.status_code", str(code.value[0]))
    if code in _FAILURES:
        span.fail(code.name)
