"""Whoever is too slow holds up nobody but himself, and nothing grows without a bound."""

from __future__ import annotations

import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest

from tests.faults.witnesses import is_undisturbed, link_all, workers
from tests.house import reap, two_houses, until
from tests.receiver import Receiver
from wad.v1 import device_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from anyio.abc import Process

    from tests.faults.toll import Tolls
    from tests.house import House

pytestmark = pytest.mark.anyio

FLOOD = 300
"""Texts, which is more than the 64 that a worker lets wait for one client."""
GROWTH = 24 << 20
"""Bytes by which a process may grow meanwhile: its buffers and its allocator's moods, not the flood."""
BEATS = 3000
"""Heartbeats, each an event of some 500 bytes: many times what waits in a connection before gRPC holds back."""


def resident(pids: set[int]) -> int:
    """Return the bytes that processes hold together."""
    return sum(psutil.Process(pid).memory_info().rss for pid in pids)


async def test_a_flood_of_messages_for_a_daemon_that_stands_still_is_received_to_the_last(
    tmp_path: Path, tolls: Tolls
) -> None:
    """Hundreds of messages come while the daemon is stopped; each is counted once then, and handed out in its turn."""
    async with two_houses(tmp_path) as (sender, receiver), sender.daemon() as sending, receiver.daemon() as daemon:
        await link_all(sending, {"ada": "491700000001"})
        jid = (await link_all(daemon, {"bob": "491700000002"}))["bob"]
        before = await daemon.get("bob")
        processes = {daemon.process.pid, *workers(receiver)}
        held = resident(processes)
        async with tolls.of(receiver, f"the daemon stands still while {FLOOD} messages come", connections=0):
            daemon.process.send_signal(signal.SIGSTOP)
            try:
                for number in range(FLOOD):
                    await sending.send("ada", "491700000002", str(number))

                async def taken() -> bool:
                    return (await receiver.emulator.devices())[jid]["queued"] == 0

                await until(taken, "the worker has taken and confirmed each message")
            finally:
                daemon.process.send_signal(signal.SIGCONT)

            async def counted() -> bool:
                return (await daemon.get("bob")).counters.messages_received >= FLOOD

            await until(counted, "every message is counted")
        assert (await daemon.get("bob")).counters.messages_received == FLOOD
        async with Receiver.of(daemon.messages, most=1000) as receiving:
            await receiving.until(lambda it: len(it.texts) >= FLOOD)
            assert receiving.texts == [str(number) for number in range(FLOOD)]
        await is_undisturbed(daemon, before)
        assert resident(processes) <= held + GROWTH


WATCH = """
import sys

import grpc

from wad.v1 import event_pb2, event_pb2_grpc

with grpc.insecure_channel(sys.argv[1]) as channel:
    for response in event_pb2_grpc.EventServiceStub(channel).WatchEvents(event_pb2.WatchEventsRequest()):
        if response.WhichOneof("item") in ("synced", "event"):
            print(response.event.sequence, flush=True)
"""
"""A watcher in a process of its own, which can be stopped as a whole; it prints the number of each event."""


@asynccontextmanager
async def watching(house: House, output: Path) -> AsyncGenerator[Process]:
    """Run a watcher that writes to a file, and wait until its watch is live."""
    with output.open("wb") as file:
        process = await anyio.open_process(
            [sys.executable, "-c", WATCH, f"unix:{house.run / 'wad.sock'}"], stdout=file, stderr=file
        )
    try:
        await until(lambda: bool(output.read_text()), "the watch is live")
        yield process
    finally:
        await reap(process)


def seen(output: Path) -> list[int]:
    """Return the numbers of the events that a watcher was told."""
    return [int(line) for line in output.read_text().splitlines()[1:]]


async def test_a_watcher_that_stalls_holds_up_nobody_and_misses_nothing(house: House, tolls: Tolls) -> None:
    """While one watcher is stopped another one sees everything at once; the stalled one then gets all of it in order.

    One that stalls for longer than the log reaches is told SLOW_CONSUMER: see ``tests/integration/rpc``.
    """
    async with house.daemon() as daemon:
        await daemon.link_device(device_pb2.LinkDeviceRequest(phone_number="491700000001", device_id="till"))
        beat = device_pb2.HeartbeatDeviceRequest(device_session_id="491700000001_till")
        files = [house.root / "stalled.txt", house.root / "lively.txt"]
        async with watching(house, files[0]) as stalled, watching(house, files[1]):
            held = psutil.Process(daemon.process.pid).memory_info().rss
            first = len(seen(files[1]))
            async with tolls.of(house, f"a watcher stalls over {BEATS} events", connections=0):
                stalled.send_signal(signal.SIGSTOP)
                try:
                    for _ in range(BEATS):
                        await daemon.devices.HeartbeatDevice(beat)
                    await until(lambda: len(seen(files[1])) >= first + BEATS, "the other watcher has seen all")
                    grown = psutil.Process(daemon.process.pid).memory_info().rss - held
                finally:
                    stalled.send_signal(signal.SIGCONT)
                await until(lambda: len(seen(files[0])) >= len(seen(files[1])), "the stalled one has caught up")
            assert seen(files[0]) == seen(files[1])
            assert grown <= GROWTH
