"""Requests that come again under the same id, over real sockets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import grpc
import grpc.aio
import pytest

from tests.integration.rpc.rpc_fakes import connected, details, error_info, serving
from wad.domain.access import Role, Scope
from wad.domain.errors import StorageError
from wad.domain.message_errors import MessageRefused, MessageUnconfirmed
from wad.domain.replies import Reply
from wad.rpc import repeatable, repeats
from wad.v1 import device_pb2, device_pb2_grpc, message_pb2, message_pb2_grpc, session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from google.protobuf.message import Message

    from tests.integration.rpc.rpc_fakes import FakeSessions, Served

pytestmark = pytest.mark.anyio

TO = "+4915112345678"
LOOPBACK = "insecure_loopback:loopback"
"""Key of whoever calls over TCP here."""


def create(session_id: str = "shop", **fields: Any) -> session_pb2.CreateSessionRequest:
    """Return a request with an id of its own unless it is given one."""
    given: dict[str, Any] = {"session_id": session_id, "request_id": str(uuid4()), **fields}
    return session_pb2.CreateSessionRequest(**given)


def send(text: str = "hello", **fields: Any) -> message_pb2.SendMessageRequest:
    """Return a request with an id of its own unless it is given one."""
    given: dict[str, Any] = {"session_id": "shop", "to": TO, "text": text, "request_id": str(uuid4()), **fields}
    return message_pb2.SendMessageRequest(**given)


def stubs(channel: grpc.aio.Channel) -> dict[type[Message], Callable[..., Any]]:
    """Return the method of each request that may come again."""
    sessions, devices = session_pb2_grpc.SessionServiceStub(channel), device_pb2_grpc.DeviceServiceStub(channel)
    return {
        session_pb2.CreateSessionRequest: sessions.CreateSession,
        session_pb2.RemoveSessionRequest: sessions.RemoveSession,
        device_pb2.CreateDeviceRequest: devices.CreateDevice,
        device_pb2.RemoveDeviceRequest: devices.RemoveDevice,
        message_pb2.SendMessageRequest: message_pb2_grpc.MessageServiceStub(channel).SendMessage,
    }


def call(channel: grpc.aio.Channel, request: Message, **options: Any) -> Any:
    """Begin the request's call."""
    return stubs(channel)[type(request)](request, **options)


async def refused(awaitable: Awaitable[object]) -> grpc.aio.AioRpcError:
    """Return the error of a call that fails."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await awaitable
    return caught.value


def done(sessions: FakeSessions, *methods: str) -> int:
    """Return how often one of these was done."""
    return sum(method in methods for method, _ in sessions.calls)


def requests() -> list[tuple[str, Message]]:
    """Return one request of every method that takes an id, with what it does to the sessions."""
    some_id, manual = str(uuid4()), session_pb2.REMOVAL_REASON_MANUAL
    return [
        ("create", create(request_id=some_id)),
        ("create", device_pb2.CreateDeviceRequest(phone_number=TO, request_id=some_id)),
        ("remove", session_pb2.RemoveSessionRequest(session_id="old", reason=manual, request_id=some_id)),
        ("remove", device_pb2.RemoveDeviceRequest(device_session_id="old", reason=manual, request_id=some_id)),
        ("send_text", send(request_id=some_id)),
    ]


async def begin_unanswered(served: Served, request: Any, method: str) -> None:
    """Leave the request behind as a daemon does that dies before it has answered."""
    reply = Reply(LOOPBACK, request.request_id, method, repeatable.fingerprint(method, request), 1e12)
    assert await served.sessions.replies.begin(reply, kept_since=0) is None


@pytest.mark.parametrize(("does", "request_"), requests(), ids=lambda value: type(value).__name__)
async def test_a_request_that_comes_again_is_answered_again_and_not_done_again(
    tmp_path: Path, does: str, request_: Message
) -> None:
    """Each method that takes an id does its work once, and gives the very same answer twice."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.put("old")
        first, second = [await call(channel, request_) for _ in range(2)]
    assert first == second
    assert done(served.sessions, does) == 1
    assert len({(record.status, record.target) for record in served.sessions.audit.records}) == 1
    assert len(served.sessions.audit.records) == 2


async def test_without_an_id_each_request_is_one_of_its_own(tmp_path: Path) -> None:
    """A message that is sent twice without an id is two messages; so it is with two ids."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        for request in (send(request_id=""), send(request_id=""), send(), send()):
            await call(channel, request)
    assert done(served.sessions, "send_text") == 4


@pytest.mark.parametrize(
    "bad", ["1", "x" * 36, "123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-426614174000}"]
)
async def test_what_is_no_uuid_is_refused(tmp_path: Path, bad: str) -> None:
    """An id of another form is the caller's error, named by its field, and nothing is done."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        error = await refused(call(channel, send(request_id=bad)))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert 'field: "request_id"' in str(details(error))
    assert served.sessions.calls == []


