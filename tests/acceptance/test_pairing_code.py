"""Linking by pairing code, over the contract, with the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc.aio
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from tests.house import PATIENCE, detail, error_info, state_name
from wad.emulator.client import ControlError
from wad.emulator.faults import RefuseCode
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONE = "491700000001"


async def create(daemon: Daemon, session_id: str = "sales") -> session_pb2.Session:
    """Create a session that shows a QR."""
    request = session_pb2.CreateSessionRequest(session_id=session_id)
    session = (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session
    assert state_name(session) == "qr_generated"
    return session


async def ask(daemon: Daemon, phone: str = PHONE, session_id: str = "sales") -> session_pb2.Session:
    """Ask for a pairing code."""
    request = session_pb2.RequestPairingCodeRequest(session_id=session_id, phone_number=phone)
    return (await daemon.sessions.RequestPairingCode(request, timeout=PATIENCE)).session


def another(code: str) -> str:
    """Return a code that differs in one character."""
    return code[:-1] + ("1" if code[-1] != "1" else "2")


async def test_linking_by_code_takes_one_call(house: House) -> None:
    """A login screen names the phone, shows the code that it is sent, and gets each state up to the connection."""
    seen: list[str] = []
    async with house.daemon() as daemon:
        request = session_pb2.LinkSessionRequest(session_id="sales", phone_number=f"+{PHONE}")
        session = session_pb2.Session()
        async for step in daemon.sessions.LinkSession(request, timeout=PATIENCE):
            session = step.session
            if not seen or seen[-1] != state_name(session):
                seen.append(state_name(session))
            if step.HasField("pairing_code_issued"):
                code = step.pairing_code_issued.pairing_code
                assert code == session.pairing_code
                assert code.phone_number == PHONE
                assert code.expire_time.seconds > code.issue_time.seconds
                assert session.qr.code.startswith("https://wa.me/")
                await house.emulator.pair(code.code, PHONE, push_name="Ada")
        assert seen == ["connecting", "qr_generated", "pairing_success", "syncing", "connected"]
        assert session.user.jid in await house.emulator.devices()
        assert not session.HasField("pairing_code")
        metrics = (await daemon.http("/metrics")).text
        assert 'wad_session_pairing_attempts_total{method="code",outcome="success"} 1.0' in metrics
        assert 'wad_session_pairing_attempts_total{method="qr",outcome="success"} 0.0' in metrics


async def test_a_session_that_shows_a_qr_gives_a_code_on_request(house: House) -> None:
    """The code is in the answer and in every later view, next to the QR, and links the phone."""
    async with house.daemon() as daemon:
        before = await create(daemon)
        session = await ask(daemon)
        assert session.qr == before.qr
        assert session.pairing_code == (await daemon.get("sales")).pairing_code
        jid = ""

        async def type_code() -> None:
            nonlocal jid
            jid = await house.emulator.pair(session.pairing_code.code.lower(), PHONE)

        seen = await daemon.until_state("sales", "connected", after=type_code)
        assert seen[-1].user.jid == jid


async def test_a_wrong_code_costs_nothing(house: House) -> None:
    """A slip on the phone links nobody and moves nothing; the right code still links the session."""
    async with house.daemon() as daemon:
        await create(daemon)
        session = await ask(daemon)
        with pytest.raises(ControlError, match="another pairing code"):
            await house.emulator.pair(another(session.pairing_code.code), PHONE)
        assert await daemon.get("sales") == session
        await daemon.until_state(
            "sales", "connected", after=lambda: house.emulator.pair(session.pairing_code.code, PHONE)
        )


async def test_a_qr_that_a_wrong_code_has_spoiled_gives_way_to_a_new_one(house: House) -> None:
    """After a wrong code the shown QR is refused when it is scanned; the session begins again with one that links."""
    async with house.daemon() as daemon:
        await create(daemon)
        session = await ask(daemon)
        with pytest.raises(ControlError, match="another pairing code"):
            await house.emulator.pair(another(session.pairing_code.code), PHONE)

        async def scan() -> None:
            with pytest.raises(ControlError, match="was not linked"):
                await house.emulator.scan(session.qr.code, PHONE)

        seen = await daemon.watch_until(
            "sales", lambda s: s.qr.code not in ("", session.qr.code), "there is a new QR", after=scan
        )
        assert not seen[-1].HasField("pairing_code")
        await daemon.until_state("sales", "connected", after=lambda: house.emulator.scan(seen[-1].qr.code, PHONE))


@pytest.mark.parametrize(
    ("number", "problem"),
    [("", "empty"), ("1234567", "too short"), ("1" * 16, "too long"), ("0151123456789", "begins with 0"), ("+49x", "")],
)
async def test_a_number_that_is_none_is_refused(house: House, number: str, problem: str) -> None:
    """A number that is too short, or not international, names its field; a link that bears one begins no session."""
    async with house.daemon() as daemon:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await ask(daemon, number)
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert problem in str(caught.value.details())
        violations = detail(caught.value, error_details_pb2.BadRequest).field_violations
        assert [violation.field for violation in violations] == ["phone_number"]
        if number:
            request = session_pb2.LinkSessionRequest(session_id="sales", phone_number=number)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                async for _ in daemon.sessions.LinkSession(request, timeout=PATIENCE):
                    pass
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        listed = await daemon.sessions.ListSessions(session_pb2.ListSessionsRequest(include_inactive=True))
        assert not listed.sessions


async def test_a_code_expires_with_the_session(house: House) -> None:
    """When nobody typed it in time the session is over, its code is shown no more, and the phone refuses it."""
    async with house.daemon() as daemon:
        request = session_pb2.LinkSessionRequest(
            session_id="sales", phone_number=PHONE, policy=session_pb2.Policy(qr_window=Duration(seconds=2))
        )
        code, last = session_pb2.PairingCode(), session_pb2.LinkSessionResponse()
        async for last in daemon.sessions.LinkSession(request, timeout=PATIENCE):
            if last.HasField("pairing_code_issued"):
                code = last.pairing_code_issued.pairing_code
                assert code.expire_time.seconds - code.issue_time.seconds <= 2
        assert code.code
        assert last.removed.reason == session_pb2.REMOVAL_REASON_QR_EXPIRED
        assert not last.session.HasField("pairing_code")
        with pytest.raises(ControlError) as refusal:
            await house.emulator.pair(code.code, PHONE)
        assert refusal.value.code == "code_expired"
        metrics = (await daemon.http("/metrics")).text
        assert 'wad_session_pairing_attempts_total{method="code",outcome="expired"} 1.0' in metrics


async def test_only_a_session_that_shows_a_qr_gives_a_code(house: House) -> None:
    """A linked session says what it is, an unknown one that it is not there."""
    async with house.daemon() as daemon:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await ask(daemon)
        assert error_info(caught.value).reason == "SESSION_NOT_FOUND"
        await daemon.link("sales", PHONE)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await ask(daemon)
        assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
        info = error_info(caught.value)
        assert (info.reason, info.metadata["state"]) == ("NOT_PAIRING", "connected")


async def test_a_refusal_by_whatsapp_is_told_and_the_qr_stays(house: House) -> None:
    """When WhatsApp gives no code the caller learns that, and when to try again; the QR still links."""
    await house.emulator.add_fault(RefuseCode(times=1))
    async with house.daemon() as daemon:
        before = await create(daemon)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await ask(daemon)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert error_info(caught.value).reason == "PAIRING_CODE_REFUSED"
        assert detail(caught.value, error_details_pb2.RetryInfo).retry_delay.seconds == 60
        assert await daemon.get("sales") == before
        assert (await ask(daemon)).HasField("pairing_code")
        await daemon.until_state("sales", "connected", after=lambda: house.emulator.scan(before.qr.code, PHONE))


async def test_no_log_holds_a_code(house: House) -> None:
    """Neither the daemon nor its workers write a pairing code down, even at their most talkative."""
    house.settings["engine"]["log_level"] = "DEBUG"
    async with house.daemon() as daemon:
        await create(daemon)
        code = (await ask(daemon)).pairing_code.code
        await daemon.until_state("sales", "connected", after=lambda: house.emulator.pair(code, PHONE))
    logs = [house.log, *(house.root / "state" / "log").iterdir()]
    assert any(path.name.startswith("worker-") for path in logs)
    for path in logs:
        text = path.read_text()
        assert code not in text
        assert code.replace("-", "") not in text
