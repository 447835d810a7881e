"""What every registry guarantees, whatever keeps the records."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from wad.domain.devices import Device, DeviceInfo
from wad.domain.events import UserIdentity
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import LastError, SessionRecord
from wad.domain.states import DesiredState, RemovalReason, SessionState
from wad.storage.memory import MemoryRegistry
from wad.storage.registry import open_registry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from wad.ports import Registry

pytestmark = pytest.mark.anyio

PLAIN = SessionRecord(SessionId("alpha"), created_at=1000.5, last_activity_at=1001.25)
FULL = SessionRecord(
    session_id=SessionId("beta-1"),
    created_at=1.0,
    last_activity_at=2.0,
    desired=DesiredState.STOPPED,
    state=SessionState.LOGGED_OUT,
    active=False,
    removal=RemovalReason.LOGOUT,
    user=UserIdentity("491700000000:7@s.whatsapp.net", "123:7@lid", "Zoë 🙂", "android", "Bäckerei"),
    connected_at=3.0,
    auto_reconnected=True,
    generation=4,
    reconnects=5,
    messages_sent=6,
    messages_received=7,
    policy=Policy(idle=0, max_age=0.5, max_failures=3),
    labels={"team": "sales", "": "ü"},
    last_error=LastError("LOGGED_OUT", "It was unlinked on the phone.", 8.5),
    device=Device("491700000000", "till-1", DeviceInfo("Till 1", "Chrome", "192.0.2.7", "Web")),
    last_heartbeat_at=9.5,
    failed_heartbeats=2,
)


@asynccontextmanager
async def _registry(kind: str, directory: Path) -> AsyncGenerator[Registry]:
    if kind == "memory":
        yield MemoryRegistry()
    else:
        async with open_registry(directory / "wad.db") as registry:
            yield registry


@pytest.fixture(params=["memory", "sqlite"])
async def registry(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Registry]:
    """Yield each registry in turn."""
    async with _registry(request.param, tmp_path) as registry:
        yield registry


@pytest.mark.parametrize("record", [PLAIN, FULL], ids=["plain", "full"])
async def test_saved_record_comes_back_as_it_was(registry: Registry, record: SessionRecord) -> None:
    """Every field of a record survives saving."""
    await registry.save(record)
    assert await registry.get(record.session_id) == record
    assert list(await registry.load()) == [record]


async def test_unknown_session_has_no_record(registry: Registry) -> None:
    """An id that was never saved is answered with None, not with an error."""
    assert await registry.get(SessionId("nobody")) is None


async def test_new_registry_is_empty(registry: Registry) -> None:
    """A new registry holds no record."""
    assert list(await registry.load()) == []


async def test_saving_again_replaces_the_whole_record(registry: Registry) -> None:
    """A record replaces the one of its id in every field, also in those that it empties."""
    await registry.save(replace(FULL, session_id=PLAIN.session_id))
    await registry.save(PLAIN)
    assert list(await registry.load()) == [PLAIN]


async def test_records_are_loaded_in_the_order_of_their_ids(registry: Registry) -> None:
    """Loading is ordered by session id, upper case before lower, whatever the order of saving."""
    ids = ["b", "a", "B", "a-1", "a.1", "10", "9"]
    for name in ids:
        await registry.save(replace(PLAIN, session_id=SessionId(name)))
    assert [record.session_id for record in await registry.load()] == sorted(ids)


async def test_deleted_record_is_gone_and_the_others_stay(registry: Registry) -> None:
    """Deleting a record forgets that one alone."""
    await registry.save(PLAIN)
    await registry.save(FULL)
    await registry.delete(PLAIN.session_id)
    assert list(await registry.load()) == [FULL]


async def test_deleting_twice_is_harmless(registry: Registry) -> None:
    """Deleting an absent record is no error."""
    await registry.delete(PLAIN.session_id)
    await registry.delete(PLAIN.session_id)


async def test_concurrent_saves_of_many_sessions_all_arrive(registry: Registry) -> None:
    """Saves that happen at the same time do not displace each other."""
    names = [f"s{number:02}" for number in range(40)]
    async with anyio.create_task_group() as tasks:
        for name in names:
            tasks.start_soon(registry.save, replace(PLAIN, session_id=SessionId(name)))
    assert [record.session_id for record in await registry.load()] == names


def test_the_suite_covers_every_field_of_a_record() -> None:
    """The full record differs from the defaults in every field, so that no field can be forgotten unnoticed."""
    same: list[Any] = [name for name in SessionRecord.__slots__ if getattr(PLAIN, name) == getattr(FULL, name)]
    assert same == []
