"""Received messages are handed out until they are acknowledged, whatever ends meanwhile."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING

import anyio
import grpc.aio
import pytest

from tests.faults.witnesses import link_all, until_states, worker_of
from tests.house import PATIENCE, error_info, finish, reap, two_houses, until
from tests.receiver import Receiver
from wad.v1 import message_pb2, session_pb2

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONES = {"ada": "491700000001", "bob": "491700000002"}
TEXT = "the cormorant flies at noon"


async def told(daemon: Daemon, session_id: str, message_id: str) -> message_pb2.Message:
    """Return what the daemon tells of a message."""
    request = message_pb2.GetMessageRequest(session_id=session_id, message_id=message_id)
    return (await daemon.messages.GetMessage(request, timeout=PATIENCE)).message


async def known(daemon: Daemon, session_id: str, message_id: str) -> bool:
    """Say whether the daemon keeps a message."""
    try:
        await told(daemon, session_id, message_id)
    except grpc.aio.AioRpcError as error:
        if error_info(error).reason != "MESSAGE_NOT_FOUND":
            raise
        return False
    return True


async def test_a_text_is_handed_out_as_it_was_sent(house: House) -> None:
    """Chat, sender, kind, text and time are the message's own, and its chat is where an answer goes to."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        sent = await daemon.send("ada", PHONES["bob"], TEXT)
        async with Receiver.of(daemon.messages, "bob") as receiver:
            await receiver.until(lambda it: bool(it.deliveries))
            [delivery] = receiver.deliveries
            message = delivery.message
            assert (message.session_id, message.message_id, message.text) == ("bob", sent, TEXT)
            assert message.sender == message.chat == f"{PHONES['ada']}@s.whatsapp.net"
            assert message.kind == message_pb2.MESSAGE_KIND_TEXT
            assert message.direction == message_pb2.MESSAGE_DIRECTION_RECEIVED
            assert 0 <= message.create_time.ToSeconds() - message.send_time.ToSeconds() < 60
            assert await told(daemon, "bob", sent) == message
            await daemon.send("bob", message.chat, "so it does")
        async with Receiver.of(daemon.messages, "ada") as receiver:
            await receiver.until(lambda it: it.texts == ["so it does"])


async def test_what_is_not_acknowledged_comes_again_and_what_is_does_not(house: House) -> None:
    """Within a call a message comes once; the next call, also with the next daemon, begins with the unacknowledged."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        for text in ("one", "two", "three"):
            await daemon.send("ada", PHONES["bob"], text)
        async with Receiver.of(daemon.messages) as receiver:
            await receiver.until(lambda it: it.texts == ["one", "two", "three"])
            second = receiver.deliveries[1]
            await receiver.acknowledge(second.delivery_id)
            await until(lambda: gone(daemon, second), "it is forgotten")
        async with Receiver.of(daemon.messages) as receiver:
            await receiver.until(lambda it: it.texts == ["one", "three"])
        await finish(daemon.process, signal.SIGUSR2)
    async with house.daemon() as daemon:
        async with Receiver.of(daemon.messages) as receiver:
            await receiver.until(lambda it: it.texts == ["one", "three"])
            await receiver.acknowledge()
            await daemon.send("ada", PHONES["bob"], "four")
            await receiver.until(lambda it: it.texts == ["one", "three", "four"])
        async with Receiver.of(daemon.messages) as receiver:
            await receiver.until(lambda it: it.texts == ["four"])


async def gone(daemon: Daemon, delivery: message_pb2.Delivery) -> bool:
    """Say whether a message is kept no more."""
    return not await known(daemon, delivery.message.session_id, delivery.message.message_id)


async def test_what_comes_while_no_daemon_runs_is_handed_out_by_the_next(tmp_path: Path) -> None:
    """The workers keep what they receive, and the next daemon stores it before it is forgotten there."""
    async with two_houses(tmp_path) as (sender, receiver), sender.daemon() as sending:
        await link_all(sending, {"ada": PHONES["ada"]})
        async with receiver.daemon() as daemon:
            jid = (await link_all(daemon, {"bob": PHONES["bob"]}))["bob"]
            await finish(daemon.process, signal.SIGKILL)
        sent = [str(number) for number in range(20)]
        for text in sent:
            await sending.send("ada", PHONES["bob"], text)

        async def taken() -> bool:
            return (await receiver.emulator.devices())[jid]["queued"] == 0

        await until(taken, "the worker has taken each message")
        async with receiver.daemon() as daemon, Receiver.of(daemon.messages, "bob") as receiving:
            await receiving.until(lambda it: len(it.texts) >= len(sent))
            assert receiving.texts == sent


async def test_a_killed_worker_loses_nothing_that_was_stored(house: House) -> None:
    """A message that was told of once is handed out although its worker is killed."""
    house.settings["engine"]["sessions_per_worker"] = 1
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        sent = await daemon.send("ada", PHONES["bob"], TEXT)
        await until(lambda: known(daemon, "bob", sent), "it is stored")
        os.kill(await worker_of(house, "bob"), signal.SIGKILL)
        async with Receiver.of(daemon.messages, "bob") as receiver:
            await receiver.until(lambda it: it.texts == [TEXT])
        await until_states(daemon, dict.fromkeys(PHONES, "connected"))


async def test_only_so_many_wait_for_their_acknowledgement(house: House) -> None:
    """With as many unacknowledged as the caller wants, the next comes for one that is acknowledged."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        for number in range(5):
            await daemon.send("ada", PHONES["bob"], str(number))
        async with Receiver.of(daemon.messages, most=2) as receiver:
            await receiver.until(lambda it: it.texts == ["0", "1"])
            await receiver.acknowledge(receiver.deliveries[0].delivery_id)
            await receiver.until(lambda it: it.texts == ["0", "1", "2"])
            await receiver.acknowledge()
            await receiver.until(lambda it: it.texts == ["0", "1", "2", "3", "4"])


