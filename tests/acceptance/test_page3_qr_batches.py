"""The time that a user has to scan is longer than a batch of the engine's QR codes lasts.

The emulator gives two codes per connection instead of six, so that a batch lasts 40 s instead of 160 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.house import PATIENCE, Emulated, House, state_name
from tests.watch_validator import ValidatedWatch
from wad.v1 import event_pb2, session_pb2

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house import Daemon

pytestmark = pytest.mark.anyio

PHONE = "491700000001"
WHOLE_LINK = 3 * PATIENCE


async def seen_late(daemon: Daemon, session_id: str) -> session_pb2.Qr:
    """Return the QR that a watcher gets who comes only now."""
    request = event_pb2.WatchEventsRequest(session_ids=[session_id])
    call = ValidatedWatch(daemon.events, request, timeout=PATIENCE)
    first = await call.read()
    call.cancel()
    return first.snapshot.qr


def lifetime(qr: session_pb2.Qr) -> float:
    """Return for how many seconds the QR can be scanned, as its watchers are told."""
    return (qr.expire_time.ToDatetime() - qr.issue_time.ToDatetime()).total_seconds()


async def test_a_late_watcher_gets_the_first_code_of_a_full_batch_with_its_expiry(house: House) -> None:
    """Whoever comes late is told when the code was issued and ends, not when it was seen; the first lasts 60 s."""
    async with house.daemon() as daemon:
        request = session_pb2.CreateSessionRequest(session_id="sales")
        shown = (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session.qr
        late = await seen_late(daemon, "sales")
        assert late == shown
        assert lifetime(late) == pytest.approx(60)
        assert late.attempt == 1


async def test_a_fresh_batch_follows_in_the_same_session_when_the_codes_run_out(tmp_path: Path) -> None:
    """The engine is restarted for more codes, the attempts count on, and what is shown then can be scanned."""
    async with (
        Emulated.running(tmp_path, "--qr-codes", "2") as emulated,
        House.of(emulated, tmp_path) as house,
        house.daemon() as daemon,
    ):
        shown: list[session_pb2.Session] = []
        steps: list[str] = []
        request = session_pb2.LinkSessionRequest(session_id="sales")
        async for response in daemon.sessions.LinkSession(request, timeout=WHOLE_LINK):
            steps.append(state_name(response.session))
            if not response.HasField("qr_issued"):
                continue
            shown.append(response.session)
            if len(shown) == 2:
                late = await seen_late(daemon, "sales")
                assert late == response.session.qr
                assert lifetime(late) == pytest.approx(20)
            if len(shown) == 3:
                assert (house.sessions / "sales").is_dir()
                await emulated.client.scan(response.session.qr.code, PHONE)
        assert [session.qr.attempt for session in shown] == [1, 2, 3]
        assert len({session.qr.code for session in shown}) == 3
        assert [session.generation for session in shown] == [1, 1, 2]
        assert {session.create_time.ToNanoseconds() for session in shown} == {shown[0].create_time.ToNanoseconds()}
        ends = [session.expire_time.ToNanoseconds() for session in shown]
        assert max(ends) - min(ends) < 10**9, "the window began with the first code"
        assert list(dict.fromkeys(steps)) == ["connecting", "qr_generated", "pairing_success", "syncing", "connected"]
        assert steps[-1] == "connected"
        assert (await emulated.client.counters())["registrations_total"] == 2
