"""Real worker processes against the emulator."""

from __future__ import annotations

from tests.contract.engine.conftest import room as room  # noqa: PLC0414 - a fixture is used by its name
