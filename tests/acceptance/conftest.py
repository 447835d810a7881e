"""What the users' stories need: an emulator and a daemon, each a process of its own, and the contract between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.house import Emulated, House

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    """Run an emulator for one test; the test starts the daemon as it needs it."""
    async with Emulated.running(tmp_path) as emulated, House.of(emulated, tmp_path) as house:
        yield house
