"""``make monitoring-up``: a daemon at work beside the emulator, watched by Prometheus, Alertmanager and Grafana.

Grafana runs where it is installed; it is not among Debian's packages. Ctrl-C ends and removes everything.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from tests.house import Emulated, House, free_port, reap
from tests.monitoring.stack import Stack, missing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.house import Daemon

PHONES = ("491700000001", "491700000002", "491700000003")


async def show(directory: Path) -> None:
    """Run everything until somebody interrupts it."""
    async with (
        Emulated.running(directory) as emulated,
        House.of(emulated, directory) as house,
        house.daemon() as daemon,
    ):
        target = f"127.0.0.1:{house.settings['http']['port']}"
        stack = Stack(directory / "stack", [target], interval=5)
        async with (
            stack.running(),
            _grafana(directory / "grafana", stack) as grafana,
            anyio.create_task_group() as tasks,
        ):
            for phone in PHONES:
                await daemon.link(f"demo-{phone}", phone)
            tasks.start_soon(_keep_busy, daemon)
            _say(
                f"daemon        http://{target}/metrics",
                f"wadctl        {sys.prefix}/bin/wadctl --address unix:{house.run}/wad.sock alerts",
                f"Prometheus    http://{stack.prometheus}/alerts",
                f"Alertmanager  http://{stack.alertmanager}",
                f"Grafana       {grafana}",
                "Ctrl-C ends it.",
            )
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                async for _ in signals:
                    break
            tasks.cancel_scope.cancel()


async def _keep_busy(daemon: Daemon) -> None:
    """Have the sessions write to each other, so that there is something to see."""
    while True:
        for sender, friend in zip(PHONES, PHONES[1:] + PHONES[:1], strict=True):
            await daemon.send(f"demo-{sender}", f"+{friend}", "Hello.")
            await anyio.sleep(2)


@asynccontextmanager
async def _grafana(directory: Path, stack: Stack) -> AsyncGenerator[str]:
    """Run Grafana with the dashboards, where it is installed; its address, or why there is none."""
    command = next(filter(None, map(shutil.which, ("grafana-server", "grafana"))), None)
    if command is None:
        yield "is not installed; the dashboards are below wad/monitoring/dashboards"
        return
    port, dashboards = free_port(), stack.directory / "rules" / "dashboards"
    for kind, content in (
        ("datasources", {"datasources": [{"name": "wad", "type": "prometheus", "url": f"http://{stack.prometheus}"}]}),
        ("dashboards", {"providers": [{"name": "wad", "options": {"path": str(dashboards)}}]}),
    ):
        (directory / "provisioning" / kind).mkdir(parents=True)
        (directory / "provisioning" / kind / "wad.yaml").write_text(json.dumps({"apiVersion": 1, **content}))
    settings = {
        "GF_PATHS_DATA": str(directory),
        "GF_PATHS_PROVISIONING": str(directory / "provisioning"),
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(port),
        "GF_AUTH_ANONYMOUS_ENABLED": "true",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    }
    home = os.environ.get("GF_PATHS_HOME", "/usr/share/grafana")
    server = [command, *(["server"] if command.endswith("grafana") else []), "--homepath", home]
    with (directory / "grafana.log").open("ab") as output:
        process = await anyio.open_process(
            server, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ, **settings}
        )
    try:
        yield f"http://127.0.0.1:{port}/d/wad-overview"
    finally:
        await reap(process)


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run it."""
    if absent := missing():
        raise SystemExit(
            f"{', '.join(absent)}: not here. On Debian and Ubuntu:\n"
            "  apt-get install --no-install-recommends prometheus prometheus-alertmanager\n"
            "  systemctl disable --now prometheus prometheus-alertmanager    # wad starts its own"
        )
    with tempfile.TemporaryDirectory(prefix="wad-monitoring-") as directory, suppress(ProcessLookupError):
        anyio.run(show, Path(directory))


if __name__ == "__main__":
    main()
