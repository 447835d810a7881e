"""What a session's machine writes down, and what is seen of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wad.domain import effects as do
from wad.domain.attempts import Attempts
from wad.domain.deadlines import TimeLimits
from wad.domain.errors import IllegalTransition
from wad.domain.heartbeats import Heartbeats
from wad.domain.records import EventKind, LastError, SessionEvent, SessionView
from wad.domain.states import TERMINAL, TRANSITIONS, SessionState

if TYPE_CHECKING:
    from wad.domain.effects import Effect
    from wad.domain.events import Moment
    from wad.domain.policy import Policy
    from wad.domain.records import SessionRecord
    from wad.domain.states import RemovalReason


_LOST = frozenset({SessionState.RECONNECTING, SessionState.DISCONNECTED})
"""States of a session that was connected and is to be so again."""


class SessionBook:
    """The record of one session with its clocks and counts; :class:`wad.domain.session.Session` decides what enters it.

    Args:
        record: What is known of the session.
        now: The present.
    """

    def __init__(self, record: SessionRecord, now: Moment) -> None:
        self.record = record
        self.removal: RemovalReason | None = None
        self._now = now
        self._limits = TimeLimits(record.policy, now)
        self._attempts = Attempts(record.policy)
        self._heartbeats = Heartbeats(record.policy)
        self._noted: LastError | None = None
        self._lost = False  # a connection, in this life, that has not been restored yet

    @property
    def state(self) -> SessionState:
        """The present state."""
        return self.record.state

    @property
    def policy(self) -> Policy:
        """The session's limits."""
        return self.record.policy

    @property
    def generation(self) -> int:
        """Number of the present client; words of other generations are ignored."""
        return self.record.generation

    def view(self) -> SessionView:
        """Return the session as people see it."""
        over = self.removal is not None or self.state in TERMINAL
        expiry = None if over else min((d.at for d in self._limits.of_life(self.state)), default=None)
        wall = None if expiry is None else expiry - self._now.mono + self._now.wall
        window = self._limits.window
        if window is None:
            return SessionView(self.record, expires_at=wall)
        return SessionView(self.record, window.qr, wall, window.pairing_code)

    def _turn_to(self, now: Moment) -> None:
        """Begin with what happens at this moment."""
        self._now, self._noted = now, None

    def _enter(self, target: SessionState) -> list[Effect]:
        """Change the state if the table has the transition; otherwise raise, with nothing changed."""
        source = self.state
        if target is source:
            return []
        if target not in TRANSITIONS[source]:
            raise IllegalTransition(self.record.session_id, source, target)
        self._lost = self._lost or (source is SessionState.CONNECTED and target in _LOST)
        self.record = replace(self.record, state=target)
        self._limits.entered = self._now.mono
        self._attempts.next_at = None
        if self._limits.window is not None:
            self._limits.window.hide()
        return [do.Persist(), self._tell(EventKind.STATE_CHANGED, source)]

    def _tell(self, kind: EventKind, previous: SessionState | None = None) -> do.Publish:
        return do.Publish(SessionEvent(kind, self._now.wall, self.view(), previous, self._noted))

    def _touch(self) -> None:
        self._limits.active = self._now.mono
        self.record = replace(self.record, last_activity_at=self._now.wall)

    def _note(self, reason: str, message: str) -> None:
        self._noted = LastError(reason, message, self._now.wall)
        self.record = replace(self.record, last_error=self._noted)
