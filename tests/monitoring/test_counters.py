"""What the counters guarantee while workers and daemons come and go."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.witnesses import workers
from tests.house import finish, until

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

Counts = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def counts(daemon: Daemon) -> Counts:
    """Return every series that only grows."""
    families = text_string_to_metric_families((await daemon.http("/metrics")).text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        if family.type in ("counter", "histogram")
        for sample in family.samples
    }


def total(counted: Counts, name: str, **labels: str) -> float:
    """Return the sum of a counter's series with these labels."""
    return sum(value for (found, of), value in counted.items() if found == name and labels.items() <= dict(of).items())


async def test_no_counter_falls_when_a_worker_is_replaced(house: House) -> None:
    """What is counted is counted in the daemon: a worker that is killed takes nothing of it along."""
    async with house.daemon() as daemon:
        await daemon.link("one", "491700000001")
        await daemon.link("two", "491700000002")
        await daemon.send("one", "+491700000002", "hello")
        before = await counts(daemon)

        async def strike() -> None:
            for pid in workers(house):
                os.kill(pid, signal.SIGKILL)

        await daemon.until_state("one", "connected", after=strike)
        await daemon.until_state("two", "connected")
        after = await counts(daemon)
    assert after.keys() == before.keys()
    assert [key for key, value in before.items() if after[key] < value] == []
    assert total(after, "wad_worker_restarts_total", reason="crashed") == 1
    assert total(after, "wad_messages_total", direction="sent") == 1


async def test_the_delay_of_events_counts_only_while_somebody_watches(house: House) -> None:
    """What nobody watched has no delay, and neither has what a watcher catches up with."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("one", "491700000001"))[-1].user.jid
        assert total(await counts(daemon), "wad_event_delivery_lag_seconds_count") == 0
        seen = await daemon.until_state("one", "reconnecting", after=lambda: house.emulator.drop(jid))
        delivered = total(await counts(daemon), "wad_event_delivery_lag_seconds_count")
        assert delivered >= len(seen) > 0


async def test_a_daemon_that_adopts_sessions_counts_from_zero_and_nothing_twice(house: House) -> None:
    """What its predecessor counted is not counted again: Prometheus adds up over the restart by itself."""
    async with house.daemon() as daemon:
        await daemon.link("one", "491700000001")
        await daemon.link("two", "491700000002")
        await daemon.send("one", "+491700000002", "hello")
        before = await counts(daemon)
        await finish(daemon.process, signal.SIGUSR2)
    async with house.daemon() as successor:
        first = await counts(successor)
        assert first.keys() == before.keys()
        assert total(first, "wad_worker_adoptions_total", outcome="adopted") == 1
        assert total(first, "wad_messages_total") == 0
        assert total(first, "wad_session_reconnects_total") == 0
        assert total(first, "wad_session_pairing_attempts_total") == 0
        await successor.send("one", "+491700000002", "hello again")

        async def counted() -> bool:
            return total(await counts(successor), "wad_messages_total") == 2

        await until(counted, "the message is counted once when it is sent and once when it is received")
        second = await counts(successor)
    assert [key for key, value in first.items() if second[key] < value] == []
