"""Workers that an earlier daemon has left, and what they say of their clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from wad.domain.ids import SessionId
from wad.engine.adoption import settle_claims
from wad.engine.observer import NoObserver
from wad.engine.settings import EngineSettings
from wad.engine.worker import Worker

pytestmark = pytest.mark.anyio


async def test_a_session_that_two_workers_claim_is_with_its_latest_client() -> None:
    """A worker of an earlier release still tells of a client that was moved away; nobody is led to it."""
    settings = EngineSettings(sessions_dir=Path("s"), runtime_dir=Path("r"), log_dir=Path("l"))
    before, after = (Worker(name, settings, NoObserver()) for name in ("w1", "w2"))
    before.sessions = {SessionId("moved"): 1, SessionId("stays"): 7}
    after.sessions = {SessionId("moved"): 2}
    settle_claims([before, after])
    assert before.sessions == {SessionId("stays"): 7}
    assert after.sessions == {SessionId("moved"): 2}
