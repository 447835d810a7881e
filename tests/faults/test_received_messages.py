"""Received messages are handed out at least once, whenever the daemon is killed."""

from __future__ import annotations

import random
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import grpc.aio
import pytest

from tests.faults.witnesses import link_all
from tests.house import PATIENCE, finish, two_houses, until
from tests.receiver import Receiver
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.toll import Tolls
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

TEXTS = 120
KILLS = 5


class Reader:
    """One who receives from every daemon in turn, and acknowledges what was read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def receive(self, daemon: Daemon) -> None:
        """Receive until the daemon is gone."""
        with suppress(grpc.aio.AioRpcError):
            async with Receiver.of(daemon.messages, "bob", most=10) as receiving:
                while True:
                    await receiving.read()
                    if receiving.deliveries:
                        delivery = receiving.deliveries.pop()
                        self.read.append(delivery.message.text)
                        await receiving.acknowledge(delivery.delivery_id)


async def test_every_message_is_received_however_often_the_daemon_is_killed(tmp_path: Path, tolls: Tolls) -> None:
    """Each text that WhatsApp delivered is handed out at least once, in the order in which it was sent."""
    chance, reader = random.Random(20261123), Reader()  # noqa: S311 - the moments are to be the same in each run
    async with two_houses(tmp_path) as (sender, receiver), sender.daemon() as sending:
        await link_all(sending, {"ada": "491700000001"})
        async with receiver.daemon() as daemon:
            await link_all(daemon, {"bob": "491700000002"})
            await finish(daemon.process, signal.SIGUSR2)

        async def send() -> None:
            for number in range(TEXTS):
                await sending.send("ada", "491700000002", str(number))
                await anyio.sleep(0.02)  # for the kills to come in the midst

        async with tolls.of(receiver, f"{KILLS} kills of the daemon while messages come", connections=0):
            async with anyio.create_task_group() as sends:
                sends.start_soon(send)
                for _ in range(KILLS):
                    async with receiver.daemon() as daemon, anyio.create_task_group() as tasks:
                        tasks.start_soon(reader.receive, daemon)
                        await anyio.sleep(chance.uniform(0, 0.5))  # any moment will do
                        await finish(daemon.process, signal.SIGKILL)
            async with receiver.daemon() as daemon, anyio.create_task_group() as tasks:
                tasks.start_soon(reader.receive, daemon)
                await until(lambda: len(set(reader.read)) == TEXTS, "every message is received")
                tasks.cancel_scope.cancel()
    assert list(dict.fromkeys(reader.read)) == [str(number) for number in range(TEXTS)]


@pytest.mark.parametrize("what", ["stop", "replacement of the workers"])
async def test_what_is_planned_loses_no_message(tmp_path: Path, what: str) -> None:
    """What a session has received when it is stopped, or moved to another worker, is handed over before it ends."""
    sent: list[str] = []
    async with two_houses(tmp_path) as (sender, receiver), sender.daemon() as sending:
        await link_all(sending, {"ada": "491700000001", "eve": "491700000003"})

        async def send(session_id: str) -> None:
            while True:
                text = f"{session_id} {len(sent)}"
                await sending.send(session_id, "491700000002", text)
                sent.append(text)

        async with receiver.daemon() as daemon:
            jid = (await link_all(daemon, {"bob": "491700000002"}))["bob"]
            async with anyio.create_task_group() as sends:
                for session_id in ("ada", "eve"):
                    sends.start_soon(send, session_id)
                for _ in range(4):
                    seen = len(sent)
                    await until(lambda seen=seen: len(sent) > seen + 10, "messages are on their way")
                    await (replace_workers(daemon) if what != "stop" else stop_and_go_on(daemon))
                sends.cancel_scope.cancel()
            await until(lambda: nothing_waits(receiver, jid), "the session has taken each message")
            async with Receiver.of(daemon.messages, most=1000) as receiving:
                await receiving.until(lambda it: len(set(it.texts)) >= len(sent))


async def nothing_waits(house: House, jid: str) -> bool:
    """Say whether WhatsApp holds nothing back for a device."""
    return (await house.emulator.devices())[jid]["queued"] == 0


async def replace_workers(daemon: Daemon) -> None:
    """Move every session to another worker."""
    async for _ in daemon.admin.ReplaceWorkers(admin_pb2.ReplaceWorkersRequest(all=True), timeout=PATIENCE):
        pass


async def stop_and_go_on(daemon: Daemon) -> None:
    """Stop the session and connect it again."""
    await daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id="bob"), timeout=PATIENCE)
    await daemon.sessions.ReconnectSession(session_pb2.ReconnectSessionRequest(session_id="bob"), timeout=PATIENCE)
    await daemon.until_state("bob", "connected")
