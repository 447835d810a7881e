"""What traces guarantee: who caused what, how it ended, and no secret."""

from __future__ import annotations

import subprocess
import sys
from contextvars import Context
from typing import TYPE_CHECKING

import anyio
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from wad import tracing
from wad.domain.errors import EngineError
from wad.managers.mailbox import Mailbox
from wad.observability.redaction import REDACTED
from wad.observability.tracing import SpanRecorder
from wad.tracing import Side

if TYPE_CHECKING:
    from collections.abc import Generator

    from opentelemetry.sdk.trace import ReadableSpan

pytestmark = pytest.mark.anyio

CAUSE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CODE = "ABCD-1234"


@pytest.fixture
def exporter() -> Generator[InMemorySpanExporter]:
    """Collect spans for one test."""
    exporter = InMemorySpanExporter()
    recorder = SpanRecorder(SimpleSpanProcessor(exporter))
    tracing.record_with(recorder)
    yield exporter
    tracing.record_with(tracing.NOBODY)
    recorder.close()


def spans(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """Return the spans that have ended, by name."""
    return {span.name: span for span in exporter.get_finished_spans()}


def parent(exporter: InMemorySpanExporter, name: str) -> str | None:
    """Return the name of a span's parent."""
    found = spans(exporter)
    above = found[name].parent
    names = {span.context.span_id: span.name for span in found.values() if span.context is not None}
    return None if above is None else names[above.span_id]


async def test_what_a_call_causes_belongs_to_it(exporter: InMemorySpanExporter) -> None:
    """From the call over the session's own task, which works on behalf of whoever wrote to it, to the worker."""
    mailbox: Mailbox[str] = Mailbox()

    async def session() -> None:
        for _ in range(2):
            fact = await mailbox.take()
            with tracing.span(f"session.{fact}"), tracing.span(f"worker.{fact}", Side.CLIENT):
                pass

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            Context().run(tasks.start_soon, session)
            with tracing.span("Stop", Side.SERVER):
                mailbox.put("stop")
            mailbox.put("fact")  # which nobody has asked for
    assert [parent(exporter, name) for name in ("worker.stop", "session.stop", "Stop")] == [
        "session.stop",
        "Stop",
        None,
    ]
    assert [parent(exporter, name) for name in ("worker.fact", "session.fact")] == ["session.fact", None]
    kinds = [spans(exporter)[name].kind for name in ("Stop", "session.stop", "worker.stop")]
    assert kinds == [SpanKind.SERVER, SpanKind.INTERNAL, SpanKind.CLIENT]


async def test_the_caller_s_trace_goes_on(exporter: InMemorySpanExporter) -> None:
    """A call whose metadata name the caller's span belongs to that; nonsense in there begins a new trace."""
    with tracing.span("one", Side.SERVER, caused_by=CAUSE):
        pass
    with tracing.span("two", Side.SERVER, caused_by="nonsense"):
        pass
    found = spans(exporter)
    above = found["one"].parent
    assert above is not None
    assert (f"{above.trace_id:032x}", f"{above.span_id:016x}") == tuple(CAUSE.split("-")[1:3])
    assert found["two"].parent is None


async def test_failure_is_told_by_its_kind_alone(exporter: InMemorySpanExporter) -> None:
    """What fails is marked, with the kind of error and not its words, which may hold anything."""
    with pytest.raises(EngineError), tracing.span("worker.start", Side.CLIENT):
        raise EngineError(f"code {CODE}")
    span = spans(exporter)["worker.start"]
    assert (span.status.status_code, span.status.description, span.events) == (StatusCode.ERROR, "EngineError", ())
    with anyio.CancelScope() as scope, tracing.span("cancelled"):
        scope.cancel()
        await anyio.lowlevel.checkpoint()
    assert spans(exporter)["cancelled"].status.status_code is StatusCode.UNSET


async def test_no_secret_is_an_attribute(exporter: InMemorySpanExporter) -> None:
    """Attributes are redacted as log lines are, and those without a name of the conventions are wad's own."""
    with tracing.span("one", session_id="alpha") as span:
        span.note("words", f"type {CODE}")
        span.note("rpc.method", "GetSession")
    assert dict(spans(exporter)["one"].attributes or {}) == {
        "wad.session_id": "alpha",
        "wad.words": f"type {REDACTED}",
        "rpc.method": "GetSession",
    }


def test_without_a_collector_nothing_is_imported() -> None:
    """The daemon does not even load OpenTelemetry while no endpoint is configured."""
    program = (
        "import sys, wad.daemon.command; from wad.daemon.tracing import tracing_to\n"
        "with tracing_to(None): pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "[]"


def test_missing_libraries_are_named() -> None:
    """With an endpoint and without the libraries the daemon says what to install, and does not start."""
    program = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from wad.daemon.tracing import tracing_to\n"
        "from wad.domain.errors import ConfigurationError\n"
        "try: tracing_to('http://localhost:4317')\n"
        "except ConfigurationError as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert "Install wad with its extra `otel`" in ran.stdout
