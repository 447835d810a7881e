"""A client that has been linked logs in, or its worker says that it will not: none is silent for ever."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import anyio.abc
import pytest

from tests.contract.engine.worlds import Recorder, new_phones, real_world, running, settings_for
from wad.domain import events
from wad.emulator.faults import CloseAfterLinking
from wad.engine.host import WorkerEngine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from anyio.abc import SocketStream

    from tests.contract.engine.worlds import RealWorld
    from wad.domain.events import EngineEvent
    from wad.domain.ids import SessionId

pytestmark = pytest.mark.anyio

CONNECT_SECONDS = 1.0
"""What connecting takes on the slow network; four times what a stalled client is recognised in."""


def told(sink: Recorder, session_id: SessionId, *kinds: type[EngineEvent]) -> EngineEvent | None:
    """Return a session's first event of one of these kinds."""
    return next((event for event in sink.of(session_id) if isinstance(event, kinds)), None)


async def scan(world: RealWorld, session_id: SessionId) -> None:
    """Scan the code that a session shows."""
    shown = told(world.sink, session_id, events.QrIssued)
    assert isinstance(shown, events.QrIssued)
    await world.scan(session_id, shown.code)


async def test_a_linked_client_logs_in_or_is_told_to_be_stalled(room: Path) -> None:
    """However soon the server closes after a linking, each client connects, or a new one does in its place."""
    async with real_world(room) as world:
        await world.emulator.add_fault(CloseAfterLinking(min_ms=0, max_ms=50))
        ids = [world.prepare(f"s{number}") for number in range(20)]
        async with anyio.create_task_group() as tasks:
            for session_id in ids:
                tasks.start_soon(world.engine.start, session_id, 1)
        await world.sink.until_true(lambda: all(told(world.sink, s, events.QrIssued) for s in ids), "all show codes")
        async with anyio.create_task_group() as tasks:
            for session_id in ids:
                tasks.start_soon(scan, world, session_id)
        ends = (events.ConnectionOpened, events.LoginStalled)
        await world.sink.until_true(lambda: all(told(world.sink, s, *ends) for s in ids), "each client's fate is known")
        for session_id in ids:
            if told(world.sink, session_id, events.LoginStalled):
                await world.engine.stop(session_id, 1)
                await world.engine.start(session_id, 2)
                opened = await world.sink.until(session_id, events.ConnectionOpened)
                assert opened.user.jid == world.jids[session_id]


async def test_a_slow_network_is_no_stall(room: Path) -> None:
    """A client that takes long to connect is making a connection all the while, and is left alone."""
    async with real_world(room) as world:
        settings = settings_for(room, world.emulator)
        assert settings.upstream is not None
        async with slow_proxy(settings.upstream.proxy_url) as url:
            upstream = replace(settings.upstream, proxy_url=url)
            engine, sink = WorkerEngine(replace(settings, runtime_dir=room / "run2", upstream=upstream)), Recorder()
            session_id = world.prepare("far")
            async with running(engine, sink):
                await engine.start(session_id, 1)
                shown = await sink.until(session_id, events.QrIssued)
                await world.emulator.scan(shown.code, next(new_phones()))
                await sink.until(session_id, events.ConnectionOpened)
                assert told(sink, session_id, events.LoginStalled) is None


@asynccontextmanager
async def slow_proxy(url: str) -> AsyncGenerator[str]:
    """Run a proxy before the one at *url* that keeps each connection waiting for ``CONNECT_SECONDS``."""
    upstream = urlsplit(url)

    async def forward(source: SocketStream, target: SocketStream) -> None:
        try:
            async for data in source:
                await target.send(data)
            await target.send_eof()
        except (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            return

    async def serve(client: SocketStream) -> None:
        await anyio.sleep(CONNECT_SECONDS)
        assert upstream.hostname is not None
        assert upstream.port is not None
        server = await anyio.connect_tcp(upstream.hostname, upstream.port)
        async with client, server, anyio.create_task_group() as tasks:
            tasks.start_soon(forward, client, server)
            await forward(server, client)
            tasks.cancel_scope.cancel()

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 - this is no query
        yield f"http://127.0.0.1:{port}"
        tasks.cancel_scope.cancel()
