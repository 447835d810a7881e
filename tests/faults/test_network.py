"""What the network and WhatsApp do to sessions: each says the truth meanwhile, and comes back as the same device."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import anyio
import grpc.aio
import pytest

from tests.faults.witnesses import is_undisturbed
from tests.house import PATIENCE, error_info, state_name, until
from wad.emulator.faults import BadCertificate, Blackhole, ClockSkew, CorruptFrame, RefuseLogin
from wad.v1 import admin_pb2, error_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.toll import Tolls
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONES = {"sick": "491700000001", "well": "491700000002"}
DAY = 24 * 3600
LOST = error_pb2.ERROR_REASON_CONNECTION_LOST
OVERDUE = error_pb2.ERROR_REASON_TIMED_OUT
HANGS = error_pb2.ERROR_REASON_ENGINE_UNAVAILABLE
UNHEARD = 4
"""Logins, at most, that WhatsApp takes for good while the answer is lost: any attempt during such a fault is one."""


@pytest.fixture(autouse=True)
def short_limits(house: House) -> None:
    """Let attempts take seconds in place of a minute, so that a fault of seconds lasts for several of them."""
    house.settings["sessions"] = {"reconnecting": "3s", "connecting": "5s", "backoff_cap": "1s"}


async def link_both(daemon: Daemon) -> tuple[str, session_pb2.Session]:
    """Link the session that will suffer, and one that must not; return the jid of the first, and the second."""
    jid = (await daemon.link("sick", PHONES["sick"]))[-1].user.jid
    await daemon.link("well", PHONES["well"])
    return jid, await daemon.get("well")


async def is_back(daemon: Daemon, session_id: str, jid: str) -> None:
    """Wait until a session is connected, and assert that nobody had to scan anything for that."""
    seen = await daemon.until_state(session_id, "connected")
    assert seen[-1].user.jid == jid
    assert not any(session.HasField("qr") for session in seen)
    assert (daemon.house.sessions / session_id / "creds.db").exists()
    assert not list(daemon.house.sessions.glob(".trash/*"))


async def falls_ill(daemon: Daemon, strike: Callable[[], Awaitable[object]]) -> session_pb2.Session:
    """Strike, and return the session when its connection is lost; then see that it says so, truly, until it is back."""
    lost = (await daemon.until_state("sick", "reconnecting", after=strike))[-1]
    assert lost.last_error.reason == LOST
    return lost


async def fails(daemon: Daemon, attempts: int) -> session_pb2.Session:
    """Wait until so many more clients of the session have failed; return it as it then waits for the next."""
    goal = (await daemon.get("sick")).generation + attempts
    seen = await daemon.watch_until(
        "sick", lambda s: s.generation >= goal and state_name(s) == "disconnected", "the attempts have failed"
    )
    assert {state_name(session) for session in seen} <= {"reconnecting", "disconnected", "connecting"}
    return seen[-1]


async def test_a_session_whose_packets_vanish_is_lost_and_comes_back_and_others_do_not_notice(
    house: House, tolls: Tolls
) -> None:
    """A connection that stays open and carries nothing more is found dead, as are the next ones, until packets pass."""
    async with house.daemon() as daemon:
        jid, well = await link_both(daemon)
        async with tolls.of(house, "blackholed connection", connections=1 + UNHEARD):
            await falls_ill(daemon, lambda: house.emulator.add_fault(Blackhole(target=jid)))  # keep-alives: 20 to 40 s
            assert (await fails(daemon, 1)).last_error.reason == OVERDUE
            await is_undisturbed(daemon, well)
            await house.emulator.clear_faults()
            await is_back(daemon, "sick", jid)
            await is_undisturbed(daemon, well)


async def test_when_the_whole_network_is_gone_for_a_while_every_session_comes_back(house: House, tolls: Tolls) -> None:
    """Dials that hang and cannot be broken off are in the way for no longer than the fault lasts, and say so."""
    async with house.daemon() as daemon:
        jids = {name: (await daemon.link(name, phone))[-1].user.jid for name, phone in PHONES.items()}
        async with tolls.of(house, "blackholed network, 2 sessions", connections=2):
            await falls_ill(daemon, lambda: house.emulator.add_fault(Blackhole()))
            await fails(daemon, 1)
            for name in jids:
                await daemon.watch_until(name, lambda s: s.last_error.reason == HANGS, "its dial hangs")
            await house.emulator.clear_faults()
            for name, jid in jids.items():
                await is_back(daemon, name, jid)


async def test_a_creation_that_no_packet_answers_ends_in_time_and_leaves_nothing(house: House) -> None:
    """With the network gone a creation fails, with the cause; once it is back nothing is left, and a creation works.

    The directory stays for as long as the engine dials: it is never deleted under a client.
    """
    async with house.daemon() as daemon:
        await house.emulator.add_fault(Blackhole())
        request = session_pb2.CreateSessionRequest(session_id="new")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await daemon.sessions.CreateSession(request, timeout=PATIENCE)
        assert error_info(caught.value).reason == "CREATE_FAILED"
        assert error_info(caught.value).metadata["cause"] == "TIMED_OUT"
        await house.emulator.clear_faults()
        await until(lambda: not (house.sessions / "new").exists(), "the directory is gone")

        async def nothing_left() -> bool:
            return await daemon.list() == []

        await until(nothing_left, "no session is left")
        await daemon.link("new", PHONES["sick"])


async def test_a_server_that_freezes_for_five_seconds_costs_no_connection(house: House, tolls: Tolls) -> None:
    """While everything stands still sessions stay connected, and a text that was begun meanwhile arrives afterwards."""
    async with house.daemon() as daemon:
        jid, well = await link_both(daemon)
        sick = await daemon.get("sick")
        async with tolls.of(house, "5 s of an unresponsive server", connections=0):
            pid = house.emulator.announcement.pid
            os.kill(pid, signal.SIGSTOP)
            try:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(daemon.send, "sick", PHONES["well"], "hello")
                    await anyio.sleep(5)  # this is the fault itself
                    for before in (sick, well):
                        await is_undisturbed(daemon, before)
                    os.kill(pid, signal.SIGCONT)
            finally:
                os.kill(pid, signal.SIGCONT)

            async def arrived() -> bool:
                return (await daemon.get("well")).counters.messages_received == 1

            await until(arrived, "the text has arrived")
            for before in (sick, well):
                await is_undisturbed(daemon, before)
        await house.emulator.wait_online(jid)


async def test_a_storm_of_503s_removes_nobody_and_all_come_back_after_it(house: House, tolls: Tolls) -> None:
    """While WhatsApp answers each login with 503, sessions go on trying, ever more slowly; afterwards all are back."""
    storm = {f"s{number}": f"4917100000{number:02}" for number in range(4)}
    async with house.daemon() as daemon:
        jids = {name: (await daemon.link(name, phone))[-1].user.jid for name, phone in storm.items()}
        sick, well = await link_both(daemon)
        jids["sick"] = sick
        async with tolls.of(house, f"503 storm, {len(jids)} sessions", connections=len(jids)):
            for jid in jids.values():
                await house.emulator.add_fault(RefuseLogin(reason=503, target=jid))

            async def strike() -> None:
                for jid in jids.values():
                    await house.emulator.drop(jid)

            await falls_ill(daemon, strike)
            assert (await fails(daemon, 2)).last_error.reason == OVERDUE
            assert (await house.emulator.counters())["logins_refused_total"] >= 2 * len(jids)
            assert {session.session_id for session in await daemon.list()} == {*jids, "well"}
            await is_undisturbed(daemon, well)
            await house.emulator.clear_faults()
            for name, jid in jids.items():
                await is_back(daemon, name, jid)
            await is_undisturbed(daemon, well)


@pytest.mark.parametrize(
    ("flaw", "words"),
    [("authority", "unknown authority"), ("expired", "expired"), ("noise", "noise handshake failed")],
)
async def test_a_server_with_a_bad_certificate_is_never_talked_to(
    house: House, tolls: Tolls, flaw: Any, words: str
) -> None:
    """Nobody logs in to a server that cannot prove what it is; the session says why, and waits for one that can."""
    async with house.daemon() as daemon:
        jid, well = await link_both(daemon)
        async with tolls.of(house, f"bad certificate ({words})", connections=1):
            await house.emulator.add_fault(BadCertificate(flaw=flaw))
            logins = (await house.emulator.counters())["logins_total"]
            await falls_ill(daemon, lambda: house.emulator.drop(jid))
            failed = await fails(daemon, 1)
            assert failed.last_error.reason == error_pb2.ERROR_REASON_CLIENT_ENDED
            assert words in failed.last_error.message
            assert (await house.emulator.counters())["logins_total"] == logins
            await is_undisturbed(daemon, well)
            await house.emulator.clear_faults()
            await is_back(daemon, "sick", jid)


async def test_a_session_that_gets_only_spoilt_frames_comes_back_when_they_are_sound(
    house: House, tolls: Tolls
) -> None:
    """What cannot be decrypted is taken for nothing: neither for a login nor for a logout."""
    async with house.daemon() as daemon:
        jid, well = await link_both(daemon)
        async with tolls.of(house, "corrupt frames", connections=1 + UNHEARD):
            await house.emulator.add_fault(CorruptFrame(target=jid))
            await falls_ill(daemon, lambda: house.emulator.drop(jid))
            assert (await fails(daemon, 1)).last_error.reason == OVERDUE
            await is_undisturbed(daemon, well)
            await house.emulator.clear_faults()
            await is_back(daemon, "sick", jid)


@pytest.mark.parametrize("seconds", [DAY, -DAY])
async def test_a_server_whose_clock_is_a_day_off_is_served_as_any_other(house: House, seconds: int) -> None:
    """Linking, logging in, sending and receiving work under another time, which shows up in none of the session's."""
    async with house.daemon() as daemon:
        await house.emulator.add_fault(ClockSkew(seconds=seconds))
        jid, well = await link_both(daemon)

        async def drop() -> None:
            await house.emulator.drop(jid)

        seen = await daemon.watch_until("sick", lambda s: s.counters.reconnects == 1, "it is back", after=drop)
        assert seen[-1].user.jid == jid
        await daemon.send("sick", PHONES["well"], "hello")
        await daemon.send("well", PHONES["sick"], "hello")

        async def arrived() -> bool:
            return all([(await daemon.get(name)).counters.messages_received == 1 for name in PHONES])

        await until(arrived, "both texts have arrived")
        await is_undisturbed(daemon, well)
        for name in PHONES:
            session = await daemon.get(name)
            times = (session.last_activity_time, session.connect_time, session.create_time)
            assert max(t.seconds for t in times) - min(t.seconds for t in times) < DAY / 2


