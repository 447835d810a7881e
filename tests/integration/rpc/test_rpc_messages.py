"""MessageService over real sockets, and ``wadctl message``."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import grpc
import grpc.aio
import pytest
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.house import until
from tests.integration.rpc.rpc_fakes import connected, details, error_info, serving
from tests.integration.rpc.test_rpc_access import token
from tests.integration.rpc.test_wadctl import wadctl
from tests.receiver import Receiver
from wad.cli.failures import ExitCode
from wad.cli.wadctl import app
from wad.domain.access import Role
from wad.domain.events import MessageReceived
from wad.domain.ids import SessionId
from wad.domain.message_errors import MessageUnconfirmed
from wad.domain.messages import Message
from wad.managers.inbox import InboxTerms
from wad.v1 import message_pb2, message_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tests.integration.rpc.rpc_fakes import Served
    from tests.integration.rpc.test_rpc_access import Metadata

pytestmark = pytest.mark.anyio

TO = "+4915112345678"


def receive(**fields: Any) -> message_pb2.ReceiveMessagesRequest:
    """Return the first request of a call."""
    return message_pb2.ReceiveMessagesRequest(receive=message_pb2.Receive(**fields))


def acknowledge(*delivery_ids: int) -> message_pb2.ReceiveMessagesRequest:
    """Return a further request of it."""
    return message_pb2.ReceiveMessagesRequest(acknowledge=message_pb2.Acknowledge(delivery_ids=delivery_ids))


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


async def test_a_message_is_passed_on_and_answered_with_its_id(tmp_path: Path) -> None:
    """Session, recipient and text reach the manager as they are; the answer has the id and the time."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = message_pb2.SendMessageRequest(session_id="shop", to=TO, text="hello")
        response = await message_pb2_grpc.MessageServiceStub(channel).SendMessage(request)
        assert served.sessions.calls == [("send_text", {"session_id": "shop", "to": TO, "text": "hello"})]
    assert response.message_id == "3EB0C0FFEE"
    assert response.send_time.seconds > 0


async def test_an_unconfirmed_message_is_nothing_to_repeat(tmp_path: Path) -> None:
    """Its status is none that clients retry by themselves, and the command says nothing of trying again."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.sessions.error = MessageUnconfirmed("shop")
        request = message_pb2.SendMessageRequest(session_id="shop", to=TO, text="hello")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await message_pb2_grpc.MessageServiceStub(channel).SendMessage(request)
        shown = await wadctl(served, "message", "send", "shop", TO, "hello")
    assert shown.exit_code == ExitCode.FAILED
    assert "Look into the chat" in shown.stderr
    assert caught.value.code() is grpc.StatusCode.UNKNOWN
    assert error_info(caught.value).reason == "MESSAGE_UNCONFIRMED"


def test_neither_recipient_nor_text_is_printed_with_a_request() -> None:
    """Both are marked, so that tools which print messages leave them out."""
    fields = message_pb2.SendMessageRequest.DESCRIPTOR.fields_by_name
    assert {name for name, field in fields.items() if field.GetOptions().debug_redact} == {"to", "text"}


async def test_wadctl_sends_and_shows_the_id(tmp_path: Path) -> None:
    """The command shows the id, and for programs gives the whole answer."""
    async with serving(tmp_path) as served:
        shown = await wadctl(served, "message", "send", "shop", TO, "hello")
        answer = await wadctl(served, "message", "send", "shop", TO, "hello", "-o", "json")
    assert shown.exit_code == ExitCode.OK
    assert "3EB0C0FFEE" in shown.stdout
    assert json.loads(answer.stdout)["message_id"] == "3EB0C0FFEE"


async def test_wadctl_sends_what_standard_input_says(tmp_path: Path) -> None:
    """A text given as - is read to its end; the line break there is none of it."""
    async with serving(tmp_path) as served:
        command = ["--address", f"unix://{served.socket}", "message", "send", "shop", TO, "-"]
        done = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command, input="Grüße\nzwei\n"))
        garbled = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command, input=b"\xff"))
        (call,) = served.sessions.calls
    assert done.exit_code == ExitCode.OK
    assert call[1]["text"] == "Grüße\nzwei"
    assert garbled.exit_code == ExitCode.USAGE
    assert "not UTF-8" in garbled.stderr


async def put(served: Served, session_id: str, *texts: str) -> None:
    """Let a session receive texts."""
    chat = "4915100000000@s.whatsapp.net"
    messages = tuple(
        Message(re.sub(r"\W", "-", f"id of {text}"), chat, sender=chat, text=text, sent_at=1.0) for text in texts
    )
    stored = served.messages.inbox.take(SessionId(session_id), MessageReceived(1, text=len(texts), messages=messages))
    assert stored is not None
    await stored.wait()


def receiving(
    channel: grpc.aio.Channel, *session_ids: str, most: int = 0, metadata: Metadata = ()
) -> AbstractAsyncContextManager[Receiver]:
    """Return what receives from these sessions."""
    stub: Any = message_pb2_grpc.MessageServiceStub(channel)
    return Receiver.of(stub, *session_ids, most=most, metadata=metadata)


async def test_messages_are_handed_out_and_acknowledged(tmp_path: Path) -> None:
    """Those that are kept come at once, those that come later when they come; an acknowledged one never again."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        await put(served, "shop", "one")
        await put(served, "bar", "two")
        async with receiving(channel, "shop") as receiver:
            await receiver.until(lambda it: it.texts == ["one"])
            await put(served, "shop", "three")
            await receiver.until(lambda it: it.texts == ["one", "three"])
            await receiver.acknowledge(receiver.deliveries[0].delivery_id)
            await put(served, "shop", "four")
            await receiver.until(lambda it: it.texts == ["one", "three", "four"])
        async with receiving(channel) as receiver:
            await receiver.until(lambda it: it.texts == ["two", "three", "four"])


