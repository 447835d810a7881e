"""What is measured, and what is aimed at."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.contenders import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Aim:
    """What the daemon's figure should be.

    Attributes:
        limit: At most this.
        of: Whose figure the limit is a multiple of; None for a limit by itself.
    """

    limit: float
    of: Name | None = None


@dataclass(frozen=True)
class Measure:
    """One row of the report.

    Attributes:
        key: Its name in the raw numbers.
        title: What it is, in words; ``{n}`` stands for the number of sessions.
        unit: Of its values.
        digits: Of its values behind the point.
        aim: What the daemon's should be.
        summary: Of the values of all repetitions; a fact is judged by its worst, a figure by its median.
    """

    key: str
    title: str
    unit: str = ""
    digits: int = 0
    aim: Aim | None = None
    summary: Callable[[Sequence[float]], float] = median


ONE_FIRST: Final = Measure(
    "one_first", "one session, create → connected, first of the process", "s", 2, Aim(0.35, Name.FULL)
)
ONE_NEXT: Final = Measure("one_next", "one session, create → connected, the next one", "s", 2)
LINKED_LOST: Final = Measure(
    "linked_lost", "{n} linked at once, closed 0 to 50 ms after the 515: never connected", aim=Aim(0), summary=max
)
LINKED: Final = Measure("linked", "… until the last of the others is connected", "s", 2, Aim(1.2, Name.THIN))
RESTORED_LOST: Final = Measure(
    "restored_lost", "{n} stored sessions, process start → connected: never connected", aim=Aim(0), summary=max
)
RESTORED: Final = Measure("restored", "… until the last of the others is connected", "s", 2, Aim(3))
MEMORY: Final = Measure("memory", "memory with {n} connected, PSS of all processes", "MB", 0, Aim(200))
IDLE: Final = Measure("idle_cpu", "processor with {n} connected and idle, of one core", "%", 1)
DETACHED: Final = Measure("detached", "restart (SIGUSR2), signal → new daemon answers, {n} connected", "s", 2)
DETACHED_NEW: Final = Measure("detached_new", "… new connections to WhatsApp", aim=Aim(0), summary=max)
KILLED: Final = Measure("killed", "crash (SIGKILL), signal → new daemon answers, {n} connected", "s", 2)
KILLED_NEW: Final = Measure("killed_new", "… new connections to WhatsApp", aim=Aim(0), summary=max)
FAN_OUT: Final = Measure("fan_out", "WatchEvents, events a second to all watchers together", "/s")
GET_P50: Final = Measure("get_p50", "GetSession, median", "ms", 2)
GET_P99: Final = Measure("get_p99", "GetSession, 99th percentile", "ms", 2)

MEASURES: Final = (
    *(ONE_FIRST, ONE_NEXT, LINKED_LOST, LINKED, RESTORED_LOST, RESTORED, MEMORY, IDLE),
    *(DETACHED, DETACHED_NEW, KILLED, KILLED_NEW, FAN_OUT, GET_P50, GET_P99),
)
"""In the order of the report."""


class Results:
    """The values of every repetition."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, Name], list[float]] = {}

    def add(self, measure: Measure, name: Name, value: float) -> None:
        """Take one value."""
        self._values.setdefault((measure.key, name), []).append(value)

    def values(self, measure: Measure, name: Name) -> list[float]:
        """Return the values in the order in which they came; none if that contender has no such figure."""
        return self._values.get((measure.key, name), [])

    def summary(self, measure: Measure, name: Name) -> float | None:
        """Return the figure of a contender, None if it has none."""
        values = self.values(measure, name)
        return measure.summary(values) if values else None

    def ratio(self, measure: Measure, name: Name) -> float | None:
        """Return the daemon's figure as a multiple of that contender's, None if there are not both."""
        own, other = self.summary(measure, Name.DAEMON), self.summary(measure, name)
        return own / other if own is not None and other else None

    def met(self, measure: Measure) -> bool | None:
        """Say whether the aim is met; None if there is no aim, or no figure to judge."""
        aim = measure.aim
        if aim is None:
            return None
        value = self.summary(measure, Name.DAEMON) if aim.of is None else self.ratio(measure, aim.of)
        return None if value is None else value <= aim.limit

    def raw(self) -> dict[str, dict[str, list[float]]]:
        """Return every value, by measure and contender."""
        return {
            measure.key: {name.value: values for name in Name if (values := self.values(measure, name))}
            for measure in MEASURES
        }
