"""What all sessions of a daemon share, and how one of them is to be begun."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wad.domain.errors import SessionBusy
from wad.domain.events import Moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wad.domain.adoption import LeftClient
    from wad.domain.devices import Device
    from wad.domain.ids import SessionId
    from wad.domain.policy import Policy
    from wad.domain.records import SessionRecord
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
    holders: dict[str, SessionId] = field(default_factory=dict[str, "SessionId"])
    """The live session that uses each linked device, by the device's jid."""

    def claim(self, jid: str, session_id: SessionId) -> None:
        """Keep a linked device for one session: two clients with its credentials push each other off the line.

        Raises:
            SessionBusy: Another live session has it.
        """
        holder = self.holders.setdefault(jid, session_id)
        if holder != session_id:
            raise SessionBusy(
                f"Session {session_id!r} has the credentials of the very device that session {holder!r} uses. Stop "
                "that one first, or move the copy's directory away; a removal would unlink both."
            )

    def note(self, record: SessionRecord) -> None:
        """Keep the device that a live session is linked to."""
        if record.user is not None and record.active:
            self.holders.setdefault(record.user.jid, record.session_id)

    def release(self, session_id: SessionId) -> None:
        """Give the device of a session up that is live no more."""
        for jid in [jid for jid, holder in self.holders.items() if holder == session_id]:
            del self.holders[jid]

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
