"""What the watch for alerts guarantees."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from math import inf, isnan
from typing import TYPE_CHECKING

import anyio
import pytest
from structlog.testing import capture_logs

from wad.daemon.clock import FakeClock
from wad.domain.alerts import WATCHED, Alert, AlertState, Thresholds
from wad.domain.records import AlertEvent
from wad.managers.alerts import AlertTerms, AlertWatch
from wad.managers.hub import EventHub

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from wad.domain.records import WatchEvent

pytestmark = pytest.mark.anyio

LOTS = 2e9


class Scene:
    """A watch, what it measures, and what it shows."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.values: dict[Alert, float | None] = {Alert.MEMORY_HIGH: 1.0}
        self.looks = 0
        self.shown: dict[Alert, AlertState] = {}
        self.thresholds = Thresholds()
        self.told: list[WatchEvent] = []
        self.hub = EventHub(sinks=(self,))
        self.watch = AlertWatch(self._measure, self.clock, AlertTerms(), sink=self, events=self.hub)

    def _measure(self) -> dict[Alert, float | None]:
        self.looks += 1
        return self.values

    def show(self, states: Sequence[AlertState], thresholds: Thresholds) -> None:
        """Take what is shown."""
        self.shown = {state.alert: state for state in states}
        self.thresholds = thresholds

    def publish(self, event: WatchEvent) -> None:
        """Take what watchers are told."""
        self.told.append(event)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run the watch."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.watch.run)
            await self.clock.advance(0)
            yield
            tasks.cancel_scope.cancel()


async def test_the_daemon_looks_at_its_start_and_every_five_minutes() -> None:
    """A day has 288 looks, besides the first."""
    scene = Scene()
    async with scene.running():
        assert scene.looks == 1
        await scene.clock.advance(86400)
        assert scene.looks == 289


async def test_an_alert_is_told_once_when_it_is_raised_and_once_when_it_is_resolved() -> None:
    """The log has both with the value and the threshold, however long the alert lasts."""
    scene = Scene()
    with capture_logs() as logs:
        async with scene.running():
            scene.values[Alert.MEMORY_HIGH] = LOTS
            await scene.clock.advance(3600)
            assert scene.shown[Alert.MEMORY_HIGH].active
            scene.values[Alert.MEMORY_HIGH] = 1.0
            await scene.clock.advance(3600)
            assert not scene.shown[Alert.MEMORY_HIGH].active
    told = [(entry["event"], entry["log_level"], entry["alert"], entry["value"]) for entry in logs]
    assert told == [
        ("alert.raised", "warning", "WadMemoryHigh", LOTS),
        ("alert.resolved", "info", "WadMemoryHigh", 1.0),
    ]


async def test_watchers_are_told_once_when_an_alert_is_raised_and_once_when_it_is_resolved() -> None:
    """Each has the next number in the log of events, the time of the look, and the alert as it is from then on."""
    scene = Scene()
    async with scene.running():
        scene.values[Alert.MEMORY_HIGH] = LOTS
        await scene.clock.advance(3600)
        scene.values[Alert.MEMORY_HIGH] = 1.0
        await scene.clock.advance(3600)
    raised, resolved = (event for event in scene.told if isinstance(event, AlertEvent))
    assert (raised.state.alert, raised.state.active, raised.state.value) == (Alert.MEMORY_HIGH, True, LOTS)
    assert (resolved.state.alert, resolved.state.active, resolved.state.value) == (Alert.MEMORY_HIGH, False, 1.0)
    assert all(event.at == event.state.changed_at for event in (raised, resolved))
    assert scene.hub.last == 2


async def test_every_alert_is_shown_before_the_first_look() -> None:
    """The board and the metrics have all that the daemon looks for, quiet, with their thresholds."""
    scene = Scene()
    board = scene.watch.board()
    assert [state.alert for state in board.states] == list(WATCHED)
    assert not any(state.active or isnan(state.threshold) for state in board.states)
    assert board.looked_at is None
    assert scene.shown.keys() == set(WATCHED)


async def test_other_thresholds_hold_at_once() -> None:
    """Nobody waits for the next look to see whether the new threshold is enough."""
    scene = Scene()
    async with scene.running():
        scene.watch.set_terms(AlertTerms(thresholds=replace(Thresholds(), memory=0.5)))
        assert scene.thresholds.memory == 0.5
        await scene.clock.advance(0)
        assert scene.shown[Alert.MEMORY_HIGH].active
        scene.watch.set_terms(AlertTerms(thresholds=replace(Thresholds(), memory=0)))
        await scene.clock.advance(0)
        assert not scene.shown[Alert.MEMORY_HIGH].active


async def test_who_asks_sees_what_is_measured_now_and_raises_nothing() -> None:
    """Between two looks the values are those of this moment, while what is raised is as the latest look left it."""
    scene = Scene()
    async with scene.running():
        scene.values[Alert.MEMORY_HIGH] = LOTS
        board = scene.watch.measured()
        (memory,) = (state for state in board.states if state.alert is Alert.MEMORY_HIGH)
        assert (memory.value, memory.active) == (LOTS, False)
        assert scene.told == []
        assert scene.shown[Alert.MEMORY_HIGH].value == 1.0
        await scene.clock.advance(300)
        assert scene.shown[Alert.MEMORY_HIGH].active


async def test_without_an_interval_nobody_looks() -> None:
    """An interval of 0 ends the looks; another one begins them again."""
    scene = Scene()
    scene.watch.set_terms(AlertTerms(interval=0))
    async with scene.running():
        await scene.clock.advance(86400)
        assert scene.looks == 0
        scene.watch.set_terms(AlertTerms(interval=60))
        await scene.clock.advance(60)
        assert scene.looks == 2


async def test_the_log_has_numbers_that_json_has() -> None:
    """A line that says Infinity could not be read by those who read logs."""
    scene = Scene()
    scene.values[Alert.TIMER_LEAK] = inf
    with capture_logs() as logs:
        scene.watch.look()
        scene.watch.set_terms(AlertTerms(thresholds=replace(Thresholds(), qr_timers_per_session=0)))
        scene.watch.look()
    assert [(entry["event"], entry["value"], entry["threshold"]) for entry in logs] == [
        ("alert.raised", None, 2),
        ("alert.resolved", None, None),
    ]
