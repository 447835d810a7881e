"""The service manager's watchdog: who proves that the daemon lives, and when nobody does."""

from __future__ import annotations

import os

import anyio
import pytest

from wad.daemon import lifecycle, service_manager
from wad.observability.health import Check, HealthChecks

pytestmark = pytest.mark.anyio


class Proofs:
    """Counts the proofs, and lets a test wait for one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.next = anyio.Event()
        monkeypatch.setattr(service_manager, "_notify", self.take)
        monkeypatch.setattr(service_manager, "watchdog_interval", lambda: 0.001)

    def take(self, message: str) -> None:
        """Take what the service manager is told."""
        assert message == "WATCHDOG=1"
        self.count += 1
        self.next.set()

    async def another(self) -> None:
        """Return when there has been one more."""
        self.next = anyio.Event()
        with anyio.fail_after(20):
            await self.next.wait()


async def test_a_daemon_proves_that_it_lives_only_while_its_checks_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a check of liveness fails there is no proof, and the next one comes when it passes again."""
    proofs, failed = Proofs(monkeypatch), anyio.Event()
    reason: str | None = None
    asked = 0

    async def probe() -> str | None:
        nonlocal asked
        if reason is not None:
            asked += 1
            if asked > 3:
                failed.set()
        return reason

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lifecycle._prove_life, HealthChecks([Check("hangs", probe)]))  # pyright: ignore[reportPrivateUsage] - nothing public is as small
        await proofs.another()
        reason = "it hangs"
        count = proofs.count + 1  # a check that passed may be on its way
        with anyio.fail_after(20):
            await failed.wait()
        assert proofs.count <= count
        reason = None
        await proofs.another()
        tasks.cancel_scope.cancel()


async def test_without_a_watchdog_there_are_no_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody waits for them, or waits for those of another process, the loop that makes them ends at once."""
    for given in ({}, {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid() + 1)}):
        for name in ("WATCHDOG_USEC", "WATCHDOG_PID"):
            monkeypatch.delenv(name, raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        with anyio.fail_after(20):
            await lifecycle._prove_life(HealthChecks([]))  # pyright: ignore[reportPrivateUsage] - nothing public is as small


async def test_three_proofs_fit_into_the_time_that_is_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With WatchdogSec=30 a proof comes every ten seconds, so that one that is late ends nothing."""
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert service_manager.watchdog_interval() == 10
