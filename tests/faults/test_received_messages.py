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
from tests.house import finish, two_houses, until
from tests.receiver import Receiver

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.toll import Tolls
    from tests.house import Daemon

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
