"""When the daemon looks for alerts: at every interval, whatever it is doing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isfinite
from typing import TYPE_CHECKING, Protocol

import anyio
import structlog

from wad.domain.alerts import TERMS, WATCHED, Alert, AlertState, Thresholds, judged, threshold_of
from wad.domain.records import AlertEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wad.ports import Clock, EventSink

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class AlertSink(Protocol):
    """Who shows the alerts."""

    def show(self, states: Sequence[AlertState], thresholds: Thresholds) -> None:
        """Take the alerts as they are now, and the thresholds of all alerts."""
        ...


@dataclass(frozen=True, slots=True)
class AlertTerms:
    """How alerts are looked for.

    Attributes:
        interval: Seconds between two looks; 0 for none.
        hysteresis: The part of its threshold by which a raised alert's value must come back for it to be resolved.
        thresholds: How much is too much.
    """

    interval: float = 5 * 60
    hysteresis: float = 0.1
    thresholds: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, slots=True)
class AlertBoard:
    """The alerts at one moment.

    Attributes:
        states: Each alert that the daemon looks for.
        interval: Seconds between two looks; 0 for none.
        looked_at: When the latest look was, in seconds since the epoch; None before the first.
    """

    states: Sequence[AlertState]
    interval: float
    looked_at: float | None


class AlertWatch:
    """Looks for alerts, and tells of those that are raised and resolved.

    Args:
        measure: Returns what is compared with the thresholds of :data:`~wad.domain.alerts.WATCHED`; None, or nothing,
            for what cannot be measured.
        clock: Tells the time and sleeps.
        terms: How to look.
        sink: Shows them.
        events: Is told of each that is raised or resolved.
    """

    def __init__(
        self,
        measure: Callable[[], Mapping[Alert, float | None]],
        clock: Clock,
        terms: AlertTerms,
        *,
        sink: AlertSink,
        events: EventSink,
    ) -> None:
        self._measure = measure
        self._clock = clock
        self._terms = terms
        self._sink = sink
        self._events = events
        self._states = {alert: AlertState(alert) for alert in WATCHED}
        self._looked_at: float | None = None
        self._changed = anyio.Event()
        self._show()

    def board(self) -> AlertBoard:
        """Return the alerts as the latest look has left them."""
        return AlertBoard(tuple(self._states.values()), self._terms.interval, self._looked_at)

    def measured(self) -> AlertBoard:
        """Return the same with what is measured at this moment; none is raised or resolved by being asked for."""
        found = self._measure()
        states = [replace(state, value=found.get(alert)) for alert, state in self._states.items()]
        return AlertBoard(tuple(states), self._terms.interval, self._looked_at)

    def set_terms(self, terms: AlertTerms) -> None:
        """Look in another way from now on: at once, and then at the new interval."""
        self._terms = terms
        self._show()
        self._changed.set()
        self._changed = anyio.Event()

    async def run(self) -> None:
        """Look at once and then at every interval, until cancelled."""
        while True:
            changed = self._changed
            if self._terms.interval:
                self.look()
                await self._interval_passed(changed)
            else:
                await changed.wait()

    def look(self) -> None:
        """Look once."""
        found, now = self._measure(), self._clock.wall()
        for alert, before in self._states.items():
            after = judged(
                before,
                found.get(alert),
                threshold_of(alert, self._terms.thresholds),
                hysteresis=self._terms.hysteresis,
                now=now,
            )
            self._states[alert] = after
            if after.active is not before.active:
                _log_change(after)
                self._events.publish(AlertEvent(now, after))
        self._looked_at = now
        self._show()

    def _show(self) -> None:
        for alert, state in self._states.items():
            self._states[alert] = replace(state, threshold=threshold_of(alert, self._terms.thresholds))
        self._sink.show(tuple(self._states.values()), self._terms.thresholds)

    async def _interval_passed(self, changed: anyio.Event) -> None:
        """Wait for the interval, or for other terms."""
        async with anyio.create_task_group() as tasks:

            async def nap() -> None:
                await self._clock.sleep(self._terms.interval)
                tasks.cancel_scope.cancel()

            tasks.start_soon(nap)
            await changed.wait()
            tasks.cancel_scope.cancel()


def _log_change(state: AlertState) -> None:
    details = {
        "alert": state.alert.value,
        "value": _finite(state.value),
        "threshold": _finite(state.threshold),
        "measures": TERMS[state.alert].measures,
    }
    if state.active:
        _log.warning("alert.raised", **details)
    else:
        _log.info("alert.resolved", **details)


def _finite(value: float | None) -> float | None:
    """Return a number that JSON has."""
    return value if value is not None and isfinite(value) else None
