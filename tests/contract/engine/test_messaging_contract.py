"""What every engine promises about probes and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.engine.worlds import World, real_world, simulated_world
from wad.domain import events
from wad.domain.errors import EngineError, InvalidInput
from wad.domain.messages import MessageKind, MessageStatus

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from wad.domain.ids import SessionId

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["simulated", "real"])
async def impatient(request: pytest.FixtureRequest, room: Path) -> AsyncGenerator[World]:
    """Return each world in its turn, with an engine that waits for WhatsApp no longer than a test may."""
    async with simulated_world() if request.param == "simulated" else real_world(room, probe_timeout=0.5) as world:
        yield world


async def link(world: World, name: str) -> tuple[SessionId, str]:
    """Link a session with a phone of its own; return its id and the phone's number."""
    session_id = world.prepare(name)
    await world.engine.start(session_id, 1)
    shown = await world.sink.until(session_id, events.QrIssued)
    await world.scan(session_id, shown.code)
    return session_id, (await world.sink.until(session_id, events.ConnectionOpened)).user.phone_number


async def test_a_connected_session_is_answered(world: World) -> None:
    """A probe of a client that WhatsApp serves returns, as often as it is made."""
    session_id, _ = await link(world, "a")
    for _ in range(3):
        await world.probing.probe(session_id, 1)


async def test_a_mute_server_fails_the_probe_and_nothing_else(impatient: World) -> None:
    """Whom WhatsApp no longer answers fails a probe, stays connected, and is stopped like any other."""
    mute, _ = await link(impatient, "a")
    heard, _ = await link(impatient, "b")
    await impatient.fall_mute(mute)
    with pytest.raises(EngineError, match="WhatsApp did not answer within"):
        await impatient.probing.probe(mute, 1)
    await impatient.probing.probe(heard, 1)
    assert not [event for event in impatient.sink.of(mute) if isinstance(event, events.ConnectionLost)]
    await impatient.engine.stop(mute, 1)


async def test_only_a_connected_client_can_be_probed(world: World) -> None:
    """An absent client, one that shows a QR, and one of another generation are not answered."""
    session_id = world.prepare("new")
    with pytest.raises(EngineError):
        await world.probing.probe(session_id, 1)
    await world.engine.start(session_id, 1)
    shown = await world.sink.until(session_id, events.QrIssued)
    with pytest.raises(EngineError):
        await world.probing.probe(session_id, 1)
    await world.scan(session_id, shown.code)
    await world.sink.until(session_id, events.ConnectionOpened)
    with pytest.raises(EngineError):
        await world.probing.probe(session_id, 2)


async def test_a_text_reaches_the_other_session(world: World) -> None:
    """A text to a phone number is given an id, whoever has that number is told of it, and the sender that it came."""
    sender, own = await link(world, "a")
    receiver, number = await link(world, "b")
    message_id = await world.messaging.send_text(sender, 1, number, "hello")
    received = await world.sink.until(receiver, events.MessageReceived)
    [message] = received.messages
    assert (received.count, received.text, message.kind) == (1, 1, MessageKind.TEXT)
    assert (message.message_id, message.chat, message.sender, message.text) == (
        message_id,
        f"{own}@s.whatsapp.net",
        f"{own}@s.whatsapp.net",
        "hello",
    )
    told = await world.sink.until(sender, events.MessageReceived)
    [receipt] = told.receipts
    assert (told.count, receipt.message_ids, receipt.status) == (0, (message_id,), MessageStatus.DELIVERED)


@pytest.mark.parametrize(
    ("to", "text", "field"),
    [
        ("", "hi", "to"),
        ("0151", "hi", "to"),
        ("4915112345678:1@s.whatsapp.net", "hi", "to"),
        ("4915112345678", " \n", "text"),
        ("4915112345678", "x" * 65537, "text"),
    ],
)
async def test_what_cannot_be_sent_is_the_callers_mistake(world: World, to: str, text: str, field: str) -> None:
    """A recipient that is none, and an empty text, are refused by name."""
    session_id, _ = await link(world, "a")
    with pytest.raises(InvalidInput) as refusal:
        await world.messaging.send_text(session_id, 1, to, text)
    assert refusal.value.field == field


async def test_only_a_connected_client_sends(world: World) -> None:
    """Nothing is sent by an absent client or one of another generation."""
    session_id, number = await link(world, "a")
    with pytest.raises(EngineError):
        await world.messaging.send_text(session_id, 2, number, "hello")
    await world.engine.stop(session_id, 1)
    with pytest.raises(EngineError):
        await world.messaging.send_text(session_id, 1, number, "hello")
