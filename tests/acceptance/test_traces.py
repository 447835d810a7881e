"""Traces of a daemon, as a collector of OpenTelemetry gets them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import grpc.aio
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as otlp
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as otlp_grpc

from tests.leaks import WATCH

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from opentelemetry.proto.trace.v1.trace_pb2 import Span

    from tests.house import House

pytestmark = pytest.mark.anyio

ADA = "491700000001"
BOB = "491700000002"
TEXT = "the parcel is with the neighbour"


class Collector(otlp_grpc.TraceServiceServicer):
    """Takes spans."""

    def __init__(self) -> None:
        self.spans: dict[bytes, Span] = {}
        self.services: set[str] = set()

    async def Export(self, request: otlp.ExportTraceServiceRequest, context: object) -> otlp.ExportTraceServiceResponse:  # noqa: N802 - the contract's name
        """Take some."""
        for resource in request.resource_spans:
            names = (each.value.string_value for each in resource.resource.attributes if each.key == "service.name")
            self.services.update(names)
            for scope in resource.scope_spans:
                self.spans.update({span.span_id: span for span in scope.spans})
        return otlp.ExportTraceServiceResponse()

    def line(self, name: str) -> list[str]:
        """Return the names of a span and of those above it."""
        span = next(span for span in self.spans.values() if span.name == name)
        names = [span.name]
        while span.parent_span_id:
            span = self.spans[span.parent_span_id]
            names.append(span.name)
        return names


@asynccontextmanager
async def collecting() -> AsyncGenerator[tuple[Collector, str]]:
    """Run a collector; yield it and its address."""
    collector, server = Collector(), grpc.aio.server()  # pyright: ignore[reportUnknownMemberType] - generic only in the stubs
    otlp_grpc.add_TraceServiceServicer_to_server(collector, server)  # pyright: ignore[reportUnknownMemberType] - it has no stubs
    port: Any = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield collector, f"http://127.0.0.1:{port}"
    finally:
        await server.stop(None)


async def test_a_call_is_followed_to_the_worker(house: House) -> None:
    """With an endpoint each call, what the session does for it, and what the worker is asked for, are one trace."""
    async with collecting() as (collector, endpoint):
        house.settings["tracing"] = {"endpoint": endpoint}
        async with house.daemon() as daemon:
            await daemon.link("ada", ADA)
            await daemon.link("bob", BOB)
            await daemon.send("ada", BOB, TEXT)
    link = "wad.v1.SessionService/LinkSession"
    assert collector.line("worker.start") == ["worker.start", "session.start", link]
    send = "wad.v1.MessageService/SendMessage"
    assert collector.line("worker.send_text") == ["worker.send_text", "message.send", send]
    assert collector.services == {"wad"}
    assert len({span.trace_id for span in collector.spans.values() if span.name == link}) == 2
    told = b"".join(span.SerializeToString() for span in collector.spans.values())
    assert not {kind for secret, kind in WATCH.secrets.items() if secret in told}
    assert b"ada" in told
    assert BOB.encode() not in told


async def test_a_collector_that_is_gone_costs_nothing_but_the_traces(house: House) -> None:
    """Calls are answered and the daemon ends in order when nobody takes its spans."""
    house.settings["tracing"] = {"endpoint": "http://127.0.0.1:1"}
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
