"""A real Prometheus and a real Alertmanager on loopback, and somebody who is told of the alerts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import anyio
import httpx

from tests.house import PATIENCE, free_port, reap, until
from wad import monitoring

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from pathlib import Path

    from anyio.abc import Process

COMMANDS = ("prometheus", "promtool", "prometheus-alertmanager")
"""What Debian's packages prometheus and prometheus-alertmanager install."""

PROMTOOL = (shutil.which("promtool") or "promtool",)


def missing() -> list[str]:
    """Return the commands that are not here."""
    return [command for command in COMMANDS if shutil.which(command) is None]


class Webhook(ThreadingHTTPServer):
    """Takes what Alertmanager sends.

    Attributes:
        told: Every alert of every notification, as Alertmanager's webhook has it, in order.
    """

    daemon_threads = True

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), _Taker)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def statuses(self, alert: str) -> list[str]:
        """Return what was told of an alert, each status once for each time that it changed."""
        found = [entry["status"] for entry in self.told if entry["labels"]["alertname"] == alert]
        return [status for place, status in enumerate(found) if not place or found[place - 1] != status]


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if isinstance(self.server, Webhook):
            self.server.told += body["alerts"]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@dataclass
class Stack:
    """The two as processes.

    Attributes:
        directory: Their files; ``rules`` has what ``wad monitoring export`` wrote.
        targets: Daemons to scrape, host and port.
        webhook: Where alerts are sent; None for nowhere.
        interval: Seconds between two scrapes, and between two looks at the rules.
        hasty: Alerts fire as soon as a rule holds, instead of when it has held for the time that it says.
    """

    directory: Path
    targets: Sequence[str]
    webhook: Webhook | None = None
    interval: int = 15
    hasty: bool = False
    prometheus: str = field(default_factory=lambda: f"127.0.0.1:{free_port()}")
    alertmanager: str = field(default_factory=lambda: f"127.0.0.1:{free_port()}")

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run both, ready to be asked."""
        self._write()
        here = self.directory
        async with (
            _process(
                here / "alertmanager.log",
                "prometheus-alertmanager",
                f"--config.file={here / 'alertmanager.yml'}",
                f"--storage.path={here / 'alertmanager'}",
                f"--web.listen-address={self.alertmanager}",
                "--cluster.listen-address=",
            ) as manager,
            _process(
                here / "prometheus.log",
                "prometheus",
                f"--config.file={here / 'prometheus.yml'}",
                f"--storage.tsdb.path={here / 'prometheus'}",
                f"--web.listen-address={self.prometheus}",
            ) as prometheus,
        ):
            for process, address in ((manager, self.alertmanager), (prometheus, self.prometheus)):
                await until(lambda p=process, a=address: _answers(p, f"http://{a}/-/ready"), f"{address} is ready")
            yield

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series that an expression has now.

        Raises:
            AssertionError: Prometheus refused it.
        """
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            response = await client.get(f"http://{self.prometheus}/api/v1/query", params={"query": expression})
        answer = response.json()
        assert answer["status"] == "success", (expression, answer)
        result = answer["data"]["result"]
        return [{"metric": {}, "value": result}] if answer["data"]["resultType"] == "scalar" else result

    def _write(self) -> None:
        for name in ("prometheus", "alertmanager"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        rules = monitoring.export(self.directory / "rules")[0]
        if self.hasty:
            rules.write_text(re.sub(r"for: \d+m", "for: 0s", rules.read_text()))
        receiver: dict[str, Any] = {"name": "people"}
        if self.webhook is not None:
            url = f"http://127.0.0.1:{self.webhook.server_port}/"
            receiver["webhook_configs"] = [{"url": url, "send_resolved": True}]
        waits = {"group_wait": "1s", "group_interval": "1s"} if self.hasty else {}
        _write(
            self.directory / "alertmanager.yml",
            {"route": {"receiver": "people", "group_by": ["alertname"], **waits}, "receivers": [receiver]},
        )
        every = f"{self.interval}s"
        _write(
            self.directory / "prometheus.yml",
            {
                "global": {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every},
                "rule_files": [str(rules)],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [self.alertmanager]}]}]},
                "scrape_configs": [{"job_name": "wad", "static_configs": [{"targets": list(self.targets)}]}],
            },
        )


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a configuration: JSON is YAML, too."""
    path.write_text(json.dumps(content, indent=2))


async def _answers(process: Process, url: str) -> bool:
    assert process.returncode is None, f"ended with {process.returncode}; its log says why"
    try:
        async with httpx.AsyncClient() as client:
            return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


@asynccontextmanager
async def _process(log: Path, *command: str) -> AsyncGenerator[Process]:
    with log.open("ab") as output:
        process = await anyio.open_process(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield process
        if process.returncode is None:  # else Ctrl-C has reached it, too
            process.terminate()
        with anyio.fail_after(PATIENCE):
            await process.wait()
    finally:
        await reap(process)