async def test_the_sender_is_told_that_its_text_was_delivered(house: House) -> None:
    """The receipt of the other phone's device comes to whoever receives, and GetMessage tells it afterwards."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        async with Receiver.of(daemon.messages, "ada") as receiver:
            sent = await daemon.send("ada", PHONES["bob"], TEXT)
            await receiver.until(lambda it: bool(it.receipts))
            [receipt] = receiver.receipts
            assert (receipt.session_id, receipt.message_id) == ("ada", sent)
            assert receipt.status == message_pb2.MESSAGE_STATUS_DELIVERED
        message = await told(daemon, "ada", sent)
        assert message.status == message_pb2.MESSAGE_STATUS_DELIVERED
        assert message.direction == message_pb2.MESSAGE_DIRECTION_SENT
        assert message.text == ""


async def test_messages_go_with_the_credentials(house: House) -> None:
    """Whoever links the session's id next is not handed what the one before has received."""
    async with house.daemon() as daemon:
        await link_all(daemon, PHONES)
        sent = await daemon.send("ada", PHONES["bob"], TEXT)
        await until(lambda: known(daemon, "bob", sent), "it is stored")
        await daemon.remove("bob", session_pb2.REMOVAL_REASON_MANUAL)
        await until(lambda: forgotten(daemon, "bob", sent), "it is forgotten")


async def forgotten(daemon: Daemon, session_id: str, message_id: str) -> bool:
    """Say whether a message is kept no more."""
    return not await known(daemon, session_id, message_id)


async def test_the_command_goes_on_after_a_restart(house: House, tmp_path: Path) -> None:
    """What comes before and after is shown by one run of the command, each message once."""
    output = tmp_path / "received"
    with output.open("wb") as file:
        async with house.daemon() as daemon:
            await link_all(daemon, PHONES)
            command = [sys.executable, "-m", "wad.cli.wadctl", "--address", f"unix://{house.run / 'wad.sock'}"]
            command += ["message", "receive", "-n", "2", "-o", "json"]
            process = await anyio.open_process(command, stdout=file)
            try:
                sent = await daemon.send("ada", PHONES["bob"], "before")
                await until(lambda: "before" in output.read_text(), "the first is shown")
                await until(lambda: forgotten(daemon, "bob", sent), "it is acknowledged")
                await finish(daemon.process, signal.SIGUSR2)
                async with house.daemon() as successor:
                    await successor.send("ada", PHONES["bob"], "after")
                    with anyio.fail_after(PATIENCE):
                        assert await process.wait() == 0
            finally:
                await reap(process)
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    shown = [line["delivery"]["message"]["text"] for line in lines if "delivery" in line]
    assert shown == ["before", "after"]


async def test_a_drain_ends_the_call_so_that_it_can_be_made_again(house: House) -> None:
    """Whoever receives is told UNAVAILABLE / DRAINING, and a stop does not wait for it."""
    async with house.daemon() as daemon:
        await link_all(daemon, {"bob": PHONES["bob"]})
        async with Receiver.of(daemon.messages) as receiver:
            daemon.process.send_signal(signal.SIGTERM)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await receiver.read()
            assert error_info(caught.value).reason == "DRAINING"
        assert await daemon.process.wait() == 0
