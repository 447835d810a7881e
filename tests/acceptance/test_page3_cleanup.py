"""The removal table's row ``cleanup``, with the real engine: what the sweep finds when the deadlines did not."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.faults.test_worker_killed import workers
from tests.house import PATIENCE, state_name, until
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONE = "491700000001"


async def sweep(daemon: Daemon, *, dry_run: bool = False) -> admin_pb2.CleanupReport:
    """Sweep, and return the report."""
    request = admin_pb2.RunCleanupRequest(dry_run=dry_run)
    return (await daemon.admin.RunCleanup(request, timeout=PATIENCE)).report


async def stop(daemon: Daemon, session_id: str) -> None:
    """Stop the session."""
    await daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id=session_id), timeout=PATIENCE)


async def keeps_credentials(daemon: Daemon, session_id: str, jid: str) -> None:
    """Assert that the session comes back as the same device, without a QR."""
    policy = session_pb2.Policy()
    policy.max_age.FromSeconds(3600)
    request = session_pb2.CreateSessionRequest(
        session_id=session_id, policy=policy, wait=session_pb2.CREATE_WAIT_CONNECTED
    )
    back = (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session
    assert back.user.jid == jid
    assert back.auto_reconnected


async def test_removal_cleanup_ends_a_session_whose_deadline_could_not_and_keeps_its_files(house: House) -> None:
    """A session over its age, which a worker that hangs as it takes the client has kept from its deadline.

    A deadline comes before any sweep, unless the session is busy with the engine: it looks at its deadlines when that
    is over, after what is asked of it meanwhile.
    """
    async with house.daemon() as daemon:
        jid = (await daemon.link("aged", PHONE))[-1].user.jid
        await stop(daemon, "aged")
        (worker,) = workers(daemon)
        os.kill(worker, signal.SIGSTOP)
        try:
            policy = session_pb2.Policy()
            policy.max_age.FromSeconds(1)
            request = session_pb2.CreateSessionRequest(
                session_id="aged", policy=policy, wait=session_pb2.CREATE_WAIT_NONE
            )
            await daemon.sessions.CreateSession(request, timeout=PATIENCE)

            async def is_over_its_age() -> bool:
                return [(one.session_id, one.why) for one in (await sweep(daemon, dry_run=True)).removed] == [
                    ("aged", "max_age")
                ]

            await until(is_over_its_age, "the sweep finds it")
            (kept,) = (await sweep(daemon)).kept
            assert kept.why == "it is busy, and ends when that is done"
        finally:
            os.kill(worker, signal.SIGCONT)
        await daemon.watch_until("aged", lambda session: not session.active, "it is over")
        ended = await daemon.get("aged")
        assert ended.removal_reason == session_pb2.REMOVAL_REASON_CLEANUP
        assert state_name(ended) == "expired"
        assert (house.sessions / "aged" / "creds.db").exists()
        await keeps_credentials(daemon, "aged", jid)


async def test_removal_cleanup_ends_a_record_without_a_session_and_keeps_its_files(house: House) -> None:
    """A record that claims to be active with nothing behind it, as an older copy of the registry would, is ended."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("ghost", PHONE))[-1].user.jid
        await stop(daemon, "ghost")
        with closing(sqlite3.connect(house.root / "state" / "registry.db")) as registry, registry:
            registry.execute("UPDATE sessions SET active = 1, state = 'connected' WHERE session_id = 'ghost'")
        assert list((await sweep(daemon, dry_run=True)).orphans) == ["ghost"]
        assert list((await sweep(daemon)).orphans) == ["ghost"]
        ended = await daemon.get("ghost")
        assert not ended.active
        assert ended.removal_reason == session_pb2.REMOVAL_REASON_CLEANUP
        assert state_name(ended) == "expired"
        assert (house.sessions / "ghost" / "creds.db").exists()
        await keeps_credentials(daemon, "ghost", jid)
