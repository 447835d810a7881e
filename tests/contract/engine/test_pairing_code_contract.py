"""What every engine promises about pairing codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from wad.domain import events
from wad.domain.errors import InvalidInput, PairingCodeRefused

if TYPE_CHECKING:
    from tests.contract.engine.worlds import World
    from wad.domain.ids import SessionId

pytestmark = pytest.mark.anyio

PHONE, OTHER_PHONE = "4915112345678", "4915112345679"


async def showing(world: World, generation: int = 1) -> SessionId:
    """Return a session whose client shows a QR."""
    session_id = world.prepare("new")
    await world.engine.start(session_id, generation)
    await world.sink.until(session_id, events.QrIssued)
    return session_id


async def test_a_typed_code_pairs_then_syncs_then_connects(world: World) -> None:
    """A code links the phone that it was asked for, in the same steps as a scan."""
    session_id = await showing(world)
    code = await world.pairing.request_pairing_code(session_id, 1, PHONE)
    assert re.fullmatch("[1-9A-HJ-NP-TV-Z]{4}-[1-9A-HJ-NP-TV-Z]{4}", code)
    assert await world.type_code(session_id, code, PHONE)
    opened = await world.sink.until(session_id, events.ConnectionOpened)
    assert [type(event).__name__ for event in world.sink.of(session_id)] == [
        "QrIssued",
        "PairSucceeded",
        "SyncStarted",
        "ConnectionOpened",
    ]
    assert opened.user.jid.startswith(PHONE)


async def test_a_wrong_code_links_nobody_and_the_right_one_still_does(world: World) -> None:
    """A slip on the phone is reported to nobody, and the code stays good."""
    session_id = await showing(world)
    code = await world.pairing.request_pairing_code(session_id, 1, PHONE)
    assert not await world.type_code(session_id, "1" + code[1:] if code[0] != "1" else "2" + code[1:], PHONE)
    assert len(world.sink.of(session_id)) == 1
    assert await world.type_code(session_id, code, PHONE)
    await world.sink.until(session_id, events.ConnectionOpened)


async def test_a_code_is_for_one_phone(world: World) -> None:
    """Another phone than the one that was named does not take the code."""
    session_id = await showing(world)
    code = await world.pairing.request_pairing_code(session_id, 1, PHONE)
    assert not await world.type_code(session_id, code, OTHER_PHONE)


async def test_a_new_code_replaces_the_one_before(world: World) -> None:
    """Of two codes of a client only the latest links it."""
    session_id = await showing(world)
    first = await world.pairing.request_pairing_code(session_id, 1, PHONE)
    second = await world.pairing.request_pairing_code(session_id, 1, OTHER_PHONE)
    assert first != second
    assert not await world.type_code(session_id, first, PHONE)
    assert await world.type_code(session_id, second, OTHER_PHONE)


async def test_a_code_ends_with_its_client(world: World) -> None:
    """The next client of the session has a code of its own, or none."""
    session_id = await showing(world)
    code = await world.pairing.request_pairing_code(session_id, 1, PHONE)
    await world.engine.stop(session_id, 1)
    await world.engine.start(session_id, 2)
    await world.sink.until(session_id, events.QrIssued)
    assert not await world.type_code(session_id, code, PHONE)


@pytest.mark.parametrize("number", ["123456", "015112345678"])
async def test_a_number_that_is_none_is_refused(world: World, number: str) -> None:
    """A number that is too short, or without its country, is the caller's mistake, and costs the client nothing."""
    session_id = await showing(world)
    with pytest.raises(InvalidInput) as refusal:
        await world.pairing.request_pairing_code(session_id, 1, number)
    assert refusal.value.field == "phone_number"
    assert await world.pairing.request_pairing_code(session_id, 1, PHONE)


async def test_only_a_client_that_shows_a_qr_gives_a_code(world: World) -> None:
    """An absent client, one of another generation, and one that is linked give none."""
    session_id = world.prepare("absent")
    with pytest.raises(PairingCodeRefused):
        await world.pairing.request_pairing_code(session_id, 1, PHONE)
    session_id = await showing(world, generation=2)
    with pytest.raises(PairingCodeRefused):
        await world.pairing.request_pairing_code(session_id, 1, PHONE)
    shown = world.sink.of(session_id)[0]
    assert isinstance(shown, events.QrIssued)
    await world.scan(session_id, shown.code)
    await world.sink.until(session_id, events.ConnectionOpened)
    with pytest.raises(PairingCodeRefused):
        await world.pairing.request_pairing_code(session_id, 2, PHONE)
