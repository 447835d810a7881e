"""A daemon whose registry is damaged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.house import PATIENCE, reap

if TYPE_CHECKING:
    from tests.house import House

pytestmark = pytest.mark.anyio

GARBAGE = b"this is not SQLite" * 500


async def test_a_damaged_registry_ends_the_daemon_for_good_and_stays_as_it_is(house: House) -> None:
    """No restart mends it: the daemon exits with 78, so that it is not started again, and says what to do."""
    registry = house.root / "state" / "registry.db"
    registry.parent.mkdir(mode=0o700)
    registry.write_bytes(GARBAGE)
    process = await house.start()
    try:
        with anyio.fail_after(PATIENCE):
            assert await process.wait() == os.EX_CONFIG
    finally:
        await reap(process)
    assert registry.read_bytes() == GARBAGE
    assert "put a copy in its place" in house.log.read_text()
