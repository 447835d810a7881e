"""The HTTP listener; :mod:`wad.observability.pages` has what it answers."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import anyio
import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware

from wad.domain.errors import ConfigurationError
from wad.observability.pages import build_app

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from anyio.abc import TaskStatus
    from starlette.applications import Starlette

    from wad.observability.pages import Sources

LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "[")
"""What a caller on this host may call it; the last is what the library makes of an IPv6 address such as ``[::1]``."""

STOP_LIMIT: Final = 3
"""Seconds that open requests are given when the listener stops."""


class HttpServer:
    """Serves within the caller's task group; the caller's signals stay the caller's.

    Args:
        sources: What is shown.
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.

    Attributes:
        port: The port; the real one once :meth:`run` has started.
    """

    def __init__(self, sources: Sources, *, host: str, port: int) -> None:
        self._sources = sources
        self._host = host
        self.port = port

    async def run(self, *, task_status: TaskStatus[int] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled; open requests are then finished within :data:`STOP_LIMIT`.

        ``task_status.started(port)`` is called once connections are accepted.

        Raises:
            ConfigurationError: The address cannot be listened on.
        """
        listener = _bind(self._host, self.port)
        address = listener.getsockname()
        self.port = address[1]
        is_loopback = _is_loopback(address[0])
        app = build_app(self._sources, needs_token=not is_loopback)
        if is_loopback:  # a web page in a browser on this host must not reach it under a name of the page's own
            app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL_NAMES, self._host])
        server = _Server(_uvicorn_config(app), lambda: task_status.started(self.port))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_serve, server, listener)
            try:
                await anyio.sleep_forever()
            finally:
                server.should_exit = True


async def _serve(server: _Server, listener: socket.socket) -> None:
    """Serve shielded from cancellation, which would cut answers off; ``should_exit`` ends it within a limit."""
    with anyio.CancelScope(shield=True), listener:
        await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that leaves signals alone and says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()


def _uvicorn_config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # longer than Prometheus' usual interval, so that scrapes share a connection
        timeout_graceful_shutdown=STOP_LIMIT,
    )


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"HTTP cannot listen on {host} port {port}: {error.strerror}. Set http.host and http.port to an address of "
            "this machine and a free port; port 0 takes any."
        ) from error


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback
