"""What all sessions of a daemon share, and how one of them is to be begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wad.domain.events import Moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wad.domain.adoption import LeftClient
    from wad.domain.devices import Device
    from wad.domain.policy import Policy
    from wad.managers.scheduler import Scheduler
    from wad.ports import Clock, Engine, Entropy, EventSink, ProbingEngine, Registry, SessionFiles


@dataclass(frozen=True, slots=True)
class House:
    """What every runner of a manager shares."""

    engine: Engine
    registry: Registry
    files: SessionFiles
    hub: EventSink
    prober: ProbingEngine
    clock: Clock
    entropy: Entropy
    scheduler: Scheduler

    def now(self) -> Moment:
        """Return the present, with a fresh random number."""
        return Moment(self.clock.monotonic(), self.clock.wall(), self.entropy.chance())


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a session is to be begun.

    Attributes:
        policy: Its limits.
        labels: Its owner's notes; None keeps those that are stored.
        interactive: Somebody waits for the outcome.
        left: Its client that an earlier daemon has left, to go on with; None to start one.
        device: What makes it a device of a phone; None for a plain session, and to keep what is stored.
    """

    policy: Policy
    labels: Mapping[str, str] | None = None
    device: Device | None = None
    interactive: bool = True
    left: LeftClient | None = None
