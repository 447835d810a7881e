"""An emulator in the tests' process, and the real neonize library in a process of its own."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from wad.emulator.client import EmulatorClient
from wad.emulator.server import Emulator

from .neonize_driver import Probe, run_probe


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return where the emulator keeps its things."""
    return tmp_path / "emulator"


@pytest.fixture
async def emulator(directory: Path) -> AsyncGenerator[Emulator]:
    """Run an emulator; afterwards none of its connections may have crashed."""
    async with Emulator(directory) as emulator:
        yield emulator
        async with EmulatorClient(emulator.announcement) as control:
            assert (await control.counters())["crashes_total"] == 0


@pytest.fixture
async def control(emulator: Emulator) -> AsyncGenerator[EmulatorClient]:
    """Return a client of the emulator's control API."""
    async with EmulatorClient(emulator.announcement) as control:
        yield control


@pytest.fixture
async def probe(emulator: Emulator, tmp_path: Path) -> AsyncGenerator[Probe]:
    """Run the real library against the emulator."""
    async with run_probe(emulator, tmp_path) as probe:
        yield probe
