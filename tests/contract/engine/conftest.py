"""Both engines, each running in a world of its own."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.engine.worlds import World, real_world, simulated_world
from tests.leaks import WATCH

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator


@pytest.fixture
def room() -> Generator[Path]:
    """Return a directory with a short path, as unix sockets need; pytest's own are too long."""
    directory = Path(tempfile.mkdtemp(prefix="wad-"))
    yield directory
    leaks = WATCH.search(directory)
    shutil.rmtree(directory)
    assert leaks == []


@pytest.fixture(params=["simulated", "real"])
async def world(request: pytest.FixtureRequest, room: Path) -> AsyncGenerator[World]:
    """Return each world in its turn."""
    async with simulated_world() if request.param == "simulated" else real_world(room) as world:
        yield world