async def test_a_window_that_is_full_is_opened_by_an_acknowledgement(tmp_path: Path) -> None:
    """No more messages than the caller wants wait for it at a time."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        await put(served, "shop", "one", "two", "three")
        async with receiving(channel, most=1) as receiver:
            await receiver.until(lambda it: it.texts == ["one"])
            with pytest.raises(TimeoutError), anyio.fail_after(0.2):
                await receiver.read()
        async with receiving(channel, most=1) as receiver:
            for expected in (["one"], ["one", "two"], ["one", "two", "three"]):
                await receiver.until(lambda it, texts=expected: it.texts == texts)
                await receiver.acknowledge(receiver.deliveries[-1].delivery_id)


async def test_a_long_backlog_is_handed_out_to_its_end(tmp_path: Path) -> None:
    """However many are kept, they come without anything new having to come."""
    texts = [str(number) for number in range(350)]
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        await put(served, "shop", *texts)
        async with receiving(channel, most=1000) as receiver:
            await receiver.until(lambda it: it.texts == texts)


@pytest.mark.parametrize(
    ("requests", "field"),
    [
        ([], "receive"),
        ([message_pb2.ReceiveMessagesRequest()], "receive"),
        ([message_pb2.ReceiveMessagesRequest(acknowledge=message_pb2.Acknowledge())], "receive"),
        ([receive(session_ids=["a", "no such id"])], "receive.session_ids[1]"),
        ([receive(session_ids=["a"] * 1001)], "receive.session_ids"),
        ([receive(max_unacknowledged=1001)], "receive.max_unacknowledged"),
        ([receive(), receive()], "acknowledge"),
        ([receive(), acknowledge(0)], "acknowledge.delivery_ids"),
        ([receive(), acknowledge(2**64 - 1)], "acknowledge.delivery_ids"),
        ([receive(), acknowledge(*range(1, 1002))], "acknowledge.delivery_ids"),
    ],
)
async def test_requests_that_make_no_sense_are_refused(
    tmp_path: Path, requests: list[message_pb2.ReceiveMessagesRequest], field: str
) -> None:
    """Each is answered with the field that is wrong, and the call is over."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        call: Any = message_pb2_grpc.MessageServiceStub(channel).ReceiveMessages(iter(requests), timeout=60)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        [bad] = [detail for detail in details(caught.value) if isinstance(detail, error_details_pb2.BadRequest)]
        assert [violation.field for violation in bad.field_violations] == [field]
    assert served.messages.inbox.receptions == set()


async def test_whoever_ends_its_requests_loses_no_acknowledgement(tmp_path: Path) -> None:
    """A caller that closes its side is handed what is there, its last acknowledgements count, and the call ends."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        await put(served, "shop", "one", "two")
        call: Any = message_pb2_grpc.MessageServiceStub(channel).ReceiveMessages(
            iter([receive(), acknowledge(1)]), timeout=60
        )
        assert "two" in [response.delivery.message.text async for response in call]
        assert await call.code() is grpc.StatusCode.OK
        async with receiving(channel) as receiver:
            await receiver.until(lambda it: it.texts == ["two"])


async def test_a_caller_that_goes_leaves_nothing_behind(tmp_path: Path) -> None:
    """However a call ends, nobody receives any more, and no task is left to read its acknowledgements."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        for _ in range(3):
            async with receiving(channel) as receiver:
                await put(served, "shop", "one")
                await receiver.until(lambda it: it.texts == ["one"])
        await until(lambda: not served.messages.inbox.receptions, "nobody receives any more")
        left = [task for task in asyncio.all_tasks() if "_acknowledge" in repr(task.get_coro())]
        assert left == []


