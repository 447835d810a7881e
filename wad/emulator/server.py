"""The emulator as a whole: its directory, its two ports, its start and its end."""

import logging
import os
import resource
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import uvicorn
from anyio.abc import SocketListener

from wad.emulator import storage
from wad.emulator.announcement import Announcement
from wad.emulator.certificates import Certificates
from wad.emulator.connection import Door
from wad.emulator.control import Control
from wad.emulator.errors import StartError
from wad.emulator.network import Network
from wad.emulator.phones import Phones
from wad.emulator.settings import Settings

_log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"

_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports to listen on; 0 lets the system choose.

    Args:
        proxy: for clients.
        control: for the control API.
    """

    proxy: int = 0
    control: int = 0


class Emulator:
    """A WhatsApp Web server on loopback; an asynchronous context manager that runs while it is entered.

    Args:
        directory: where keys and linked devices are kept; made if missing. They survive a restart.
        settings: times and limits.
        host: address to listen on; anyone who can connect to it controls the emulator.
        ports: ports to listen on.
    """

    def __init__(
        self,
        directory: Path,
        *,
        settings: Settings | None = None,
        host: str = LOOPBACK,
        ports: Ports | None = None,
    ) -> None:
        self._directory = directory.absolute()
        self._settings = settings or Settings()
        self._host = host
        self._ports = ports or Ports()
        self._stack = AsyncExitStack()
        self._announcement: Announcement | None = None

    @property
    def announcement(self) -> Announcement:
        """What clients need to know, while the emulator runs."""
        if self._announcement is None:
            raise RuntimeError("the emulator has not been entered")
        return self._announcement

    async def __aenter__(self) -> Self:
        """Start, and return when clients can connect.

        Raises:
            StartError: the directory or a port cannot be used.
        """
        async with AsyncExitStack() as stack:
            stack.enter_context(storage.hold(self._directory))
            root = storage.root_key(self._directory)
            phones = Phones(self._directory / storage.PHONES_DIRECTORY, device_limit=self._settings.device_limit)
            network = Network(phones, self._settings)
            certificates = Certificates(storage.authority(self._directory), root)
            certificates.show()
            proxy = stack.enter_context(_listen(self._host, self._ports.proxy, "proxy"))
            control = stack.enter_context(_listen(self._host, self._ports.control, "control"))
            await stack.enter_async_context(_serving_clients(proxy, Door(network, certificates)))
            await stack.enter_async_context(_serving_control(control, network))
            self._announcement = Announcement(
                proxy_url=_url(proxy),
                ca_file=str(self._directory / storage.CA_FILE),
                noise_root_key=root.public.hex(),
                control_url=_url(control),
                pid=os.getpid(),
            )
            self._announcement.write(self._directory)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close every connection and stop."""
        self._announcement = None
        await self._stack.__aexit__(kind, error, traceback)


async def run_emulator(
    directory: Path,
    *,
    settings: Settings | None = None,
    host: str = LOOPBACK,
    ports: Ports | None = None,
    on_ready: Callable[[Announcement], None] = lambda _: None,
) -> None:
    """Run an emulator until SIGINT or SIGTERM.

    Args:
        directory: this and the next three are those of `Emulator`.
        settings: times and limits.
        host: address to listen on.
        ports: ports to listen on.
        on_ready: is called when clients can connect.

    Raises:
        StartError: the directory or a port cannot be used.
    """
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with Emulator(directory, settings=settings, host=host, ports=ports) as emulator:
            on_ready(emulator.announcement)
            async for number in signals:
                _log.info("stopping on %s", number.name)
                return


def allow_many_connections() -> None:
    """Raise this process's limit of open files as far as it may, since each client needs one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _listen(host: str, port: int, purpose: str) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=_BACKLOG)
    except OSError as error:
        raise StartError(
            f"the {purpose} port {port} of {host} cannot be used: {error.strerror}; choose another port, or 0"
        ) from error


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}"


@asynccontextmanager
async def _serving_clients(listening: socket.socket, door: Door) -> AsyncGenerator[None]:
    async with await SocketListener.from_socket(listening) as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, door.serve)
        yield
        tasks.cancel_scope.cancel()


class _Server(uvicorn.Server):
    """Leaves the process's signals to its owner."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def _serving_control(listening: socket.socket, network: Network) -> AsyncGenerator[None]:
    config = uvicorn.Config(
        Control(network).app(),
        lifespan="off",
        http="h11",
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listening])
        try:
            yield
        finally:
            server.should_exit = True
