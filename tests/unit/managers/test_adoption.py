"""A daemon that starts takes over the clients that the one before has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.managers.rig import A, B, Rig

if TYPE_CHECKING:
    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord
    from wad.storage.memory import MemoryRegistry

pytestmark = pytest.mark.anyio


def slow(registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each record take its time to be read."""
    get = registry.get

    async def get_slowly(session_id: SessionId) -> SessionRecord | None:
        for _ in range(50):
            await anyio.lowlevel.checkpoint()
        return await get(session_id)

    monkeypatch.setattr(registry, "get", get_slowly)


async def test_every_adopted_session_can_be_seen_as_soon_as_the_adoption_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However slow the registry is, nobody who asks a daemon that is ready misses a session that it has adopted."""
    rig = Rig()
    async with rig.running():
        for session_id in (A, B):
            await rig.connect(session_id)
    rig.manager = rig.new_manager()
    slow(rig.registry, monkeypatch)
    async with rig.running():
        await rig.manager.adopt()
        seen = {view.record.session_id: view.record.state for view in await rig.manager.list()}
        assert seen == {A: "connected", B: "connected"}
