"""The two baselines: one process without supervision, which holds all the sessions."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
from anyio.streams.buffered import BufferedByteReceiveStream

from tests.benchmarks import processes
from tests.benchmarks.arrivals import Arrivals
from tests.benchmarks.bare import Event, Report, Setting
from tests.benchmarks.contenders import QUIET, Name
from tests.house import PATIENCE, reap

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from anyio.abc import ByteSendStream

    from wad.emulator.client import EmulatorClient

MODULES = {Name.FULL: "tests.benchmarks.full_client", Name.THIN: "tests.benchmarks.thin_binding"}

_LONGEST_LINE = 1 << 16
_LAST_WORDS = ("fatal error:", "panic:", "SIG")  # with which the library begins to say why it ends the process


@dataclass
class Baseline:
    """A baseline with its stores.

    Args:
        module: What its process runs.
        directory: Where its stores are.
        emulator: Whom it talks to.
    """

    module: str
    directory: Path
    emulator: EmulatorClient
    mark: str = field(default_factory=processes.new_mark)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[BareProcess]:
        """Run its process, once it has loaded what it needs."""
        announcement = self.emulator.announcement
        setting = Setting(
            str(self.directory), announcement.proxy_url, announcement.ca_file, announcement.noise_root_key
        )
        environment = {**os.environ, "SSL_CERT_FILE": announcement.ca_file, processes.MARK: self.mark}
        spawned = time.perf_counter()
        log = self.directory / "stderr.log"
        with log.open("ab") as errors:
            process = await anyio.open_process(
                [sys.executable, "-m", self.module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
            )
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            await process.stdin.send(setting.line())
            bare = BareProcess(self.emulator, process.stdin, BufferedByteReceiveStream(process.stdout), spawned)
            with anyio.fail_after(PATIENCE):
                assert (await bare.report()).event is Event.READY
            yield bare
            if process.returncode is not None:
                _tell_end(self.module, process.returncode, log)
        finally:
            await reap(process)


def _tell_end(module: str, code: int, log: Path) -> None:
    words = [line for line in log.read_text("utf-8", "replace").splitlines() if line.startswith(_LAST_WORDS)]
    sys.stderr.write(f"{module} ended by itself ({code}): {'; '.join(words[:1]) or 'it said nothing'}\n")


@dataclass
class BareProcess:
    """The process of a baseline, able to start clients."""

    emulator: EmulatorClient
    commands: ByteSendStream
    reports: BufferedByteReceiveStream
    spawned: float

    async def link(self, sessions: Mapping[str, str]) -> Arrivals:
        """Link sessions at once."""
        return await self._start(sessions, Arrivals(sessions), sessions)

    async def restore(self, sessions: Mapping[str, str]) -> Arrivals:
        """Connect sessions with what is in their stores."""
        return await self._start(sessions, Arrivals(sessions, self.spawned), {})

    async def report(self) -> Report:
        """Return the next report."""
        return Report.parse(await self.reports.receive_until(b"\n", _LONGEST_LINE))

    async def _start(self, sessions: Mapping[str, str], arrivals: Arrivals, phones: Mapping[str, str]) -> Arrivals:
        await self.commands.send("".join(f"{name}\n" for name in sessions).encode())
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._follow, phones, arrivals)
            await arrivals.settle(QUIET)
            tasks.cancel_scope.cancel()
        return arrivals

    async def _follow(self, phones: Mapping[str, str], arrivals: Arrivals) -> None:
        unscanned = dict(phones)
        async with anyio.create_task_group() as scans:
            while True:
                try:
                    report = await self.report()
                except (anyio.EndOfStream, anyio.IncompleteRead):
                    arrivals.give_up()  # the library has aborted the process
                    return
                arrivals.stir()
                if report.event is Event.CONNECTED:
                    arrivals.arrive(report.client)
                elif report.event is Event.QR and (phone := unscanned.pop(report.client, "")):
                    scans.start_soon(self.emulator.scan, report.data, phone)
