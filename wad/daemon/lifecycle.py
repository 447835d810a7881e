"""The daemon's life: start in order, serve, stop in order."""

from __future__ import annotations

import os
import signal
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import anyio
import structlog

from wad.daemon import service_manager
from wad.daemon.wiring import furnished

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wad.daemon.config import Config, LiveConfig
    from wad.daemon.wiring import Parts
    from wad.observability.health import HealthChecks

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

STATUS_INTERVAL: Final = 5.0
"""Seconds between two status lines for the service manager."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR2, signal.SIGHUP, signal.SIGQUIT)


async def run_daemon(live: LiveConfig) -> None:
    """Run the daemon until SIGTERM or SIGINT; then close every client, keep every file, and return.

    On SIGUSR2 it returns too, but leaves its workers running with their connections, for the daemon that comes next.
    On SIGHUP it reads its configuration again, and goes on; when that says that its terminal was closed, it ends.
    On SIGQUIT it writes into its log what it is doing, and goes on. Whatever else ends it leaves its workers running.

    Raises:
        ConfigurationError: It cannot run as it is configured.
        EngineIncompatible: The engine cannot be used on this machine.
        StorageError: The state directory cannot be used.
    """
    config, attended = live.present, os.isatty(0)
    _log.info(
        "daemon.starting",
        version=version("wad"),
        config_file=None if live.file is None else str(live.file.absolute()),
        state_dir=str(config.daemon.state_dir),
    )
    if config.engine.custom_upstream:
        _log.warning(
            "daemon.custom_upstream",
            message="This daemon does NOT talk to WhatsApp: its sessions go to the server behind engine.proxy_url.",
        )
    with anyio.open_signal_receiver(*_SIGNALS) as signals:
        async with furnished(live) as parts, anyio.create_task_group() as tasks:
            await parts.tokens.load()
            await tasks.start(parts.http.run)  # it can be asked from the beginning whether the rest is there yet
            tasks.start_soon(parts.inbox.run)
            await tasks.start(parts.manager.run)
            await parts.manager.adopt()  # before anybody can ask for a session whose client runs already
            await tasks.start(parts.rpc.run)
            tasks.start_soon(parts.metrics.watch_loop, parts.clock)
            await tasks.start(parts.manager.restore)
            tasks.start_soon(parts.sweeper.run)
            tasks.start_soon(parts.alerts.run)
            tasks.start_soon(parts.drain.run, partial(_drain, parts))
            tasks.start_soon(_keep_service_manager_informed, parts)
            tasks.start_soon(_prove_life, parts.reporter.live)
            parts.reporter.set_serving(True)
            _announce(config, parts)
            async for number in signals:
                if number == signal.SIGHUP and not (attended and _terminal_is_gone()):
                    await _reload(live)
                    continue
                if number == signal.SIGQUIT:
                    _dump(parts)
                    continue
                detach = number == signal.SIGUSR2
                _log.info("daemon.stopping", signal=signal.Signals(number).name, leaves_workers=detach)
                await _stop(live, parts, parts.manager.detach if detach else parts.manager.shutdown)
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


def _terminal_is_gone() -> bool:
    """Return True when the terminal has been closed, which a process of it is told by SIGHUP, too."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        return True
    return False


async def _reload(live: LiveConfig) -> None:
    service_manager.reloading()
    try:
        await live.reload()
    except Exception:  # noqa: BLE001 - a defect in reading a file must not end sessions that are connected
        _log.exception("config.defect")
    service_manager.ready()


def _dump(parts: Parts) -> None:
    try:
        parts.debugger.dump()
    except Exception:  # noqa: BLE001 - whoever looks for one defect must not be answered with another
        _log.exception("debug.defect")


async def _stop(live: LiveConfig, parts: Parts, end_sessions: Callable[[], Awaitable[None]]) -> None:
    """Take no more work, end the streams, close the sessions; what hangs is left to the engine's own stop limit."""
    service_manager.stopping()
    parts.reporter.set_serving(False)
    await parts.rpc.drain(stops=True)
    seconds = live.present.daemon.stop_timeout
    with anyio.move_on_after(seconds) as scope:
        await end_sessions()
        await parts.inbox.flush()
    if scope.cancelled_caught:
        _log.error("daemon.stop_timed_out", seconds=seconds)


async def _drain(parts: Parts) -> None:
    """Take no more work, and end the streams; health says so first, for those who send work elsewhere then."""
    parts.reporter.drain(parts.drain.asked_by, parts.drain.asked_at)
    await parts.rpc.drain(stops=False)


async def _keep_service_manager_informed(parts: Parts) -> None:
    while True:
        service_manager.status(parts.reporter.summary())
        await anyio.sleep(STATUS_INTERVAL)


async def _prove_life(live: HealthChecks) -> None:
    """Keep the service manager's watchdog quiet for as long as this event loop turns and every check passes."""
    interval = service_manager.watchdog_interval()
    while interval is not None:
        failed = [result for result in await live.run() if not result.ok]
        if failed:
            _log.error("daemon.not_live", checks={result.name: result.reason for result in failed})
        else:
            service_manager.alive()
        await anyio.sleep(interval)
