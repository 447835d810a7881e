"""Many watchers, slow ones, and those whose watch is ended for them, over real sockets."""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import grpc
import grpc.aio
import pytest

from tests.integration.rpc.rpc_fakes import FakeSessions, SystemClock, error_info, fresh_qr, serving
from tests.watch_validator import ValidatedWatch
from wad.domain.access import Role, Scope
from wad.domain.records import EventKind
from wad.domain.states import SessionState
from wad.managers.hub import WatchEnd
from wad.rpc import convert
from wad.rpc.event_bytes import EventBytes
from wad.v1 import event_pb2, event_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from tests.integration.rpc.rpc_fakes import Served
    from tests.watch_validator import WatchValidator

pytestmark = pytest.mark.anyio

WATCHERS, CONNECTIONS, EVENTS = 1000, 4, 10
BULK = {f"note{number}": "x" * 500 for number in range(16)}
"""Labels that make an event some 8 kB large, so that few of them fill a connection."""


@asynccontextmanager
async def connection(target: str) -> AsyncGenerator[event_pb2_grpc.EventServiceStub]:
    """Open a connection that no other channel of this process shares, and that takes 64 kB which nobody reads."""
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.http2.bdp_probe", 0)]
    async with grpc.aio.insecure_channel(target, options=options) as channel:
        yield event_pb2_grpc.EventServiceStub(channel)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what the server does meanwhile."""
    with anyio.fail_after(30):
        while not holds():  # noqa: ASYNC110 - of what gRPC does in its own thread no event tells
            await anyio.sleep(0.01)


async def synced(watch: ValidatedWatch) -> None:
    """Read until what went before is told."""
    with anyio.fail_after(30):
        while not (await watch.read()).HasField("synced"):
            pass


async def ended(watch: ValidatedWatch) -> tuple[grpc.StatusCode, str]:
    """Read to the watch's failure, and return its status and its reason."""
    with anyio.fail_after(30):
        failure = await watch.failure()
    return failure.code(), error_info(failure).reason


async def resumed(stub: event_pb2_grpc.EventServiceStub, validator: WatchValidator) -> event_pb2.WatchEventsResponse:
    """Go on with a watch that has ended, and return the first response."""
    with anyio.fail_after(30):
        return await ValidatedWatch(stub, validator=validator).read()


async def test_a_thousand_watchers_on_several_connections_all_see_the_same(tmp_path: Path) -> None:
    """One daemon tells a thousand watchers every event, in order, and converts and serialises each event once."""
    made = 0

    async def follow(stub: event_pb2_grpc.EventServiceStub, seen: Counter[bytes]) -> None:
        watch = ValidatedWatch(stub)
        await synced(watch)
        for _ in range(EVENTS):
            seen[(await watch.read()).event.SerializeToString(deterministic=True)] += 1
        watch.cancel()

    def counted(*arguments: object) -> event_pb2.Event:
        nonlocal made
        made += 1
        return once(*arguments)  # pyright: ignore[reportArgumentType] - they are passed on as they came

    once, seen = convert.event, Counter[bytes]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convert, "event", counted)
        async with serving(tmp_path) as served, AsyncExitStack() as stack:
            views = [served.sessions.put(f"s{number}") for number in range(3)]
            stubs = [await stack.enter_async_context(connection(served.unix)) for _ in range(CONNECTIONS)]
            async with anyio.create_task_group() as tasks:
                for number in range(WATCHERS):
                    tasks.start_soon(follow, stubs[number % CONNECTIONS], seen)
                await until(lambda: served.sessions.hub.watchers == WATCHERS)
                for number in range(EVENTS):
                    served.sessions.tell(views[number % 3], EventKind.HEARTBEAT)
            await until(lambda: served.sessions.hub.watchers == 0)
            ends = Counter(served.sessions.watch_ends)
    assert list(seen.values()) == [WATCHERS] * EVENTS
    assert made == EVENTS
    assert ends == {WatchEnd.CALLER: WATCHERS}


async def stall(served: Served, lively: ValidatedWatch, events: int) -> None:
    """Tell of large events, each once a lively watcher has read the one before."""
    view = served.sessions.put("a", labels=BULK)
    with anyio.fail_after(60):
        for _ in range(events):
            served.sessions.tell(view)
            await lively.read()


@pytest.mark.parametrize("retention", [16_384, 50])
async def test_a_watcher_that_stalls_holds_up_nobody(tmp_path: Path, retention: int) -> None:
    """It reads on from the log, or is told SLOW_CONSUMER beyond its length; either way there is no silent gap."""
    events = 300
    async with (
        serving(tmp_path, retention=retention) as served,
        connection(served.unix) as one,
        connection(served.unix) as other,
    ):
        stalled, lively = ValidatedWatch(one), ValidatedWatch(other)
        await synced(stalled)
        await synced(lively)
        await stall(served, lively, events)
        if events <= retention:
            with anyio.fail_after(30):
                assert [(await stalled.read()).event.sequence for _ in range(events)] == list(range(1, events + 1))
            return
        assert await ended(stalled) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "SLOW_CONSUMER")
        assert stalled.validator.position < events
        assert (await resumed(one, stalled.validator)).HasField("reset")
        await until(lambda: WatchEnd.SLOW_CONSUMER in served.sessions.watch_ends)