async def test_an_id_is_good_for_one_request_only(tmp_path: Path) -> None:
    """With another content or for another method it is refused; its letters may be of either case."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        some_id = str(uuid4())
        await call(channel, send(request_id=some_id))
        for request in (send("other", request_id=some_id), create(request_id=some_id.upper())):
            error = await refused(call(channel, request))
            assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
            assert error_info(error).reason == "REQUEST_ID_REUSED"
        await call(channel, send(request_id=some_id.upper()))
    assert done(served.sessions, "send_text", "create") == 1


async def test_ids_of_different_callers_have_nothing_to_do_with_each_other(tmp_path: Path) -> None:
    """Two callers that use one id each get what they asked for themselves."""
    async with serving(tmp_path) as served, connected(served.unix) as unix, connected(served.tcp) as tcp:
        some_id = str(uuid4())
        await call(unix, send(request_id=some_id))
        await call(tcp, send("other", request_id=some_id))
        await call(tcp, send("other", request_id=some_id))
    assert [arguments["text"] for _, arguments in served.sessions.calls] == ["hello", "other"]


async def test_who_asks_while_it_is_done_gets_the_same_answer(tmp_path: Path) -> None:
    """Calls that come while the first one runs wait for it; another request under the id is refused at once."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.holds_messages = True
        request = send()
        first = call(channel, request)
        await served.sessions.began["send_text"].wait()
        others = [call(channel, request) for _ in range(3)]
        error = await refused(call(channel, send("other", request_id=request.request_id)))
        served.sessions.gate.set()
        answers = [await each for each in (first, *others)]
    assert error_info(error).reason == "REQUEST_ID_REUSED"
    assert all(answer == answers[0] for answer in answers)
    assert done(served.sessions, "send_text") == 1


async def test_a_failure_is_told_to_all_who_wait_and_not_kept(tmp_path: Path) -> None:
    """What has failed can be tried again under its id."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = send()
        served.sessions.error = MessageRefused("shop")
        assert error_info(await refused(call(channel, request))).reason == "MESSAGE_REFUSED"
        served.sessions.error = None
        await call(channel, request)
    assert done(served.sessions, "send_text") == 2


@pytest.mark.parametrize("failure", [MessageUnconfirmed("shop"), ZeroDivisionError()], ids=["unconfirmed", "defect"])
async def test_a_message_that_may_have_been_sent_is_never_sent_again(tmp_path: Path, failure: Exception) -> None:
    """When nobody can say whether it was sent, its repetition says so too, however often it comes."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = send()
        served.sessions.error = failure
        await refused(call(channel, request))
        served.sessions.error = None
        for _ in range(2):
            error = await refused(call(channel, request))
            assert (error.code(), error_info(error).reason) == (grpc.StatusCode.UNKNOWN, "MESSAGE_UNCONFIRMED")
            assert error_info(error).metadata["session_id"] == "shop"
    assert done(served.sessions, "send_text") == 1


async def test_a_message_whose_daemon_died_is_unconfirmed(tmp_path: Path) -> None:
    """A message that was begun and not answered may be on its way: it is not sent again."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        request = send()
        await begin_unanswered(served, request, "wad.v1.MessageService/SendMessage")
        error = await refused(call(channel, request))
    assert error_info(error).reason == "MESSAGE_UNCONFIRMED"
    assert served.sessions.calls == []


async def test_a_message_whose_caller_hangs_up_is_answered_when_it_calls_again(tmp_path: Path) -> None:
    """The deadline bounds the wait only: the message goes its way once, and its answer is there for the next call."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.holds_messages = True
        request = send()
        error = await refused(call(channel, request, timeout=0.1))
        again = call(channel, request)
        served.sessions.gate.set()
        answer = await again
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert answer.message_id
    assert done(served.sessions, "send_text") == 1


async def test_a_creation_whose_caller_hangs_up_is_joined_by_the_next_call(tmp_path: Path) -> None:
    """The session is made once, and lives on between the two calls."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = create(wait=session_pb2.CREATE_WAIT_CONNECTED)
        error = await refused(call(channel, request, timeout=0.1))
        again = call(channel, request)
        served.sessions.gate.set()
        answer = await again
        cancelled = served.sessions.cancelled.is_set()
    assert error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert answer.session.session_id == "shop"
    assert not cancelled
    assert done(served.sessions, "create") == 1


async def test_what_nobody_waits_for_ends_and_can_be_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A creation whose caller has gone for good does not wait for a phone for ever; its id is then free again."""
    monkeypatch.setattr(repeats, "_UNWATCHED", 0.0)
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = create(wait=session_pb2.CREATE_WAIT_CONNECTED)
        await refused(call(channel, request, timeout=0.1))
        await served.sessions.cancelled.wait()
        served.sessions.gate.set()
        await call(channel, request)
    assert done(served.sessions, "create") == 2