CLOCK = """
import time
from pathlib import Path

_now, _offset = time.time, Path(__file__).with_name("offset")
time.time = lambda: _now() + float(_offset.read_text())
"""
"""Python runs this in the daemon before anything else: its wall clock can be set, which the host's must not be."""


@pytest.mark.parametrize("seconds", [DAY, -DAY])
async def test_a_wall_clock_that_jumps_by_a_day_ends_no_session_and_holds_none_up(
    house: House, tolls: Tolls, seconds: int
) -> None:
    """Nothing expires early or late, attempts go on in time, and a QR that was shown before can still be scanned."""
    place = house.root / "clock"
    place.mkdir()
    (place / "sitecustomize.py").write_text(CLOCK)
    (place / "offset").write_text("0")
    house.environment["PYTHONPATH"] = str(place)
    async with house.daemon() as daemon:
        jid, well = await link_both(daemon)
        created = await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id="new"))
        async with tolls.of(house, f"wall clock jumps a day {'ahead' if seconds > 0 else 'back'}", connections=0):
            (place / "offset").write_text(str(seconds))
            await daemon.sessions.TouchSession(session_pb2.TouchSessionRequest(session_id="sick"))
            jumped = (await daemon.get("sick")).last_activity_time.seconds - well.last_activity_time.seconds
            assert abs(jumped - seconds) < DAY / 2, "the daemon has taken the new time"
            swept = await daemon.admin.RunCleanup(admin_pb2.RunCleanupRequest(), timeout=PATIENCE)
            assert not swept.report.removed
            await house.emulator.scan(created.session.qr.code, "491700000003")
            await daemon.until_state("new", "connected")

        async def drop() -> None:
            await house.emulator.drop(jid)

        seen = await daemon.watch_until("sick", lambda s: s.counters.reconnects == 1, "it is back", after=drop)
        assert seen[-1].user.jid == jid
        await is_undisturbed(daemon, well)
        assert len(await daemon.list()) == 3
