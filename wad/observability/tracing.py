"""Spans for OpenTelemetry; only imported when somebody collects them, for its libraries are an extra of wad."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from wad.observability.redaction import redact_text
from wad.tracing import NOBODY, Side, record_with

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from opentelemetry.sdk.trace import SpanProcessor

EXPORT_LIMIT: Final = 3
"""Seconds for one delivery to the collector; by so much a collector that is gone can delay the daemon's end."""

_KINDS: Final = {Side.SERVER: SpanKind.SERVER, Side.INTERNAL: SpanKind.INTERNAL, Side.CLIENT: SpanKind.CLIENT}
_CAUSES: Final = TraceContextTextMapPropagator()


class OpenSpan:
    """Implements :class:`wad.tracing.Span`."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def note(self, key: str, value: str, /) -> None:
        """Keep *value* under *key*."""
        self._span.set_attribute(_named(key), redact_text(value))

    def fail(self, why: str, /) -> None:
        """Note that it failed."""
        self._span.set_status(Status(StatusCode.ERROR, why))


class SpanRecorder:
    """Implements :class:`wad.tracing.Recorder`.

    Args:
        processor: Takes each span that has ended.
    """

    def __init__(self, processor: SpanProcessor) -> None:
        resource = Resource.create({SERVICE_NAME: "wad", SERVICE_VERSION: version("wad")})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("wad")

    @contextmanager
    def span(self, name: str, side: Side, caused_by: str, notes: Mapping[str, str], /) -> Generator[OpenSpan]:
        """Record a part of what the present task does."""
        parent = _CAUSES.extract({"traceparent": caused_by}) if caused_by else None
        with self._tracer.start_as_current_span(
            name, parent, _KINDS[side], record_exception=False, set_status_on_exception=False
        ) as found:
            span = OpenSpan(found)
            for key, value in notes.items():
                span.note(key, value)
            try:
                yield span
            except asyncio.CancelledError:
                raise
            except Exception as error:
                if side is not Side.SERVER:  # whose status says it better
                    span.fail(type(error).__name__)
                raise

    def present(self) -> object:
        """Return the present task's span."""
        return contexts.get_current()

    def resume(self, cause: object, /) -> None:
        """Let the present task go on under another's span."""
        contexts.attach(cause if isinstance(cause, contexts.Context) else contexts.Context())

    def close(self) -> None:
        """Deliver what is left."""
        self._provider.shutdown()


@contextmanager
def exporting(endpoint: str) -> Generator[None]:
    """Send every span to a collector.

    Args:
        endpoint: Where it takes OTLP over gRPC: ``http://localhost:4317``, or ``https://`` for TLS.
    """
    recorder = SpanRecorder(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_LIMIT)))
    record_with(recorder)
    try:
        yield
    finally:
        record_with(NOBODY)
        recorder.close()


def _named(key: str) -> str:
    """Return an attribute's name: those of OpenTelemetry's conventions have a dot, the others are wad's own."""
    return key if "." in key else f"wad.{key}"
