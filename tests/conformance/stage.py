"""``python -m tests.conformance.stage``: a daemon and an emulator for the conformance suites of the clients.

Suites in any language find it by its URL, which is printed as one line of JSON, ``{"stage": "http://127.0.0.1:…"}``,
and is handed on in the environment as ``WAD_STAGE``. It serves:

- ``GET /stage``: where the daemon is and what its callers need, see :class:`Addresses`.
- ``POST /scan {"qr": …, "phone": …}``: an emulated phone scans a QR; answers when it has.
- ``POST /restart``: the daemon is restarted with SIGUSR2, at the same addresses; answers when the new one does.

It ends when its standard input is closed.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import SIGUSR2
from typing import TYPE_CHECKING, Any

import anyio
import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.house import PATIENCE, Emulated, House, finish, free_port
from wad.emulator.client import ControlError
from wad.v1 import access_pb2, access_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from starlette.requests import Request

    from tests.house import Daemon


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the daemon is, and what its callers need.

    Attributes:
        unix: Address of its unix socket; this host's user needs no token there.
        tls: ``host:port`` of its encrypted listener, where a token is needed.
        ca_file: Who signed that listener's certificate.
        token: Of an operator.
        viewer_token: Of a viewer.
        other_token: Of an operator who reaches only the sessions ``other-*``.
    """

    unix: str
    tls: str
    ca_file: str
    token: str
    viewer_token: str
    other_token: str


class Stage:
    """The daemon in its house, and the door to both for suites in any language.

    Args:
        house: Where the daemon runs.
        addresses: Told to the suites.
    """

    def __init__(self, house: House, addresses: Addresses, daemon: Daemon, running: AsyncExitStack) -> None:
        self._house = house
        self._addresses = addresses
        self._daemon = daemon
        self._running = running
        self._restarting = anyio.Lock()

    @classmethod
    @asynccontextmanager
    async def over(cls, house: House) -> AsyncGenerator[Stage]:
        """Run the daemon of that house until the end."""
        port = free_port()  # the same for every daemon that follows
        async with AsyncExitStack() as running:
            ca_file = _certify(house, port)
            daemon = await running.enter_async_context(house.daemon())
            addresses = Addresses(
                unix=f"unix://{house.run / 'wad.sock'}",
                tls=f"localhost:{port}",
                ca_file=str(ca_file),
                token=await _token(daemon, access_pb2.ROLE_OPERATOR, "*"),
                viewer_token=await _token(daemon, access_pb2.ROLE_VIEWER, "*"),
                other_token=await _token(daemon, access_pb2.ROLE_OPERATOR, "other-*"),
            )
            yield cls(house, addresses, daemon, running)

    def app(self) -> Starlette:
        """Return the door as an ASGI application."""
        return Starlette(
            routes=[
                Route("/stage", self.stage, methods=["GET"]),
                Route("/scan", self.scan, methods=["POST"]),
                Route("/restart", self.restart, methods=["POST"]),
            ]
        )

    async def stage(self, _: Request) -> JSONResponse:
        """GET /stage: where everything is."""
        return JSONResponse(asdict(self._addresses))

    async def scan(self, request: Request) -> JSONResponse:
        """POST /scan {qr, phone}: a phone scans that QR."""
        body = await request.json()
        try:
            return JSONResponse({"jid": await self._house.emulator.scan(body["qr"], body["phone"])})
        except ControlError as error:
            return JSONResponse({"error": str(error)}, status_code=error.status)

    async def restart(self, _: Request) -> JSONResponse:
        """POST /restart: another daemon takes over."""
        async with self._restarting:
            code = await finish(self._daemon.process, SIGUSR2)
            await self._running.aclose()
            self._daemon = await self._running.enter_async_context(self._house.daemon())
        return JSONResponse({"exit_code": code})


def _certify(house: House, port: int) -> Path:
    """Have the daemon listen with a certificate of its own, and return who signed that."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    ca_file, chain, key = (house.root / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(str(ca_file))
    certificate.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    for number, pem in enumerate(certificate.cert_chain_pems):
        pem.write_to_path(str(chain), append=number > 0)
    house.settings["grpc"] = {"tcp": f"127.0.0.1:{port}", "tls_cert_file": str(chain), "tls_key_file": str(key)}
    return ca_file


async def _token(daemon: Daemon, role: access_pb2.Role.ValueType, pattern: str) -> str:
    """Have the daemon make a token, as its own user may on the unix socket, and return its secret."""
    access: Any = access_pb2_grpc.AccessServiceStub(daemon.channel)
    request = access_pb2.CreateTokenRequest(name="stage", role=role, session_patterns=[pattern])
    answer: access_pb2.CreateTokenResponse = await access.CreateToken(request, timeout=PATIENCE)
    return answer.secret


class _Server(uvicorn.Server):
    """Leaves the process's signals to its owner."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def _serving(app: Starlette) -> AsyncGenerator[str]:
    """Serve on a free port of loopback, and return the URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = _Server(config)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, [listening])
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            finally:
                server.should_exit = True


async def _run(root: Path) -> None:
    async with (
        Emulated.running(root) as emulated,
        House.of(emulated, root) as house,
        Stage.over(house) as stage,
        _serving(stage.app()) as url,
    ):
        print(json.dumps({"stage": url}), flush=True)  # noqa: T201 - what whoever started this waits for
        while True:
            await anyio.wait_readable(sys.stdin)
            if not os.read(sys.stdin.fileno(), 1024):
                return


def main() -> None:
    """Run the stage until standard input is closed."""
    with tempfile.TemporaryDirectory() as root:
        anyio.run(_run, Path(root))


if __name__ == "__main__":
    main()
