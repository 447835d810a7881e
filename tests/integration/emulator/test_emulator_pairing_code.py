"""A phone's user types the pairing code of a real, unmodified neonize client."""

import re
from pathlib import Path

import anyio
import pytest

from wad.emulator.client import ControlError, EmulatorClient
from wad.emulator.server import Emulator
from wad.emulator.settings import Settings

from .neonize_driver import Probe, run_probe

pytestmark = pytest.mark.anyio

PHONE = "4915112345678"
OTHER_PHONE = "4915112345679"


async def asking(probe: Probe, client: str = "a", phone: str = PHONE) -> str:
    """Start a client and return the pairing code that it asks for."""
    await probe.start(client)
    await probe.wait(client, "qr")
    return await probe.pair(client, phone)


def another(code: str) -> str:
    """Return a code that differs in one character."""
    return code[:-1] + ("1" if code[-1] != "1" else "2")


async def test_a_client_links_by_pairing_code(probe: Probe, control: EmulatorClient) -> None:
    """A client whose code is typed pairs and connects as one whose QR code is scanned does."""
    code = await asking(probe)
    assert re.fullmatch("[1-9A-HJ-NP-TV-Z]{4}-[1-9A-HJ-NP-TV-Z]{4}", code)
    jid = await control.pair(code.lower().replace("-", ""), PHONE, push_name="Ada")
    await probe.wait("a", "paired")
    await probe.wait("a", "connected")
    await control.wait_online(jid)
    assert (await control.state())["phones"][0]["push_name"] == "Ada"


async def test_a_wrong_code_links_nobody_and_the_right_one_still_does(probe: Probe, control: EmulatorClient) -> None:
    """A slip of the finger costs nothing: the code that the client shows stays good."""
    code = await asking(probe)
    with pytest.raises(ControlError, match="another pairing code") as refusal:
        await control.pair(another(code), PHONE)
    assert (refusal.value.status, refusal.value.code) == (409, "code_wrong")
    assert await control.devices() == {}
    await control.pair(code, PHONE)
    await probe.wait("a", "connected")


async def test_a_wrong_code_spoils_the_clients_qr_codes(probe: Probe, control: EmulatorClient) -> None:
    """Whatever was typed changes the secret of the client, so its QR codes do not fit it any more."""
    await probe.start("a")
    qr = await probe.wait("a", "qr")
    with pytest.raises(ControlError, match="another pairing code"):
        await control.pair(another(await probe.pair("a", PHONE)), PHONE)
    with pytest.raises(ControlError, match="was not linked") as refusal:
        await control.scan(qr, PHONE)
    assert refusal.value.code == "pairing_failed"


async def test_a_qr_code_stays_good_next_to_a_pairing_code(probe: Probe, control: EmulatorClient) -> None:
    """As long as nobody types the pairing code, the QR code can be scanned; then the pairing code is used."""
    await probe.start("a")
    qr = await probe.wait("a", "qr")
    code = await probe.pair("a", PHONE)
    await control.scan(qr, PHONE)
    await probe.wait("a", "connected")
    with pytest.raises(ControlError) as refusal:
        await control.pair(code, PHONE)
    assert (refusal.value.status, refusal.value.code) == (409, "code_used")


async def test_a_code_is_for_one_phone_number(probe: Probe, control: EmulatorClient) -> None:
    """Typed into another phone than the one that the client named, the code is unknown."""
    code = await asking(probe)
    with pytest.raises(ControlError) as refusal:
        await control.pair(code, OTHER_PHONE)
    assert (refusal.value.status, refusal.value.code) == (404, "code_unknown")
    assert await control.pair(code, PHONE)


async def test_a_new_code_replaces_the_one_before(probe: Probe, control: EmulatorClient) -> None:
    """A client that asks again has one code, the latest."""
    first = await asking(probe)
    second = await probe.pair("a", PHONE)
    with pytest.raises(ControlError) as refusal:
        await control.pair(first, PHONE)
    assert refusal.value.code == "code_wrong"
    await control.pair(second, PHONE)
    await probe.wait("a", "connected")


@pytest.mark.parametrize("phone", ["4915112345678", "+49 151 12345678"])
async def test_a_number_is_its_digits(probe: Probe, control: EmulatorClient, phone: str) -> None:
    """The library takes a number as people write it."""
    await control.pair(await asking(probe, phone=phone), PHONE)
    await probe.wait("a", "connected")


@pytest.mark.parametrize(("phone", "why"), [("123456", "too short"), ("015112345678", "international")])
async def test_a_number_that_is_none_is_refused_by_the_library(probe: Probe, phone: str, why: str) -> None:
    """A number that is too short, or without its country, never reaches the server."""
    await probe.start("a")
    await probe.wait("a", "qr")
    assert why in await probe.refused_pair("a", phone)


async def test_the_code_of_a_client_that_left_is_expired(probe: Probe, control: EmulatorClient) -> None:
    """A code lives as long as the connection that it was asked for on."""
    code = await asking(probe)
    await probe.stop_unscanned("a")
    await control.wait_state(lambda state: state["counters"]["waiting_for_scan"] == 0, "the client has left")
    with pytest.raises(ControlError) as refusal:
        await control.pair(code, PHONE)
    assert (refusal.value.status, refusal.value.code) == (409, "code_expired")


async def test_a_code_expires_with_the_last_qr_code(directory: Path, tmp_path: Path) -> None:
    """When the time of the connection's QR codes is over, so is that of its pairing code."""
    settings = Settings(qr_lifetimes=(1, 0.1, 0.1, 0.1, 0.1, 0.1), qr_grace=0.5)
    async with (
        Emulator(directory, settings=settings) as emulator,
        EmulatorClient(emulator.announcement) as control,
        run_probe(emulator, tmp_path) as probe,
    ):
        code = await asking(probe)
        with anyio.fail_after(30):
            while True:
                with pytest.raises(ControlError) as refusal:
                    await control.pair(another(code), PHONE)
                if refusal.value.code == "code_expired":
                    break
                assert refusal.value.code == "code_wrong"


async def test_twenty_clients_pair_by_code_at_once(probe: Probe, control: EmulatorClient) -> None:
    """Each phone's code links its own client."""
    phones = {f"c{number}": f"49151000000{number:02}" for number in range(20)}
    for client in phones:
        await probe.start(client)
    codes: dict[str, str] = {}
    for client, phone in phones.items():
        await probe.wait(client, "qr")
        codes[client] = await probe.pair(client, phone)
    async with anyio.create_task_group() as tasks:
        for client, code in codes.items():
            tasks.start_soon(control.pair, code, phones[client])
    for client in phones:
        await probe.wait(client, "connected")
    assert {device.partition(":")[0] for device in await control.devices()} == set(phones.values())


async def test_a_full_phone_takes_no_code(directory: Path, tmp_path: Path) -> None:
    """A phone with as many devices as it may have says so before the client hears of it, and the code stays good."""
    async with (
        Emulator(directory, settings=Settings(device_limit=1)) as emulator,
        EmulatorClient(emulator.announcement) as control,
        run_probe(emulator, tmp_path) as probe,
    ):
        first = await control.pair(await asking(probe), PHONE)
        code = await asking(probe, "b")
        with pytest.raises(ControlError, match=r"may have 1.* Revoke one of them") as refusal:
            await control.pair(code, PHONE)
        assert (refusal.value.status, refusal.value.code) == (409, "device_limit")
        await control.revoke(first)
        await control.pair(code, PHONE)
        await probe.wait("b", "connected")