async def test_a_stalled_watcher_that_is_drained_finds_where_to_go_on(tmp_path: Path) -> None:
    """Its failure names the last response that it gets, though much lay between the two when the drain began."""
    async with serving(tmp_path) as served, connection(served.unix) as one, connection(served.unix) as other:
        stalled, lively = ValidatedWatch(one), ValidatedWatch(other)
        await synced(stalled)
        await synced(lively)
        await stall(served, lively, 300)
        await served.server.drain()
        for watch in (stalled, lively):
            assert await ended(watch) == (grpc.StatusCode.UNAVAILABLE, "DRAINING")
            assert watch.validator.token
        assert 0 < stalled.validator.position < lively.validator.position == 300
        assert served.sessions.watch_ends == [WatchEnd.DRAINING] * 2


async def test_a_watch_goes_on_with_another_token_after_its_own_was_revoked(tmp_path: Path) -> None:
    """Revoking a token ends its watches with TOKEN_REVOKED; what happened meanwhile is told to the next one."""
    async with serving(tmp_path, insecure_loopback=False) as served, connection(served.tcp) as stub:
        tokens = [await served.tokens.create(name, Role.VIEWER, Scope(), lifetime=None) for name in ("old", "new")]
        shown = [(("authorization", f"Bearer {secret}"),) for _, secret in tokens]
        watch = ValidatedWatch(stub, metadata=shown[0])
        await synced(watch)
        served.sessions.tell(served.sessions.put("a"))
        await watch.read()
        await served.tokens.revoke(tokens[0][0].token_id)
        assert await ended(watch) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_REVOKED")
        served.sessions.tell(served.sessions.put("b"))
        again = ValidatedWatch(stub, validator=watch.validator, metadata=shown[1])
        with anyio.fail_after(30):
            assert (await again.read()).event.session.session_id == "b"
        assert served.sessions.watch_ends == [WatchEnd.TOKEN]


async def test_a_watch_ends_with_its_token(tmp_path: Path) -> None:
    """When the token's time is over its watches end with TOKEN_EXPIRED, and with where to go on."""
    async with serving(tmp_path, insecure_loopback=False) as served, connection(served.tcp) as stub:
        _, secret = await served.tokens.create("short", Role.VIEWER, Scope(), lifetime=1)
        watch = ValidatedWatch(stub, metadata=(("authorization", f"Bearer {secret}"),))
        await synced(watch)
        assert await ended(watch) == (grpc.StatusCode.UNAUTHENTICATED, "TOKEN_EXPIRED")
        assert watch.validator.token
        assert served.sessions.watch_ends == [WatchEnd.TOKEN]


async def test_who_only_looks_is_told_the_same_events_without_codes(tmp_path: Path) -> None:
    """Operators and viewers watch the same log side by side; only the former are shown the QR."""
    async with serving(tmp_path, insecure_loopback=False) as served, connection(served.tcp) as stub:
        told: list[event_pb2.Event] = []
        watches: list[ValidatedWatch] = []
        for role in (Role.VIEWER, Role.OPERATOR, Role.VIEWER):
            _, secret = await served.tokens.create(role.name, role, Scope(), lifetime=None)
            watches.append(ValidatedWatch(stub, metadata=(("authorization", f"Bearer {secret}"),)))
            await synced(watches[-1])
        served.sessions.tell(
            replace(served.sessions.put("a", SessionState.QR_GENERATED), qr=fresh_qr()), EventKind.QR_ISSUED
        )
        with anyio.fail_after(30):
            told = [(await watch.read()).event for watch in watches]
    assert [event.qr_issued.qr.code for event in told] == ["", "2@secret", ""]
    assert [event.session.HasField("qr") for event in told] == [False, True, False]
    assert {event.sequence for event in told} == {1}


def test_serialised_events_are_kept_in_bounds() -> None:
    """However long the log, only the newest serialised events are held."""
    sessions, events = FakeSessions(), EventBytes(SystemClock(), kept=4)
    view = sessions.put("a")
    for _ in range(20):
        sessions.tell(view)
    reader = sessions.hub.subscribe(after=0)
    while (found := reader.take()) is not None:
        events.of(*found, codes=True)
    kept = events._made  # pyright: ignore[reportPrivateUsage] - what is kept shows nowhere else
    assert [sequence for sequence, _ in kept] == [17, 18, 19, 20]
