"""What the daemon's own health checks find."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from wad.daemon.clock import SystemClock
from wad.daemon.reporting import Reporter
from wad.domain.ids import SessionId
from wad.domain.records import LastError, SessionRecord, SessionView
from wad.domain.states import SessionState
from wad.managers.hub import EventHub

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def reporter(sessions_dir: Path) -> Reporter:
    """Return a reporter that attends to no engine."""
    engine: Any = None
    return Reporter(SystemClock(), engine, sessions_dir, custom_upstream=False)


async def told(found: Reporter, check: str) -> str | None:
    """Return what a check says."""
    results = {result.name: result.reason for result in await found.well.run()}
    return results[check]


async def storage(found: Reporter) -> str | None:
    """Return what the check of the storage says."""
    return await told(found, "storage")


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
    said = await storage(reporter(tmp_path))
    assert said is not None
    assert said.startswith(f"the sessions' directory belongs to user {os.getuid()}, ")
    assert said.endswith("none can start")


@pytest.mark.parametrize("reason", ["CREDENTIALS_MISSING", "CREDENTIALS_DAMAGED", "STORAGE_ERROR", "CRASH_LOOP"])
@pytest.mark.parametrize("state", [SessionState.DISCONNECTED, SessionState.CONNECTED])
async def test_sessions_that_are_down_for_a_reason_are_told_of(
    tmp_path: Path, state: SessionState, reason: str
) -> None:
    """Credentials and crashes are told apart, and a session that works again is told of no more."""
    error = LastError(reason, "something is wrong", 1.0)
    record = SessionRecord(SessionId("shop"), 0.0, 0.0, state=state, last_error=error)
    manager: Any = SimpleNamespace(live=lambda: [SessionView(record)])
    found = reporter(tmp_path)
    found.attend(manager, EventHub())
    ill = {check for check in ("credentials", "crashes") if await told(found, check)}
    expected = "crashes" if reason == "CRASH_LOOP" else "credentials"
    assert ill == ({expected} if state is SessionState.DISCONNECTED else set())
