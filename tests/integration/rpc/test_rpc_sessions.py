"""SessionService over real sockets."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import grpc
import grpc.aio
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from tests.integration.rpc.rpc_fakes import USER, connected, details, error_info, fresh_qr, serving
from wad.domain.errors import CreateFailed, SessionLimitReached
from wad.domain.policy import Policy
from wad.domain.records import EventKind, LastError, SessionEvent
from wad.domain.states import RemovalReason, SessionState
from wad.managers.terms import Wait
from wad.v1 import session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def stub(channel: grpc.aio.Channel) -> session_pb2_grpc.SessionServiceAsyncStub:
    """Return the service's client."""
    return session_pb2_grpc.SessionServiceStub(channel)


async def test_create_passes_on_what_was_asked_and_answers_with_the_qr(tmp_path: Path) -> None:
    """A creation reaches the manager with policy, labels and wait, and its answer holds the QR."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = session_pb2.CreateSessionRequest(
            session_id="shop",
            policy=session_pb2.Policy(idle=Duration(), max_age=Duration(seconds=90, nanos=500_000_000)),
            labels={"team": "sales"},
        )
        response = await stub(channel).CreateSession(request)
    assert served.sessions.calls == [
        (
            "create",
            {
                "session_id": "shop",
                "policy": replace(Policy(), idle=0.0, max_age=90.5),
                "labels": {"team": "sales"},
                "wait": Wait.FIRST_QR_OR_CONNECTION,
            },
        )
    ]
    assert response.session.qr.code == "2@secret"
    assert response.session.state == session_pb2.SESSION_STATE_QR_GENERATED
    assert not response.already_connected


async def test_create_of_a_connected_session_says_so(tmp_path: Path) -> None:
    """A session that was live and linked is answered as already connected, with its user."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        served.sessions.put("shop", user=USER)
        response = await stub(channel).CreateSession(session_pb2.CreateSessionRequest(session_id="shop"))
    assert response.already_connected
    assert response.session.user.push_name == "Ada"


async def test_deadline_ends_the_wait(tmp_path: Path) -> None:
    """A call whose time is up ends with DEADLINE_EXCEEDED, and its work in the server is cancelled."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = session_pb2.CreateSessionRequest(session_id="shop", wait=session_pb2.CREATE_WAIT_CONNECTED)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).CreateSession(request, timeout=0.2)
        with anyio.fail_after(5):
            await served.sessions.cancelled.wait()
    assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert served.calls[-1][2] == "DEADLINE_EXCEEDED"


async def test_limit_is_reported_with_reason_limit_and_retry(tmp_path: Path) -> None:
    """At the limit a creation ends with RESOURCE_EXHAUSTED, the limit as metadata, and when to try again."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.error = SessionLimitReached(50)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).CreateSession(session_pb2.CreateSessionRequest(session_id="shop"))
    assert failure.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "Maximum concurrent sessions limit reached" in (failure.value.details() or "")
    info = error_info(failure.value)
    assert (info.domain, info.reason, dict(info.metadata)) == ("wad.v1", "SESSION_LIMIT_REACHED", {"limit": "50"})
    assert any(isinstance(detail, error_details_pb2.RetryInfo) for detail in details(failure.value))


async def test_failed_creation_is_friendly_and_keeps_its_details_to_itself(tmp_path: Path) -> None:
    """A failed creation says to try again and names the cause, and its detail stays in the log."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.error = CreateFailed("TIMED_OUT", "secret detail")
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).CreateSession(session_pb2.CreateSessionRequest(session_id="shop"))
    assert failure.value.details() == "Failed to create WhatsApp session. Please try again."
    assert error_info(failure.value).metadata["cause"] == "TIMED_OUT"
    assert "secret detail" not in repr(failure.value.trailing_metadata())


async def test_link_tells_every_step_and_ends_connected(tmp_path: Path) -> None:
    """A link begins with the present, tells state changes and QRs, and ends with one last step when connected."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        base = served.sessions.put("shop", SessionState.CONNECTING)
        shown = replace(base, record=replace(base.record, state=SessionState.QR_GENERATED), qr=fresh_qr())
        done = replace(base, record=replace(base.record, state=SessionState.CONNECTED, user=USER))
        served.sessions.script = [
            SessionEvent(EventKind.STATE_CHANGED, time.time(), base),
            SessionEvent(EventKind.STATE_CHANGED, time.time(), shown, SessionState.CONNECTING),
            SessionEvent(EventKind.QR_ISSUED, time.time(), shown),
            SessionEvent(EventKind.STATE_CHANGED, time.time(), done, SessionState.SYNCING),
            SessionEvent(EventKind.AUTH_SUCCESS, time.time(), done),
        ]
        call = stub(channel).LinkSession(session_pb2.LinkSessionRequest(session_id="shop"))
        steps = [step async for step in call]
        code = await call.code()
    assert [step.WhichOneof("step") for step in steps] == [
        None,
        "state_changed",
        "qr_issued",
        "state_changed",
        "connected",
    ]
    assert steps[2].qr_issued.qr.code == "2@secret"
    assert steps[-1].session.user.jid == USER.jid
    assert code is grpc.StatusCode.OK


