"""What a watcher is told when the daemon that it watched has ended and another one has taken over."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import grpc
import grpc.aio
import pytest

from tests.house import PATIENCE, error_info, finish, state_name
from wad.v1 import event_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

Request = event_pb2.WatchEventsRequest


async def until_synced(daemon: Daemon, request: Request) -> list[event_pb2.WatchEventsResponse]:
    """Watch until what went before is told, and return all of it."""
    told: list[event_pb2.WatchEventsResponse] = []
    async for response in daemon.events.WatchEvents(request, timeout=PATIENCE):
        told.append(response)
        if response.HasField("synced"):
            return told
    raise AssertionError("the watch ended before it was synced")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR2])
async def test_a_watcher_resumes_with_a_reset_and_the_whole_present(house: House, number: signal.Signals) -> None:
    """A token of the daemon that ended yields `reset` and every session as it is: neither silence nor an old event."""
    async with house.daemon() as daemon:
        await daemon.link("one", "491700000001")
        token = (await until_synced(daemon, Request()))[-1].token
        await daemon.link("two", "491700000002")  # what the watcher has missed
        await finish(daemon.process, number)
    async with house.daemon() as daemon:
        told = await until_synced(daemon, Request(after_token=token))
        assert [response.WhichOneof("item") for response in told] == ["reset", "snapshot", "snapshot", "synced"]
        present = {response.snapshot.session_id: state_name(response.snapshot) for response in told[1:-1]}
        assert present == {"one": "connected", "two": "connected"}


async def test_a_restart_ends_a_watch_with_a_status_to_come_back_on(house: House) -> None:
    """A daemon that goes down tells its watchers so, and to try again: a stop never waits for them."""
    async with house.daemon() as daemon:
        await daemon.link("one", "491700000001")
        call = daemon.events.WatchEvents(Request(), timeout=PATIENCE)
        async for response in call:
            if response.HasField("synced"):
                break
        daemon.process.send_signal(signal.SIGUSR2)
        with pytest.raises(grpc.aio.AioRpcError) as ended:
            async for _response in call:
                pass
        assert ended.value.code() is grpc.StatusCode.UNAVAILABLE
        assert error_info(ended.value).reason == "DRAINING"
        await daemon.process.wait()
    async with house.daemon():
        pass
