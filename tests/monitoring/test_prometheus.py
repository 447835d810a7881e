"""What somebody sees who watches a daemon with a real Prometheus."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio
import grpc.aio
import pytest

from tests.house import until
from tests.monitoring.boards import panels, queries, with_panels
from tests.monitoring.stack import PROMTOOL, Stack, Webhook, missing
from wad.emulator.faults import RefuseLogin
from wad.v1 import admin_pb2, event_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.house import Daemon, House

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(bool(missing()), reason="prometheus or alertmanager is not installed"),
]

WINDOW = "1m"
"""Over which rates are taken."""

PHONES = ("491700000001", "491700000002")


@pytest.fixture
async def watched(house: House, tmp_path: Path) -> AsyncGenerator[tuple[Daemon, Stack, Webhook]]:
    """Run a daemon at work, a Prometheus that scrapes it every second, and an Alertmanager that tells a webhook."""
    house.settings["sessions"] = {"reconnecting": "3s", "connecting": "5s", "backoff_cap": "1s"}
    port = house.settings["http"]["port"]
    with Webhook() as webhook:
        stack = Stack(tmp_path / "stack", [f"127.0.0.1:{port}"], webhook, interval=1, hasty=True)
        async with house.daemon() as daemon, stack.running(), anyio.create_task_group() as tasks:
            tasks.start_soon(_watch, daemon)
            await until(lambda: _is_scraped(stack), "Prometheus has seen the daemon")  # a rate needs what was before
            yield daemon, stack, webhook
            tasks.cancel_scope.cancel()


async def _is_scraped(stack: Stack) -> bool:
    return bool(await stack.query("wad_build_info"))


async def _watch(daemon: Daemon) -> None:
    with suppress(grpc.aio.AioRpcError):  # the daemon goes down
        async for _ in daemon.events.WatchEvents(event_pb2.WatchEventsRequest()):
            pass


async def test_every_query_of_every_dashboard_has_data(watched: tuple[Daemon, Stack, Webhook]) -> None:
    """A daemon at work leaves no panel empty."""
    daemon, stack, _ = watched
    for phone in PHONES:
        await daemon.link(f"s{phone}", phone)
    await daemon.link("gone", PHONES[0])
    await daemon.remove("gone", session_pb2.REMOVAL_REASON_MANUAL)
    await daemon.send(f"s{PHONES[0]}", f"+{PHONES[1]}", "hello")
    await daemon.list()
    for query in queries(WINDOW):

        async def has_data(expression: str = query.expression) -> bool:
            return bool(await stack.query(expression))

        await until(has_data, f"{query.dashboard}, {query.panel} has data: {query.expression}")
    if page := os.environ.get("WRITE_PANELS"):
        await anyio.Path(page).write_text(with_panels(await anyio.Path(page).read_text(), await panels(stack)))


async def test_a_fault_is_told_to_people_and_so_is_its_end(
    watched: tuple[Daemon, Stack, Webhook], house: House
) -> None:
    """Alertmanager's webhook hears of sessions without a connection, and later that they are back."""
    daemon, _, webhook = watched
    jids = [(await daemon.link(f"s{phone}", phone))[-1].user.jid for phone in PHONES]
    assert not webhook.statuses("WadSessionsDegraded")
    await house.emulator.add_fault(RefuseLogin(target=jids[0], reason=503))
    await house.emulator.drop(jids[0])
    await until(lambda: webhook.statuses("WadSessionsDegraded") == ["firing"], "the alert has been told")
    await house.emulator.clear_faults()
    await until(lambda: webhook.statuses("WadSessionsDegraded") == ["firing", "resolved"], "its end has been told")
    told = next(entry for entry in webhook.told if entry["labels"]["alertname"] == "WadSessionsDegraded")
    assert told["annotations"]["runbook_url"] == "docs/runbooks/WadSessionsDegraded.md"


async def test_a_daemon_that_is_gone_is_told(watched: tuple[Daemon, Stack, Webhook]) -> None:
    """Nobody asks a daemon that is down whether it is down."""
    daemon, _, webhook = watched
    daemon.process.terminate()
    await until(lambda: webhook.statuses("WadDown") == ["firing"], "the alert has been told")


async def test_a_threshold_that_is_changed_live_holds_for_rules_and_daemon_alike(
    watched: tuple[Daemon, Stack, Webhook],
) -> None:
    """The rules compare with what the daemon publishes, so nobody edits them."""
    daemon, _, webhook = watched
    for value, statuses, active in (("1MiB", ["firing"], True), ("1000GiB", ["firing", "resolved"], False)):
        request = admin_pb2.UpdateConfigRequest()
        request.config.update({"alerts": {"memory": value}})
        request.update_mask.paths.append("alerts.memory")
        await daemon.admin.UpdateConfig(request)
        await until(
            lambda wanted=statuses: webhook.statuses("WadMemoryHigh") == wanted, f"the webhook heard {statuses}"
        )
        alerts = (await daemon.admin.ListAlerts(admin_pb2.ListAlertsRequest())).alerts
        assert [alert.active for alert in alerts if alert.name == "WadMemoryHigh"] == [active]


async def test_prometheus_finds_nothing_to_say_against_the_metrics(house: House) -> None:
    """``promtool check metrics`` is content with a daemon that has worked."""
    async with house.daemon() as daemon:
        await daemon.link("one", PHONES[0])
        exposition = (await daemon.http("/metrics")).text
    checked = subprocess.run(  # noqa: ASYNC221 - nothing else is under way
        [*PROMTOOL, "check", "metrics"], input=exposition, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
