"""The tables of the session lifecycle, row by row, with the real engine: state limits, and what a removal keeps.

All rows share one daemon; each has a session and a phone of its own.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

import grpc.aio
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from tests.house import PATIENCE, Emulated, House, detail, error_info, state_name, until
from wad.domain.states import TRANSITIONS, SessionState
from wad.emulator.faults import CorruptFrame, RefuseLogin, Rule, Stall
from wad.v1 import admin_pb2, error_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.house import Daemon

pytestmark = pytest.mark.anyio

_numbers = count(491700000100)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Keep one loop for all rows."""
    return "asyncio"


@pytest.fixture(scope="module")
async def daemon(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Daemon]:
    """Run one emulator and one daemon for all rows."""
    root = tmp_path_factory.mktemp("lifecycle")
    async with Emulated.running(root) as emulated, House.of(emulated, root) as house, house.daemon() as daemon:
        yield daemon


@pytest.fixture
def phone() -> str:
    """Return a phone that nobody else uses."""
    return str(next(_numbers))


def limits(**seconds: float) -> session_pb2.Policy:
    """Return limits in seconds; the pairing silence is off, so that a stalled login is not cured."""
    policy = session_pb2.Policy(pairing_silence=Duration(), backoff_base=Duration(seconds=60))
    for name, value in seconds.items():
        getattr(policy, name).FromMilliseconds(round(value * 1000))
    return policy


