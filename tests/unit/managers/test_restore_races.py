"""What users ask for while a daemon that has just started brings its sessions back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.managers.rig import A, Rig
from wad.domain.states import RemovalReason
from wad.managers.restore import JITTER

if TYPE_CHECKING:
    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("reason", [RemovalReason.LOGOUT, RemovalReason.STOPPED])
async def test_a_session_that_is_removed_as_it_is_about_to_be_restored_stays_removed(
    reason: RemovalReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A removal that comes between the reading of its record and its start is not undone by a restore."""
    rig = Rig()
    async with rig.running():
        await rig.connect(A)
        await rig.manager.shutdown()
    rig.manager = rig.new_manager()
    get, read = rig.registry.get, anyio.Event()

    async def get_late(session_id: SessionId) -> SessionRecord | None:
        record = await get(session_id)
        read.set()
        for _ in range(50):
            await anyio.lowlevel.checkpoint()
        return record

    monkeypatch.setattr(rig.registry, "get", get_late)
    async with rig.running(), anyio.create_task_group() as tasks:
        tasks.start_soon(rig.manager.restore)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(rig.clock.advance, JITTER)
        await read.wait()
        await rig.manager.remove(A, reason)
        await rig.clock.advance(0)
        assert await rig.manager.list() == []
        record = await rig.registry.get(A)
        assert record is None or record.desired == "stopped"