async def test_link_that_fails_ends_with_the_removal_and_its_cause(tmp_path: Path) -> None:
    """A session that is over before it was linked ends the link with its reason and its last error."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        base = served.sessions.put("shop", SessionState.CONNECTING)
        error = LastError("PAIRING_FAILED", "refused", time.time())
        record = replace(base.record, active=False, removal=RemovalReason.QR_EXPIRED, last_error=error)
        gone = replace(base, record=replace(record, state=SessionState.QR_EXPIRED))
        served.sessions.script = [
            SessionEvent(EventKind.STATE_CHANGED, time.time(), base),
            SessionEvent(EventKind.REMOVED, time.time(), gone),
        ]
        steps = [s async for s in stub(channel).LinkSession(session_pb2.LinkSessionRequest(session_id="shop"))]
    assert [step.WhichOneof("step") for step in steps] == [None, "removed"]
    assert steps[-1].removed.reason == session_pb2.REMOVAL_REASON_QR_EXPIRED
    assert steps[-1].session.last_error.message == "refused"


async def test_link_of_a_caller_that_leaves_is_closed(tmp_path: Path) -> None:
    """A caller that ends its link early leaves no work behind in the server."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        base = served.sessions.put("shop", SessionState.CONNECTING)
        served.sessions.script = [SessionEvent(EventKind.STATE_CHANGED, time.time(), base)]
        call = stub(channel).LinkSession(session_pb2.LinkSessionRequest(session_id="shop"))
        await call.read()
        call.cancel()
        with anyio.fail_after(5):
            await served.sessions.cancelled.wait()


async def test_unknown_session_is_not_found(tmp_path: Path) -> None:
    """A session that does not exist is NOT_FOUND, with its id as metadata."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).GetSession(session_pb2.GetSessionRequest(session_id="shop"))
    assert failure.value.code() is grpc.StatusCode.NOT_FOUND
    assert dict(error_info(failure.value).metadata) == {"session_id": "shop"}


async def test_bad_session_id_names_the_field(tmp_path: Path) -> None:
    """A path for a session id is refused with INVALID_ARGUMENT that names the field, before any manager is asked."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).GetSession(session_pb2.GetSessionRequest(session_id="../etc"))
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    (request,) = (d for d in details(failure.value) if isinstance(d, error_details_pb2.BadRequest))
    assert request.field_violations[0].field == "session_id"
    assert served.sessions.calls == []


async def test_list_shows_removed_sessions_only_on_request(tmp_path: Path) -> None:
    """A list holds live sessions, and those of which only the record is kept when they are asked for."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.put("live")
        served.sessions.put("kept", SessionState.EXPIRED, active=False, removal=RemovalReason.IDLE)
        live = await stub(channel).ListSessions(session_pb2.ListSessionsRequest())
        both = await stub(channel).ListSessions(session_pb2.ListSessionsRequest(include_inactive=True))
    assert [session.session_id for session in live.sessions] == ["live"]
    assert [session.session_id for session in both.sessions] == ["kept", "live"]
    assert both.sessions[0].removal_reason == session_pb2.REMOVAL_REASON_IDLE


async def test_remove_passes_on_the_reason_and_returns_the_last_view(tmp_path: Path) -> None:
    """A removal reaches the manager with its reason and answers with the session as it ended."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.put("shop")
        request = session_pb2.RemoveSessionRequest(session_id="shop", reason=session_pb2.REMOVAL_REASON_STUCK)
        response = await stub(channel).RemoveSession(request)
    assert served.sessions.calls[0] == ("remove", {"session_id": "shop", "reason": RemovalReason.STUCK})
    assert not response.session.active
    assert response.session.removal_reason == session_pb2.REMOVAL_REASON_STUCK


async def test_remove_without_a_reason_touches_nothing(tmp_path: Path) -> None:
    """A removal without a reason is refused before any manager is asked."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.put("shop")
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await stub(channel).RemoveSession(session_pb2.RemoveSessionRequest(session_id="shop"))
    assert failure.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert served.sessions.calls == []
