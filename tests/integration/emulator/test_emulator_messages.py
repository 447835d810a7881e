"""Clients of the real library write to each other, and the emulator reads none of it."""

import pytest

from wad.emulator.client import EmulatorClient

from .neonize_driver import Probe

pytestmark = pytest.mark.anyio

A, B = "4915112345678", "4915112345679"


async def link(probe: Probe, control: EmulatorClient, client: str, phone: str) -> str:
    """Link a client and wait until it is connected; return its jid."""
    await probe.start(client)
    jid = await control.scan(await probe.wait(client, "qr"), phone)
    await probe.wait(client, "connected")
    return jid


async def test_all_devices_of_both_get_a_text(probe: Probe, control: EmulatorClient) -> None:
    """A text to a number reaches all its devices and the sender's other ones, each of which decrypts it."""
    for client, phone in (("a1", A), ("a2", A), ("b1", B), ("b2", B)):
        await link(probe, control, client, phone)
    await probe.send("a1", f"{B}@s.whatsapp.net", "hello from a1")
    for client in ("a2", "b1", "b2"):
        assert b"hello from a1" in await probe.message(client)
    assert (await control.counters())["messages_relayed_total"] == 3
    await control.wait_state(lambda state: state["counters"]["queued"] == 0, "everybody confirms what came")


async def test_a_conversation_goes_both_ways(probe: Probe, control: EmulatorClient) -> None:
    """An answer comes back, by number and by hidden id, and uses no further one-time key."""
    jid = await link(probe, control, "a", A)
    await link(probe, control, "b", B)
    lid = (await control.devices())[jid]["lid"].partition(":")[0] + "@lid"
    await probe.send("a", f"{B}@s.whatsapp.net", "one")
    assert b"one" in await probe.message("b")
    await probe.send("b", f"{A}@s.whatsapp.net", "two")
    assert b"two" in await probe.message("a")
    await probe.send("b", lid, "three")
    assert b"three" in await probe.message("a")
    assert sorted(device["pre_keys"] for device in (await control.state())["devices"]) == [811, 812]


async def test_an_offline_device_gets_its_messages_later(probe: Probe, control: EmulatorClient) -> None:
    """What was sent to a device while it was offline is there when it comes back."""
    await link(probe, control, "a", A)
    jid = await link(probe, control, "b", B)
    await probe.stop("b")
    await control.wait_offline(jid)
    for text in ("first", "second"):
        await probe.send("a", f"{B}@s.whatsapp.net", text)
    assert (await control.devices())[jid]["queued"] == 2
    await probe.start("again", store="b")
    assert b"first" in await probe.message("again")
    assert b"second" in await probe.message("again")
    await control.wait_state(lambda state: state["counters"]["queued"] == 0, "the device confirms what came")


async def test_a_device_that_is_linked_later_is_written_to(probe: Probe, control: EmulatorClient) -> None:
    """Whoever has written to a phone before learns of its new device and writes to that one too."""
    await link(probe, control, "a", A)
    await link(probe, control, "b1", B)
    await probe.send("a", f"{B}@s.whatsapp.net", "to one")
    await link(probe, control, "b2", B)
    await control.wait_state(lambda state: state["counters"]["queued"] == 0, "the news of the device has been taken")
    await probe.send("a", f"{B}@s.whatsapp.net", "to two")
    assert b"to two" in await probe.message("b2")


async def test_nobody_behind_a_number_is_an_error(probe: Probe, control: EmulatorClient) -> None:
    """A text to a number that no phone has is refused, and the client goes on."""
    await link(probe, control, "a", A)
    assert "no LID found" in await probe.refused_send("a", f"{B}@s.whatsapp.net", "anybody?")
