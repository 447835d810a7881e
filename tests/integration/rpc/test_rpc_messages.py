"""MessageService over real sockets, and ``wadctl message``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anyio.to_thread
import grpc
import grpc.aio
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.integration.rpc.rpc_fakes import connected, error_info, serving
from tests.integration.rpc.test_wadctl import wadctl
from wad.cli.failures import ExitCode
from wad.cli.wadctl import app
from wad.domain.errors import MessageUnconfirmed
from wad.v1 import message_pb2, message_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

pytestmark = pytest.mark.anyio

TO = "+4915112345678"


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