async def test_a_server_that_ends_waits_for_no_one_and_keeps_what_is_safe(tmp_path: Path) -> None:
    """Work under way is cut off after the grace; a creation is forgotten then, and a message is not."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        served.sessions.holds_messages = True
        message, session = send(), create(wait=session_pb2.CREATE_WAIT_CONNECTED)
        calls = [call(channel, message), call(channel, session)]
        await served.sessions.began["send_text"].wait()
        await served.sessions.began["create"].wait()
        book = served.sessions.replies
    for each in calls:
        each.cancel()
    kept = [await book.begin(Reply(LOOPBACK, r.request_id, "", "", 0.0), kept_since=0) for r in (message, session)]
    assert [reply is not None and reply.response is None for reply in kept] == [True, False]


async def test_a_creation_whose_daemon_died_is_done_again(tmp_path: Path) -> None:
    """A session that was begun and not answered is created, or joined, by the next call; a device gets the same id."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        request = create()
        await begin_unanswered(served, request, "wad.v1.SessionService/CreateSession")
        answer = await call(channel, request)
        device = device_pb2.CreateDeviceRequest(phone_number=TO, request_id=str(uuid4()))
        first = await call(channel, device)
        await served.sessions.replies.withdraw(LOOPBACK, device.request_id)
        await begin_unanswered(served, device, "wad.v1.DeviceService/CreateDevice")
        second = await call(channel, device)
    assert answer.session.session_id == "shop"
    assert first.device.device_id == second.device.device_id != ""


async def test_a_removal_whose_daemon_died_succeeds_though_nothing_is_left(tmp_path: Path) -> None:
    """When the first try has removed the session, the second says that it is removed, as often as it is asked."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        for does, request in requests():
            if does != "remove":
                continue
            device = isinstance(request, device_pb2.RemoveDeviceRequest)
            method = "DeviceService/RemoveDevice" if device else "SessionService/RemoveSession"
            await served.sessions.replies.forget(1e13)
            await begin_unanswered(served, request, f"wad.v1.{method}")
            answers = [await call(channel, request) for _ in range(2)]
            assert answers[0] == answers[1]
            session = answers[0].device.session if device else answers[0].session
            assert session.session_id == "old"
            assert not session.active
            assert session.removal_reason == session_pb2.REMOVAL_REASON_MANUAL
        absent = session_pb2.RemoveSessionRequest(
            session_id="old", reason=session_pb2.REMOVAL_REASON_MANUAL, request_id=str(uuid4())
        )
        error = await refused(call(channel, absent))
    assert error_info(error).reason == "SESSION_NOT_FOUND"


async def test_a_promise_that_cannot_be_kept_is_not_made(tmp_path: Path) -> None:
    """When the request cannot be noted it fails, and nothing is done; without an id it works."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.replies.failure = StorageError("full")
        error = await refused(call(channel, send()))
        before = list(served.sessions.calls)
        await call(channel, send(request_id=""))
    assert (error.code(), error_info(error).reason) == (grpc.StatusCode.UNAVAILABLE, "STORAGE_ERROR")
    assert before == []


async def test_an_answer_that_cannot_be_kept_is_given_all_the_same(tmp_path: Path) -> None:
    """Who sent a message learns that it was sent; its repetition cannot, and does not send it again."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.holds_messages = True
        request = send()
        first = call(channel, request)
        await served.sessions.began["send_text"].wait()
        served.sessions.replies.failure = StorageError("full")
        served.sessions.gate.set()
        answer = await first
        served.sessions.replies.failure = None
        error = await refused(call(channel, request))
    assert answer.message_id
    assert error_info(error).reason == "MESSAGE_UNCONFIRMED"
    assert done(served.sessions, "send_text") == 1


async def test_after_a_day_an_id_is_forgotten(tmp_path: Path) -> None:
    """A request that began more than 24 hours ago is a new one, also under another content."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        request = send()
        old = Reply(LOOPBACK, request.request_id, "m", "other", 1_000_000_000.0, b"")
        await served.sessions.replies.begin(old, kept_since=0)
        await call(channel, request)
    assert done(served.sessions, "send_text") == 1


async def test_an_answer_is_not_given_to_who_may_no_longer_reach_its_session(tmp_path: Path) -> None:
    """A caller whose scope has become narrower gets no answer that was meant for a wider one."""
    async with serving(tmp_path) as served, connected(served.tcp) as channel:
        token, secret = await served.tokens.create("n", Role.OPERATOR, Scope(("*",)), lifetime=None)
        metadata = (("authorization", f"Bearer {secret}"),)
        request = create()
        await call(channel, request, metadata=metadata)
        narrow = replace(token, scope=Scope(("other-*",)))
        served.tokens._tokens[token.token_id] = narrow  # pyright: ignore[reportPrivateUsage] - no call changes a scope
        error = await refused(call(channel, request, metadata=metadata))
    assert error_info(error).reason == "PERMISSION_DENIED"
