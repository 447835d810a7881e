"""What a watcher is told when the daemon that it watched has ended and another one has taken over."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import grpc
import pytest

from tests.house import PATIENCE, error_info, finish, state_name
from tests.watch_validator import ValidatedWatch

if TYPE_CHECKING:
    from tests.house import House
    from wad.v1 import event_pb2

pytestmark = pytest.mark.anyio


async def until_synced(watch: ValidatedWatch) -> list[event_pb2.WatchEventsResponse]:
    """Read until what went before is told, and return all of it."""
    told: list[event_pb2.WatchEventsResponse] = []
    while not told or not told[-1].HasField("synced"):
        told.append(await watch.read())
    return told


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGUSR2])
async def test_a_watcher_resumes_with_a_reset_and_the_whole_present(house: House, number: signal.Signals) -> None:
    """A token of the daemon that ended yields `reset` and every session as it is: neither silence nor an old event."""
    async with house.daemon() as daemon:
        await daemon.link("one", "491700000001")
        watch = ValidatedWatch(daemon.events, timeout=PATIENCE)
        await until_synced(watch)
        watch.cancel()
        await daemon.link("two", "491700000002")  # what the watcher has missed
        await finish(daemon.process, number)
    async with house.daemon() as daemon:
        told = await until_synced(ValidatedWatch(daemon.events, validator=watch.validator, timeout=PATIENCE))
        assert [response.WhichOneof("item") for response in told] == ["reset", "snapshot", "snapshot", "synced"]
        present = {response.snapshot.session_id: state_name(response.snapshot) for response in told[1:-1]}
        assert present == {"one": "connected", "two": "connected"}


async def test_a_restart_ends_a_watch_with_a_status_to_come_back_on(house: House) -> None:
    """A daemon that goes down tells its watchers so, and to try again: a stop never waits for them."""
    async with house.daemon() as daemon:
        await daemon.link("one", "491700000001")
        watch = ValidatedWatch(daemon.events, timeout=PATIENCE)
        await until_synced(watch)
        daemon.process.send_signal(signal.SIGUSR2)
        ended = await watch.failure()
        assert ended.code() is grpc.StatusCode.UNAVAILABLE
        assert error_info(ended).reason == "DRAINING"
        await daemon.process.wait()
    async with house.daemon():
        pass