async def begin(daemon: Daemon, session_id: str, **seconds: float) -> session_pb2.Session:
    """Create a session with limits of its own, up to its QR."""
    request = session_pb2.CreateSessionRequest(session_id=session_id, policy=limits(**seconds))
    return (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session


async def linked(daemon: Daemon, session_id: str, phone: str, **seconds: float) -> str:
    """Link a session with limits of its own, and return its jid."""
    qr = (await begin(daemon, session_id, **seconds)).qr.code
    seen = await daemon.until_state(session_id, "connected", after=lambda: daemon.house.emulator.scan(qr, phone))
    return seen[-1].user.jid


async def scanned_until(daemon: Daemon, session_id: str, phone: str, state: str, **seconds: float) -> list[str]:
    """Begin a session, let the phone scan, and return the states that it passes up to *state*."""
    qr = (await begin(daemon, session_id, **seconds)).qr.code
    seen = await daemon.until_state(session_id, state, after=lambda: daemon.house.emulator.scan(qr, phone))
    assert seen[-1].last_error.reason == error_pb2.ERROR_REASON_TIMED_OUT
    return list(dict.fromkeys(state_name(session) for session in seen))


async def removed(daemon: Daemon, session_id: str) -> session_pb2.RemovalReason.ValueType:
    """Wait until the session is over and return why."""
    await daemon.watch_until(session_id, lambda session: not session.active, f"{session_id} is over")
    return (await daemon.get(session_id)).removal_reason


async def stop(daemon: Daemon, session_id: str) -> session_pb2.Session:
    """Stop a session."""
    request = session_pb2.StopSessionRequest(session_id=session_id)
    return (await daemon.sessions.StopSession(request, timeout=PATIENCE)).session


async def reconnect(daemon: Daemon, session_id: str) -> session_pb2.ReconnectSessionResponse:
    """Reconnect a session."""
    request = session_pb2.ReconnectSessionRequest(session_id=session_id)
    return await daemon.sessions.ReconnectSession(request, timeout=PATIENCE)


async def keeps_credentials(daemon: Daemon, session_id: str, jid: str) -> None:
    """Assert that the session is down, and comes back as the same device without a QR."""
    assert (daemon.house.sessions / session_id / "creds.db").exists()
    assert (await reconnect(daemon, session_id)).attempted
    back = (await daemon.until_state(session_id, "connected"))[-1]
    assert back.user.jid == jid
    assert back.auto_reconnected


class Fault:
    """A fault of the emulator that lasts as long as the block."""

    def __init__(self, daemon: Daemon, rule: Rule) -> None:
        self._emulator = daemon.house.emulator
        self._rule = rule

    async def __aenter__(self) -> None:
        await self._emulator.add_fault(self._rule)

    async def __aexit__(self, *_: object) -> None:
        await self._emulator.clear_faults()


# ── states: their limits, and what follows ───────────────────────────────────────────────────────────────────────────


async def test_state_connecting_ends_disconnected_at_its_limit(daemon: Daemon, phone: str) -> None:
    """A login that is never answered is given up when `connecting` is over."""
    await linked(daemon, "connecting", phone, connecting=2)
    await stop(daemon, "connecting")
    async with Fault(daemon, Stall(target=phone, at="login")):
        await reconnect(daemon, "connecting")
        last = (await daemon.until_state("connecting", "disconnected"))[-1]
    assert last.last_error.reason == error_pb2.ERROR_REASON_TIMED_OUT
    assert last.active


async def test_state_qr_generated_ends_qr_expired_at_its_limit(daemon: Daemon) -> None:
    """A QR that nobody scans ends the session when `qr_window` is over."""
    await begin(daemon, "qr", qr_window=1)
    assert await removed(daemon, "qr") == session_pb2.REMOVAL_REASON_QR_EXPIRED
    assert state_name(await daemon.get("qr")) == "qr_expired"


async def test_state_pairing_success_ends_disconnected_at_its_limit(daemon: Daemon, phone: str) -> None:
    """A first login that is never answered is given up when `pairing` is over."""
    async with Fault(daemon, Stall(target=phone, at="login")):
        states = await scanned_until(daemon, "pairing", phone, "disconnected", pairing=1)
    assert states[-2:] == ["pairing_success", "disconnected"]


async def test_state_syncing_ends_disconnected_at_its_limit(daemon: Daemon, phone: str) -> None:
    """A device that is never made ready is given up when `syncing` is over."""
    async with Fault(daemon, Stall(target=phone, at="requests")):
        states = await scanned_until(daemon, "syncing", phone, "disconnected", syncing=1)
    assert states[-3:] == ["pairing_success", "syncing", "disconnected"]


async def test_state_connected_ends_expired_when_idle(daemon: Daemon, phone: str) -> None:
    """A session that nobody uses expires when `idle` is over, and its files are kept."""
    jid = await linked(daemon, "idle", phone, idle=3)
    assert await removed(daemon, "idle") == session_pb2.REMOVAL_REASON_IDLE
    assert state_name(await daemon.get("idle")) == "expired"
    await keeps_credentials(daemon, "idle", jid)


async def test_state_connected_ends_expired_at_its_age(daemon: Daemon, phone: str) -> None:
    """A session expires when `max_age` is over, however much it is used, and its files are kept."""
    jid = await linked(daemon, "aged", phone, max_age=4)
    await daemon.sessions.TouchSession(session_pb2.TouchSessionRequest(session_id="aged"), timeout=PATIENCE)
    assert await removed(daemon, "aged") == session_pb2.REMOVAL_REASON_MAX_AGE
    assert state_name(await daemon.get("aged")) == "expired"
    await keeps_credentials(daemon, "aged", jid)


async def test_state_reconnecting_ends_disconnected_at_its_limit(daemon: Daemon, phone: str) -> None:
    """A lost connection that does not come back is given up when `reconnecting` is over."""
    jid = await linked(daemon, "lost", phone, reconnecting=1)
    async with Fault(daemon, Stall(target=phone, at="login")):
        seen = await daemon.until_state("lost", "disconnected", after=lambda: daemon.house.emulator.drop(jid))
    assert [state_name(session) for session in seen] == ["reconnecting", "disconnected"]
    assert seen[-1].last_error.reason == error_pb2.ERROR_REASON_TIMED_OUT


async def test_state_disconnected_goes_on_connecting_after_its_backoff(daemon: Daemon, phone: str) -> None:
    """A session that is disconnected tries again by itself, and is connected when the fault is over."""
    jid = await linked(daemon, "again", phone, reconnecting=1, backoff_base=0.5, connecting=3)
    async with Fault(daemon, Stall(target=phone, at="login", times=1)):
        seen = await daemon.watch_until(
            "again",
            lambda session: state_name(session) == "connected",
            "it is connected again",
            after=lambda: daemon.house.emulator.drop(jid),
        )
    states = list(dict.fromkeys(state_name(session) for session in seen))
    assert states[-1] == "connected"
    assert states[0] == "reconnecting"
    assert states in (["reconnecting", "disconnected", "connecting", "connected"], ["reconnecting", "connected"])


async def test_terminal_states_are_left_by_nothing_but_a_new_beginning(daemon: Daemon) -> None:
    """A session that is over cannot be touched or reconnected without credentials; creating it begins it anew."""
    await begin(daemon, "over", qr_window=1)
    await removed(daemon, "over")
    with pytest.raises(grpc.aio.AioRpcError) as touched:
        await daemon.sessions.TouchSession(session_pb2.TouchSessionRequest(session_id="over"), timeout=PATIENCE)
    assert error_info(touched.value).reason == "SESSION_NOT_CONNECTED"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await reconnect(daemon, "over")
    assert error_info(caught.value).reason == "SESSION_NOT_LINKED"
    assert state_name(await begin(daemon, "over")) == "qr_generated"


# ── removals: what becomes of the files ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reason", ["MANUAL", "LOGOUT"])
async def test_removal_manual_and_logout_delete_the_files(daemon: Daemon, phone: str, reason: str) -> None:
    """The device is unlinked, and neither directory nor record is left."""
    session_id = f"user-{reason.lower()}"
    jid = await linked(daemon, session_id, phone)
    await daemon.remove(session_id, session_pb2.RemovalReason.Value(f"REMOVAL_REASON_{reason}"))
    await daemon.house.emulator.wait_unlinked(jid)
    assert not (daemon.house.sessions / session_id).exists()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await daemon.get(session_id)
    assert error_info(caught.value).reason == "SESSION_NOT_FOUND"


async def test_removal_qr_expired_keeps_the_directory(daemon: Daemon) -> None:
    """The directory of a session that nobody scanned stays, and its record says why it is over."""
    await begin(daemon, "unscanned", qr_window=1)
    await removed(daemon, "unscanned")
    assert (daemon.house.sessions / "unscanned").is_dir()


async def test_removal_connection_error_keeps_the_files(daemon: Daemon, phone: str) -> None:
    """A banned account ends the session at once and for good, and its credentials are kept."""
    jid = await linked(daemon, "banned", phone)
    await stop(daemon, "banned")
    async with Fault(daemon, RefuseLogin(target=phone, reason=402, code=101, expire=60)):
        await reconnect(daemon, "banned")
        assert await removed(daemon, "banned") == session_pb2.REMOVAL_REASON_CONNECTION_ERROR
    assert (await daemon.get("banned")).last_error.reason == error_pb2.ERROR_REASON_TEMPORARILY_BANNED
    await keeps_credentials(daemon, "banned", jid)


async def test_removal_stuck_keeps_paired_credentials(daemon: Daemon, phone: str) -> None:
    """An operator who clears a stuck session does not cost its owner the link."""
    jid = await linked(daemon, "stuck", phone)
    await daemon.remove("stuck", session_pb2.REMOVAL_REASON_STUCK)
    await keeps_credentials(daemon, "stuck", jid)


async def test_removal_stuck_deletes_a_directory_that_was_never_paired(daemon: Daemon) -> None:
    """Nothing is left of a session that never got anywhere."""
    await begin(daemon, "stuck-qr")
    await daemon.remove("stuck-qr", session_pb2.REMOVAL_REASON_STUCK)
    assert not (daemon.house.sessions / "stuck-qr").exists()


async def test_removal_error_undoes_a_failed_creation(daemon: Daemon) -> None:
    """A creation that reaches neither QR nor connection is undone, and its caller told what and when to try again."""
    async with Fault(daemon, CorruptFrame()):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await begin(daemon, "failed", connecting=1)
    error = caught.value
    assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert error.details() == "Failed to create WhatsApp session. Please try again."
    assert error_info(error).reason == "CREATE_FAILED"
    assert error_info(error).metadata["cause"] in {"CLIENT_ENDED", "CONNECTION_CLOSED", "TIMED_OUT"}
    assert retry_delay(error) > 0
    assert not (daemon.house.sessions / "failed").exists()
    with pytest.raises(grpc.aio.AioRpcError):
        await daemon.get("failed")
    assert error_info(error).metadata["cause"] in daemon.house.log.read_text()


def retry_delay(error: grpc.aio.AioRpcError) -> float:
    """Return the seconds after which the error says to try again."""
    return detail(error, error_details_pb2.RetryInfo).retry_delay.ToTimedelta().total_seconds()


async def test_removal_cleanup_keeps_the_directory(tmp_path: Path) -> None:
    """``cleanup``: a session that was never linked does not survive a restart of the daemon; its directory does."""
    async with Emulated.running(tmp_path) as emulated, House.of(emulated, tmp_path) as house:
        async with house.daemon() as daemon:
            await begin(daemon, "unlinked")
        async with house.daemon() as daemon:
            await until(lambda: _has_reason(daemon, "unlinked", session_pb2.REMOVAL_REASON_CLEANUP), "it is inactive")
            assert (house.sessions / "unlinked").is_dir()


async def _has_reason(daemon: Daemon, session_id: str, reason: session_pb2.RemovalReason.ValueType) -> bool:
    session = await daemon.get(session_id)
    return session.removal_reason == reason and not session.active


async def test_removal_shutdown_keeps_the_files_and_the_wish(tmp_path: Path) -> None:
    """``shutdown``: what ran when the daemon stopped is there, wanted, and runs again after the next start."""
    async with Emulated.running(tmp_path) as emulated, House.of(emulated, tmp_path) as house:
        async with house.daemon() as daemon:
            jid = (await daemon.link("wanted", "491700000002"))[-1].user.jid
        assert (house.sessions / "wanted" / "creds.db").exists()
        async with house.daemon() as daemon:
            back = (await daemon.until_state("wanted", "connected"))[-1]
            assert back.user.jid == jid
            assert back.desired_state == session_pb2.DESIRED_STATE_RUNNING


async def test_removal_stopped_keeps_the_files(daemon: Daemon, phone: str) -> None:
    """A stopped session is wanted no more, keeps its credentials, and comes back when it is asked for."""
    jid = await linked(daemon, "stopped", phone)
    ended = await stop(daemon, "stopped")
    assert ended.removal_reason == session_pb2.REMOVAL_REASON_STOPPED
    assert ended.desired_state == session_pb2.DESIRED_STATE_STOPPED
    await daemon.house.emulator.wait_offline(jid)
    await keeps_credentials(daemon, "stopped", jid)
    assert (await daemon.get("stopped")).desired_state == session_pb2.DESIRED_STATE_RUNNING
    assert not (await reconnect(daemon, "stopped")).attempted


# ── what is seen of it ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_inspection_counts_what_the_engine_has_stored(daemon: Daemon, phone: str) -> None:
    """A linked session's store is looked into while its client runs: the device, its keys, its files, its worker."""
    jid = await linked(daemon, "inspected", phone)
    request = session_pb2.InspectSessionRequest(session_id="inspected")
    found = await daemon.sessions.InspectSession(request, timeout=PATIENCE)
    assert found.device.jid == jid
    assert found.device.registration_id > 0
    assert found.counts.pre_keys >= found.counts.uploaded_pre_keys > 0
    assert {"creds.db", "lock"} <= {file.name for file in found.files}
    stats = await daemon.admin.GetStats(admin_pb2.GetStatsRequest(), timeout=PATIENCE)
    assert found.lock_holder_pid in {worker.pid for worker in stats.workers}
    await stop(daemon, "inspected")
    assert (await daemon.sessions.InspectSession(request, timeout=PATIENCE)).lock_holder_pid == 0


async def test_a_sweep_over_the_contract_says_what_it_found(daemon: Daemon, phone: str) -> None:
    """A sweep keeps a live session, reports a stray directory without touching it, and measures the disk."""
    await linked(daemon, "kept", phone)
    stray = daemon.house.sessions / "stray"
    stray.mkdir(mode=0o700)
    (stray / "creds.db").write_bytes(b"somebody's")
    for dry_run in (True, False):
        request = admin_pb2.RunCleanupRequest(dry_run=dry_run)
        report = (await daemon.admin.RunCleanup(request, timeout=PATIENCE)).report
        assert report.dry_run == dry_run
        assert list(report.unknown_directories) == ["stray"]
        assert "kept" in {verdict.session_id for verdict in report.kept}
        assert report.session_files_bytes > 0
        assert report.free_bytes > 0
        assert not report.failures
    assert (stray / "creds.db").read_bytes() == b"somebody's"
    stopped = await daemon.admin.StopCleanupScheduler(admin_pb2.StopCleanupSchedulerRequest(), timeout=PATIENCE)
    assert not stopped.cleanup.running
    started = await daemon.admin.StartCleanupScheduler(admin_pb2.StartCleanupSchedulerRequest(), timeout=PATIENCE)
    assert started.cleanup.running
    assert started.cleanup.last.unknown_directories == ["stray"]
    metrics = (await daemon.http("/metrics")).text
    for name in ("wad_cleanup_last_success_timestamp_seconds", "wad_state_dir_free_bytes", "wad_session_files_bytes"):
        value = re.search(rf"^{name} (\S+)$", metrics, re.MULTILINE)
        assert value is not None, name
        assert float(value[1]) > 0, name


async def test_every_transition_that_was_seen_is_one_of_the_table(daemon: Daemon) -> None:
    """Whatever the rows above made the sessions do, the metrics count no transition beside the table's."""
    metrics = (await daemon.http("/metrics")).text
    found = re.findall(r'^wad_session_state_transitions_total\{from="(\w+)",to="(\w+)"\} (\S+)$', metrics, re.MULTILINE)
    assert found
    for source, target, _ in found:
        assert SessionState(target) in TRANSITIONS[SessionState(source)]
