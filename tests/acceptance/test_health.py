"""The daemon's health over HTTP and over gRPC."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.house import PATIENCE
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from tests.house import House

pytestmark = pytest.mark.anyio

ADA = "491700000001"


def wad(*arguments: str) -> str:
    """Run a command of wad's as an operator does; return what it prints."""
    command = [str(Path(sys.executable).parent / "wad"), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


async def test_details_are_told_to_a_network_for_a_token_of_all_sessions(house: House) -> None:
    """Off loopback a viewer's token opens the detailed health, and no token, a revoked or a narrow one does not."""
    house.settings["http"]["host"] = "0.0.0.0"  # noqa: S104 - that is the case
    config = ("--config", str(house.write_config()))
    create = ("token", "create", "grafana", "--role", "viewer", *config)
    wide, narrow = wad(*create), wad(*create, "-s", "shop-*")
    async with house.daemon() as daemon, httpx.AsyncClient(timeout=PATIENCE) as client:
        await daemon.link("ada", ADA)
        url = f"http://127.0.0.1:{house.settings['http']['port']}/health/detailed"

        async def status(token: str) -> int:
            return (await client.get(url, headers={"authorization": f"Bearer {token}"})).status_code

        assert (await client.get(url)).status_code == 401
        assert (await status(narrow), await status(wide + "x"), await status(wide)) == (403, 401, 200)
        told = (await client.get(url, headers={"authorization": f"Bearer {wide}"})).json()
        assert [session.keys() for session in told["sessions"]] == [
            {"sessionId", "status", "ageMinutes", "idleMinutes"}
        ]
        wad("token", "revoke", wide.split("_")[1], *config)
        assert await status(wide) == 401


async def test_http_and_grpc_name_the_same_checks(house: House) -> None:
    """What GetHealth lists is what the two probes list, and what the metrics show besides."""
    async with house.daemon() as daemon:
        health = (await daemon.admin.GetHealth(admin_pb2.GetHealthRequest(), timeout=PATIENCE)).checks
        answers = [(await daemon.http(f"{path}?verbose")).text for path in ("/livez", "/readyz")]
        metrics = (await daemon.http("/metrics")).text
    probed = {line.removeprefix("[+]").removesuffix(" ok") for text in answers for line in text.split("\n")[:-2]}
    names = {check.name for check in health}
    assert {"event-loop", "serving", "workers"} == probed < names
    assert {name for name in names if f'wad_health_check_status{{check="{name}"}} 1.0' in metrics} == names
