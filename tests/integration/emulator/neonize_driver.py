"""Drives the real neonize library in a process of its own."""

import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from wad.emulator.server import Emulator

_WAIT = 60.0
_MAX_LINE = 1 << 20
_SCRIPT = Path(__file__).with_name("neonize_script.py")


class Probe:
    """Clients of the real library, by name; see `neonize_script.py` for their events."""

    def __init__(self, process: Process, stores: Path) -> None:
        self._process = process
        self._stores = stores
        assert process.stdout
        self._lines = BufferedByteReceiveStream(process.stdout)
        self._unread: list[tuple[str, str, str]] = []

    async def start(self, client: str, *, store: str = "") -> None:
        """Start a client on a store; one with the same store has the same credentials."""
        await self._tell("start", client, store=str(self._stores / f"{store or client}.db"))

    async def stop(self, client: str) -> None:
        """Stop a client and wait until it has."""
        await self._tell("stop", client)
        await self.wait(client, "stopped")

    async def stop_unscanned(self, client: str) -> None:
        """Stop a client that shows a QR code; its thread never ends, so there is nothing to wait for."""
        await self._tell("stop", client)

    async def pair(self, client: str, phone: str) -> str:
        """Let a client that shows a QR code ask for a pairing code, and return it."""
        await self._tell("pair", client, phone=phone)
        return await self.wait(client, "code")

    async def refused_pair(self, client: str, phone: str) -> str:
        """Let a client ask for a pairing code in vain, and return why."""
        await self._tell("pair", client, phone=phone)
        return await self.wait(client, "code_refused")

    async def send(self, client: str, to: str, text: str) -> None:
        """Let a client send a text to a jid, and wait until the server has taken it."""
        await self._tell("send", client, to=to, text=text)
        await self.wait(client, "sent")

    async def refused_send(self, client: str, to: str, text: str) -> str:
        """Let a client send a text in vain, and return why."""
        await self._tell("send", client, to=to, text=text)
        return await self.wait(client, "send_refused")

    async def message(self, client: str) -> bytes:
        """Wait until a client has decrypted a message, and return all that it says of it."""
        return bytes.fromhex(await self.wait(client, "message"))

    async def logout(self, client: str) -> None:
        """Let a client log out and wait until it has."""
        await self._tell("logout", client)
        await self.wait(client, "logout_done")

    async def wait(self, client: str, *events: str) -> str:
        """Wait for the first of some events of a client and return its data; what came before is forgotten."""
        seen: list[str] = []
        with anyio.move_on_after(_WAIT):
            while True:
                event, data = await self._next(client)
                if event in events:
                    return data
                seen.append(event)
        raise AssertionError(f"{client} said none of {events} within {_WAIT:g} s, only {seen}")

    async def _next(self, client: str) -> tuple[str, str]:
        while True:
            for number, (who, event, data) in enumerate(self._unread):
                if who == client:
                    del self._unread[number]
                    return event, data
            line = json.loads(await self._lines.receive_until(b"\n", _MAX_LINE))
            self._unread.append((line["client"], line["event"], line["data"]))

    async def _tell(self, do: str, client: str, **more: str) -> None:
        assert self._process.stdin
        await self._process.stdin.send((json.dumps({"do": do, "client": client, **more}) + "\n").encode())


def _library() -> Path:
    # Importing the package would load the library into this process.
    spec = find_spec("neonize")
    assert spec
    assert spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0]).glob("neonize-linux-*.so"))


@asynccontextmanager
async def run_probe(emulator: Emulator, stores: Path) -> AsyncGenerator[Probe]:
    """Run the library against an emulator with its stores in a directory."""
    announcement = emulator.announcement
    environment = {**os.environ, "SSL_CERT_FILE": announcement.ca_file}
    command = [sys.executable, str(_SCRIPT), str(_library()), announcement.proxy_url, announcement.noise_root_key]
    async with await anyio.open_process(command, env=environment, stderr=None) as process:
        yield Probe(process, stores)
        assert process.stdin
        await process.stdin.aclose()
        await process.wait()
