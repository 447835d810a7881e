"""The daemon's life: start in order, serve, stop in order."""

from __future__ import annotations

import signal
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import anyio
import structlog

from wad.daemon import service_manager
from wad.daemon.wiring import furnished

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wad.daemon.config import Config
    from wad.daemon.wiring import Parts

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

STATUS_INTERVAL: Final = 5.0
"""Seconds between two status lines for the service manager."""


async def run_daemon(config: Config) -> None:
    """Run the daemon until SIGTERM or SIGINT; then close every client, keep every file, and return.

    On SIGUSR2 it returns too, but leaves its workers running with their connections, for the daemon that comes next.

    Raises:
        ConfigurationError: It cannot run as it is configured.
        EngineIncompatible: The engine cannot be used on this machine.
        StorageError: The state directory cannot be used.
    """
    _log.info("daemon.starting", version=version("wad"), state_dir=str(config.daemon.state_dir))
    if config.engine.custom_upstream:
        _log.warning(
            "daemon.custom_upstream",
            message="This daemon does NOT talk to WhatsApp: its sessions go to the server behind engine.proxy_url.",
        )
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGUSR2) as signals:
        async with furnished(config) as parts, anyio.create_task_group() as tasks:
            await parts.tokens.load()
            await tasks.start(parts.manager.run)
            await parts.manager.adopt()  # before anybody can ask for a session whose client runs already
            await tasks.start(parts.rpc.run)
            await tasks.start(parts.http.run)
            tasks.start_soon(parts.metrics.watch_loop, parts.clock)
            tasks.start_soon(parts.manager.restore)
            tasks.start_soon(parts.sweeper.run)
            tasks.start_soon(_keep_service_manager_informed, parts)
            parts.reporter.set_serving(True)
            _announce(config, parts)
            async for number in signals:
                detach = number == signal.SIGUSR2
                _log.info("daemon.stopping", signal=signal.Signals(number).name, leaves_workers=detach)
                await _stop(config, parts, parts.manager.detach if detach else parts.manager.shutdown)
                break
            tasks.cancel_scope.cancel()
    _log.info("daemon.stopped")


def _announce(config: Config, parts: Parts) -> None:
    service_manager.ready()
    tcp = parts.rpc.tcp
    _log.info(
        "daemon.ready",
        grpc=f"unix:{config.grpc.unix_socket}",
        tcp=None if tcp is None else str(tcp),
        http=f"http://{config.http.host}:{parts.http.port}",
    )


async def _stop(config: Config, parts: Parts, end_sessions: Callable[[], Awaitable[None]]) -> None:
    """Take no more work, end the streams, close the sessions; what hangs is left to the engine's own stop limit."""
    service_manager.stopping()
    parts.reporter.set_serving(False)
    await parts.rpc.drain()
    with anyio.move_on_after(config.daemon.stop_timeout) as scope:
        await end_sessions()
    if scope.cancelled_caught:
        _log.error("daemon.stop_timed_out", seconds=config.daemon.stop_timeout)


async def _keep_service_manager_informed(parts: Parts) -> None:
    while True:
        service_manager.status(parts.reporter.summary())
        await anyio.sleep(STATUS_INTERVAL)
