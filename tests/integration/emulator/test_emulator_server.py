"""The emulator as a process: its start, its end, and who may start it."""

import signal
import socket
import ssl
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest
from anyio.abc import Process

from wad.emulator.announcement import Announcement
from wad.emulator.errors import EmulatorError, StartError
from wad.emulator.server import Emulator, Ports

pytestmark = pytest.mark.anyio

_PROGRAM = "import sys, pathlib, wad.emulator as emulator; emulator.run(pathlib.Path(sys.argv[1]))"


@asynccontextmanager
async def running(directory: Path) -> AsyncGenerator[tuple[Process, Announcement]]:
    """Run an emulator in a process of its own."""
    async with await anyio.open_process([sys.executable, "-c", _PROGRAM, str(directory)]) as process:
        with anyio.fail_after(30):
            while True:
                try:
                    announcement = Announcement.read(directory)
                    break
                except EmulatorError:
                    await anyio.sleep(0.02)
        yield process, announcement


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_it_cleanly(directory: Path, number: signal.Signals) -> None:
    """After SIGINT or SIGTERM it exits with 0, and its announcement is gone."""
    async with running(directory) as (process, announcement):
        assert announcement.pid == process.pid
        process.send_signal(number)
        with anyio.fail_after(30):
            assert await process.wait() == 0
    assert not (directory / "emulator.json").exists()


async def test_a_second_one_is_refused(directory: Path, emulator: Emulator) -> None:
    """A directory has one emulator; the second is told the process id of the first."""
    with pytest.raises(StartError, match=f"process id {emulator.announcement.pid}"):
        async with Emulator(directory):
            pytest.fail("two emulators run in one directory")


@pytest.mark.parametrize("purpose", ["proxy", "control"])
async def test_a_port_in_use_is_named(directory: Path, purpose: str) -> None:
    """A port that is taken stops the start with its number, and the directory is free again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"{purpose} port {port}"):
            async with Emulator(directory, ports=Ports(**{purpose: port})):
                pytest.fail("two servers listen on one port")
    async with Emulator(directory):
        pass


async def test_strangers_are_survived(emulator: Emulator, control: object) -> None:
    """Whoever speaks another protocol is turned away, and the emulator goes on."""
    port = int(emulator.announcement.proxy_url.rsplit(":", 1)[1])
    for words in (b"", b"\0" * 100, b"GET / HTTP/1.1\r\n\r\n", b"CONNECT web.whatsapp.com:443 HTTP/1.1\r\n\r\nhello"):
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            await stream.send(words)
            await stream.send_eof()
            async for _ in stream:
                pass


async def test_the_web_page_is_not_there(emulator: Emulator) -> None:
    """Through its proxy the emulator is WhatsApp's host with a trusted certificate, and has only the WebSocket."""
    announcement = emulator.announcement
    context = ssl.create_default_context(cafile=announcement.ca_file)
    async with httpx.AsyncClient(proxy=announcement.proxy_url, verify=context) as client:
        with pytest.raises(httpx.ProxyError, match="403"):
            await client.get("https://example.com/")
        response = await client.get("https://web.whatsapp.com/")
    assert response.status_code == 404
