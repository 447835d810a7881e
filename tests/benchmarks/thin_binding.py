"""wad's engine alone: its binding and its store settings, all sessions in this process, no daemon and no isolation."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.bare import Event, Reporter, Setting
from wad.wire.settings import CustomUpstream, WorkerSettings
from wad.worker.engine import Engine
from wad.worker.engine_log import EngineLog
from wad.worker.logfile import LogFile
from wad.worker.reports import EngineEvent, QrShown

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad.worker.reports import LibraryReport

_PAIRED, _CONNECTED = 2, 3  # as neonize numbers its events


class ThinClients:
    """Clients of the engine.

    Args:
        setting: Where stores and the emulator are.
        reporter: Who is told what happens.
    """

    def __init__(self, setting: Setting, reporter: Reporter) -> None:
        log = Path(setting.directory) / "engine.log"
        upstream = CustomUpstream(setting.proxy_url, setting.ca_file, setting.noise_root_key)
        settings = WorkerSettings(sessions_dir=setting.directory, log_file=str(log), upstream=upstream)
        self._engine = Engine(settings, EngineLog(LogFile(log)))
        self._setting = setting
        self._reporter = reporter
        self._running: list[asyncio.Future[str]] = []

    async def start(self, name: str) -> None:
        """Start a client."""
        returned = await self._engine.start(name, self._setting.store(name), self._inbox(name))
        returned.add_done_callback(lambda _: self._reporter.tell(Event.ENDED, name))
        self._running.append(returned)

    def _inbox(self, name: str) -> Callable[[LibraryReport], None]:
        def take(report: LibraryReport) -> None:
            match report:
                case QrShown(code):
                    self._reporter.tell(Event.QR, name, code)
                case EngineEvent(kind=kind) if kind == _PAIRED:
                    self._reporter.tell(Event.PAIRED, name)
                case EngineEvent(kind=kind) if kind == _CONNECTED:
                    self._reporter.tell(Event.CONNECTED, name)
                case _:
                    return

        return take


async def main() -> None:
    """Start the clients that the standard input names, until it ends."""
    reporter, setting = Reporter(), Setting.read()
    clients = ThinClients(setting, reporter)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    reporter.tell(Event.READY)
    async with asyncio.TaskGroup() as starts:
        async for line in reader:
            starts.create_task(clients.start(line.decode().strip()))
    os._exit(0)  # the library's threads would keep a normal exit waiting for ever


if __name__ == "__main__":
    asyncio.run(main())