async def test_a_tenant_receives_its_own_messages_only(tmp_path: Path) -> None:
    """Of another tenant's sessions nothing is handed out, told or acknowledged, and they cannot be named."""
    async with serving(tmp_path, insecure_loopback=False) as served, connected(served.tcp) as channel:
        metadata = await token(served, Role.OPERATOR, "shop-*")
        await put(served, "shop-1", "mine")
        await put(served, "bar-1", "theirs")
        async with receiving(channel, metadata=metadata) as receiver:
            await receiver.until(lambda it: it.texts == ["mine"])
            [mine] = receiver.deliveries
            await receiver.acknowledge(mine.delivery_id, mine.delivery_id + 1)
            await put(served, "shop-1", "more")
            await receiver.until(lambda it: it.texts == ["mine", "more"])
        assert (await served.messages.inbox.get(SessionId("bar-1"), "id-of-theirs")).text == "theirs"
        stub: Any = message_pb2_grpc.MessageServiceStub(channel)
        request = message_pb2.GetMessageRequest(session_id="bar-1", message_id="id-of-theirs")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.GetMessage(request, metadata=metadata)
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        async with receiving(channel, "bar-1", metadata=metadata) as receiver:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await receiver.read()
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_who_only_looks_reads_no_messages(tmp_path: Path) -> None:
    """A viewer may neither receive nor ask for one."""
    async with serving(tmp_path, insecure_loopback=False) as served, connected(served.tcp) as channel:
        metadata = await token(served, Role.VIEWER, "*")
        async with receiving(channel, metadata=metadata) as receiver:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await receiver.read()
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_store_that_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    """The call ends with an error that says to try again."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        served.messages.store.broken = True
        async with receiving(channel) as receiver:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await receiver.read()
        assert error_info(caught.value).reason == "STORAGE_ERROR"


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_command_shows_messages_and_acknowledges_what_it_has_shown(tmp_path: Path) -> None:
    """So many as are wanted, and no more of them are forgotten; what others send cannot disturb the terminal."""
    async with serving(tmp_path) as served:
        await put(served, "shop", "one\x1b[2J", "two\nlines", "three")
        shown = await wadctl(served, "message", "receive", "shop", "-n", "2")
        assert shown.exit_code == ExitCode.OK
        assert shown.stdout.splitlines()[0].endswith("shop  4915100000000: one\ufffd[2J")
        assert shown.stdout.splitlines()[1].endswith("shop  4915100000000: two")
        assert shown.stdout.splitlines()[2:] == ["    lines"]
        kept = await wadctl(served, "message", "receive", "--keep", "-n", "1", "-o", "json")
        again = await wadctl(served, "message", "receive", "-n", "1", "-o", "json")
    assert json.loads(kept.stdout) == json.loads(again.stdout)
    assert json.loads(again.stdout)["delivery"]["message"]["text"] == "three"


async def test_the_command_shows_how_far_a_message_has_come(tmp_path: Path) -> None:
    """One that was sent has a status and no text, one that was received has its sender and its text."""
    async with serving(tmp_path) as served:
        await put(served, "shop", "hello")
        await served.messages.inbox.note_sent(SessionId("shop"), "S1", "1@g.us")
        sent = await wadctl(served, "message", "get", "shop", "S1")
        received = await wadctl(served, "message", "get", "shop", "id-of-hello")
        missing = await wadctl(served, "message", "get", "shop", "S2")
    assert [line.split()[0] for line in sent.stdout.splitlines()] == ["message", "chat", "status", "sent"]
    assert "from     4915100000000" in received.stdout
    assert "text     hello" in received.stdout
    assert missing.exit_code == ExitCode.NOT_FOUND


@pytest.mark.parametrize("message_id", ["", "two words", "x" * 129, "a\nb", "ü"])
async def test_what_is_no_message_id_is_refused_and_not_repeated(tmp_path: Path, message_id: str) -> None:
    """An id that WhatsApp would not make is told as such, however long it is."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        request = message_pb2.GetMessageRequest(session_id="shop", message_id=message_id)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await message_pb2_grpc.MessageServiceStub(channel).GetMessage(request, timeout=60)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert len(caught.value.details() or "") < 100


async def test_a_daemon_that_stops_keeping_messages_says_so_to_whoever_receives(tmp_path: Path) -> None:
    """With a retention that is set to 0 the call ends, and what was kept is gone."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        await put(served, "shop", "one")
        async with receiving(channel) as receiver:
            await receiver.until(lambda it: it.texts == ["one"])
            served.messages.inbox.set_terms(InboxTerms(retention=0))
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await receiver.read()
        assert error_info(caught.value).reason == "MESSAGES_NOT_KEPT"
        await until(lambda: forgotten(served), "it is gone")


async def forgotten(served: Served) -> bool:
    """Say whether nothing is kept."""
    return not await served.messages.store.unacknowledged(0, (), 1)
