"""What every store of messages guarantees, whatever keeps it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from wad.domain.ids import SessionId
from wad.domain.messages import Direction, Message, MessageKind, MessageStatus
from wad.rpc import convert_messages
from wad.storage.database import open_database
from wad.storage.memory_messages import MemoryMessages
from wad.storage.messages import SqlMessages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from wad.managers.ports import MessageStore

pytestmark = pytest.mark.anyio

SHOP, BAR = SessionId("shop"), SessionId("bar")
TEXT = Message(
    "M1",
    "4915112345678@s.whatsapp.net",
    sender="4915112345678@s.whatsapp.net",
    push_name="Ann 🐦",
    kind=MessageKind.TEXT,
    text="hello",
    sent_at=1000.5,
    stored_at=1001.25,
)
SENT = Message(
    "S1", "4915112345678@s.whatsapp.net", direction=Direction.SENT, stored_at=1001.25, status=MessageStatus.SENT
)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[MessageStore]:
    """Yield each store in turn."""
    if request.param == "memory":
        yield MemoryMessages()
    else:
        async with open_database(tmp_path / "wad.db") as database:
            yield SqlMessages(database)


def numbered(number: int) -> Message:
    """Return one of many messages."""
    return replace(TEXT, message_id=f"M{number}", stored_at=1000.0 + number)


async def left(store: MessageStore) -> list[str]:
    """Return the ids of the received messages that are kept."""
    return [delivery.message.message_id for delivery in await store.unacknowledged(0, (), 10_000)]


async def test_a_message_is_kept_as_it_is(store: MessageStore) -> None:
    """Every part of it comes back, by its number and by its id."""
    await store.add([(SHOP, TEXT)])
    [delivery] = await store.unacknowledged(0, (), 10)
    assert (delivery.session_id, delivery.message) == (SHOP, TEXT)
    assert await store.find(SHOP, "M1") == TEXT
    assert await store.find(BAR, "M1") is None


async def test_one_that_is_there_already_stays_as_it_is(store: MessageStore) -> None:
    """A message that is told of again is no second one; the same id of another session, or another chat, is."""
    await store.add([(SHOP, TEXT)])
    await store.add([(SHOP, replace(TEXT, text="changed")), (BAR, TEXT), (SHOP, replace(TEXT, chat="1@g.us"))])
    found = await store.unacknowledged(0, (), 10)
    assert [(delivery.session_id, delivery.message.text) for delivery in found] == [
        (SHOP, "hello"),
        (BAR, "hello"),
        (SHOP, "hello"),
    ]


async def test_numbers_rise_and_are_never_used_again(store: MessageStore) -> None:
    """An acknowledgement that comes late never hits another message."""
    await store.add([(SHOP, numbered(number)) for number in range(1200)])
    first = [delivery.delivery_id for delivery in await store.unacknowledged(0, (), 2000)]
    assert first == sorted(set(first))
    assert len(first) == 1200
    await store.forget(first)
    await store.add([(SHOP, TEXT)])
    [delivery] = await store.unacknowledged(0, (), 10)
    assert delivery.delivery_id > first[-1]


async def test_messages_are_read_in_pages(store: MessageStore) -> None:
    """A page begins after a number, has so many messages at most, and only those of the sessions that are wanted."""
    await store.add([(SHOP if number % 2 else BAR, numbered(number)) for number in range(6)])
    page = await store.unacknowledged(0, (SHOP,), 2)
    assert [delivery.message.message_id for delivery in page] == ["M1", "M3"]
    rest = await store.unacknowledged(page[-1].delivery_id, (SHOP,), 2)
    assert [delivery.message.message_id for delivery in rest] == ["M5"]


async def test_what_was_sent_is_not_handed_out(store: MessageStore) -> None:
    """It is neither read as received nor acknowledged by its number."""
    await store.add([(SHOP, SENT), (SHOP, TEXT)])
    assert await left(store) == ["M1"]
    [delivery] = await store.unacknowledged(0, (), 10)
    numbers = range(1, delivery.delivery_id + 1)
    assert await store.sessions_of(list(numbers)) == {delivery.delivery_id: SHOP}


async def test_a_status_only_rises(store: MessageStore) -> None:
    """A receipt that says less than is known changes nothing, and what was received has no status."""
    await store.add([(SHOP, SENT), (SHOP, TEXT)])
    assert await store.raise_status(SHOP, ["S1", "M1", "no"], MessageStatus.READ) == ["S1"]
    assert await store.raise_status(SHOP, ["S1"], MessageStatus.DELIVERED) == []
    assert await store.sent_ids(SHOP, ["S1", "M1", "no"]) == ["S1"]
    found = await store.find(SHOP, "S1")
    assert found is not None
    assert found.status is MessageStatus.READ


async def test_a_session_is_forgotten_with_all_its_messages(store: MessageStore) -> None:
    """Those of others stay."""
    await store.add([(SHOP, TEXT), (SHOP, SENT), (BAR, TEXT)])
    await store.forget_session(SHOP)
    assert await store.find(SHOP, "S1") is None
    assert [delivery.session_id for delivery in await store.unacknowledged(0, (), 10)] == [BAR]


async def test_old_messages_and_too_many_are_forgotten(store: MessageStore) -> None:
    """What was stored before the time goes, and of each session all but its newest."""
    await store.add([(SHOP, numbered(number)) for number in range(6)])
    await store.add([(BAR, replace(numbered(9), chat="1@g.us"))])
    await store.add([(SHOP, replace(SENT, message_id=f"S{number}", stored_at=1009.0)) for number in range(3)])
    assert await store.forget_old(1001.0, 3) == 3
    assert await left(store) == ["M3", "M4", "M5", "M9"]
    assert await store.forget_old(1005.0, 2) == 2
    assert await left(store) == ["M5", "M9"]
    assert await store.sent_ids(SHOP, ["S0", "S1", "S2"]) == ["S1", "S2"]


async def test_a_page_holds_few_long_texts_and_at_least_one(store: MessageStore) -> None:
    """Whoever takes his time holds little memory, and a text that is longer than all that comes nevertheless."""
    await store.add([(SHOP, replace(numbered(number), text="x" * 60_000)) for number in range(5)])
    seen: list[str] = []
    position = 0
    while page := await store.unacknowledged(position, (), 100):
        seen += [delivery.message.message_id for delivery in page]
        position = page[-1].delivery_id
    assert seen == [f"M{number}" for number in range(5)]


async def test_of_two_messages_of_one_id_the_sent_one_is_found(store: MessageStore) -> None:
    """Somebody who answers under the id of what he got does not hide what became of it."""
    await store.add([(SHOP, replace(SENT, message_id="M1")), (SHOP, TEXT)])
    found = await store.find(SHOP, "M1")
    assert found is not None
    assert found.direction is Direction.SENT


async def test_what_was_forgotten_is_on_no_disk(tmp_path: Path) -> None:
    """Neither the database nor its journal holds the text."""
    async with open_database(tmp_path / "wad.db") as database:
        store = SqlMessages(database)
        await store.add([(SHOP, replace(TEXT, text="the cormorant"))])
        assert holds(tmp_path, b"the cormorant")
        await store.forget([1])
        await store.wipe()
        assert not holds(tmp_path, b"the cormorant")


def holds(directory: Path, text: bytes) -> bool:
    """Say whether a file holds a text."""
    return any(text in path.read_bytes() for path in directory.iterdir())


async def test_a_damaged_row_damages_nothing_else(tmp_path: Path) -> None:
    """Times and texts that the contract cannot hold are told as well as they can be."""
    async with open_database(tmp_path / "wad.db") as database:
        store = SqlMessages(database)
        await store.add([(SHOP, TEXT), (SHOP, numbered(2))])
        with closing(sqlite3.connect(tmp_path / "wad.db")) as other:
            other.execute("UPDATE messages SET sent_at = 1e15, text = CAST(x'ff41' AS TEXT) WHERE message_id = 'M1'")
            other.commit()
        shown = [convert_messages.delivery(delivery).delivery for delivery in await store.unacknowledged(0, (), 10)]
        assert [delivery.message.message_id for delivery in shown] == ["M1", "M2"]
