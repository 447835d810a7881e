"""What the daemon's own health checks find."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from wad.daemon.clock import SystemClock
from wad.daemon.reporting import Reporter

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def reporter(sessions_dir: Path) -> Reporter:
    """Return a reporter that attends to no engine."""
    engine: Any = None
    return Reporter(SystemClock(), engine, sessions_dir, custom_upstream=False)


async def storage(found: Reporter) -> str | None:
    """Return what the check of the storage says."""
    results = {result.name: result.reason for result in await found.well.run()}
    return results["storage"]


async def test_storage_is_well_before_and_after_the_first_session(tmp_path: Path) -> None:
    """The sessions' directory may be absent: it is made with the first session."""
    found = reporter(tmp_path / "sessions")
    assert await storage(found) is None
    (tmp_path / "sessions").mkdir(mode=0o700)
    assert await storage(found) is None


async def test_storage_is_ill_when_the_sessions_directory_belongs_to_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When no session can be created because of who owns their directory, the health says so."""
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    told = await storage(reporter(tmp_path))
    assert told is not None
    assert told.startswith(f"the sessions' directory belongs to user {os.getuid()}, ")
    assert told.endswith("none can start")
