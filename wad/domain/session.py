"""The machine: what a session does when something happens or a time comes.

It is pure. Facts go in (:mod:`wad.domain.events`), requests come out (:mod:`wad.domain.effects`), and time and
chance arrive with each call as a :class:`~wad.domain.events.Moment`. Whoever drives it carries the requests out in
their order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wad.domain import effects as do
from wad.domain import events as ev
from wad.domain.deadlines import Deadline, DeadlineKind
from wad.domain.qr_window import QrWindow
from wad.domain.reactions import Reactions
from wad.domain.records import EventKind
from wad.domain.states import (
    TERMINAL,
    DesiredState,
    RemovalReason,
    SessionState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wad.domain.adoption import LeftClient
    from wad.domain.effects import Effect
    from wad.domain.events import Moment

_S = SessionState
_BEFORE: Mapping[type[ev.EngineEvent | None], SessionState] = {
    ev.QrBatchEnded: _S.QR_GENERATED,
    ev.PairSucceeded: _S.QR_GENERATED,
    ev.PairFailed: _S.QR_GENERATED,
    ev.SyncStarted: _S.PAIRING_SUCCESS,
    ev.LoginStalled: _S.PAIRING_SUCCESS,
    ev.ConnectionLost: _S.CONNECTED,
    ev.StreamReplaced: _S.CONNECTED,
    ev.LoggedOut: _S.CONNECTED,
}
"""The state in which a session was before a fact; ``connecting`` for those that are not listed."""
_WISHES = frozenset({RemovalReason.MANUAL, RemovalReason.LOGOUT, RemovalReason.STOPPED})
"""Reasons for which a user ends a session that need not be in trouble."""
_PAIRED = ev.PairSucceeded | ev.SyncStarted | ev.LoginStalled | ev.ConnectionOpened
"""Facts that only a client with credentials gives rise to."""


class Session(Reactions):
    """One session, from its creation to its removal."""

    # ── what drives it ────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, now: Moment) -> list[Effect]:
        """Begin the first attempt to connect."""
        self._turn_to(now)
        record = replace(self.record, active=True, removal=None, desired=DesiredState.RUNNING, connected_at=None)
        error = None if self._interactive else record.last_error  # only who asks for it begins with a clean slate
        self.record = replace(record, state=_S.CONNECTING, auto_reconnected=False, last_error=error)
        self._limits.entered = now.mono
        start = self._start_client()
        return [do.Persist(), self._tell(EventKind.STATE_CHANGED), start]

    def adopt(self, client: LeftClient, now: Moment) -> list[Effect]:
        """Go on with a client that an earlier daemon has left, from the latest fact about it on."""
        self._turn_to(now)
        latest, before = client.latest, self.record
        self.record = replace(before, active=True, removal=None, desired=DesiredState.RUNNING)
        self.record = replace(self.record, generation=client.generation, state=_BEFORE.get(type(latest), _S.CONNECTING))
        self._limits.entered = now.mono
        self._reached = True
        self.paired = self.paired or isinstance(latest, _PAIRED)
        if self.state is _S.QR_GENERATED:
            self._limits.window = QrWindow(now, self.policy.qr_window)
        effects = [] if latest is None else self._handle_engine(latest)
        if self.removal is not None:
            return effects
        if before.state is self.state is _S.CONNECTED:
            # The connection has outlived the daemon: it is the one that was there before.
            self.record = replace(
                self.record,
                connected_at=before.connected_at,
                auto_reconnected=before.auto_reconnected,
                last_activity_at=before.last_activity_at,
            )
        steps = [effect for effect in effects if not isinstance(effect, do.Publish)]
        return [*steps, do.Persist(), self._tell(EventKind.STATE_CHANGED)]

    def handle(self, event: ev.Event, now: Moment) -> list[Effect]:
        """Take one fact and return what is to be done about it, in order."""
        if self.removal is not None or self.state in TERMINAL:
            return []
        if isinstance(event, ev.Request):
            self._turn_to(now)
            return self._handle_request(event)
        if event.generation != self.generation:
            return []
        self._turn_to(now)
        return self._handle_engine(event)

    def _handle_request(self, request: ev.Request) -> list[Effect]:
        match request:
            case ev.Touched():
                self._touch()
                return []
            case ev.HeartbeatGiven():
                return self._heartbeat() if self._heartbeats.begun else []
            case ev.MessageSent():
                self._touch()
                self.record = replace(self.record, messages_sent=self.record.messages_sent + 1)
                return [do.PersistSoon()]
            case ev.Swept():
                return self._remove(RemovalReason.CLEANUP) if self.overdue(self._now) else []
            case ev.ConnectRequested():
                return self._connect_now()
            case ev.RemovalRequested(reason):
                if reason in _WISHES:  # what went wrong before has nothing to do with this end
                    self.record = replace(self.record, last_error=None)
                return self._remove(reason)

    def next_deadline(self) -> Deadline | None:
        """Return the next time at which :meth:`on_deadline` wants to be called, or None."""
        if self.removal is not None or self.state in TERMINAL:
            return None
        due = [*self._limits.of_state(self.state), *self._limits.of_life(self.state)]
        if self._attempts.next_at is not None:
            due.append(Deadline(self._attempts.next_at, DeadlineKind.RETRY))
        if self._heartbeats.next_at is not None:
            due.append(Deadline(self._heartbeats.next_at, DeadlineKind.HEARTBEAT))
        return min(due, default=None)

    def on_deadline(self, now: Moment) -> list[Effect]:
        """Do what is due; calling it early does nothing."""
        if self.removal is not None or self.state in TERMINAL:
            return []
        self._turn_to(now)
        outlived = self.outlived(now)
        if outlived is not None:
            return self._remove(outlived)
        if any(now.mono >= limit.at for limit in self._limits.of_state(self.state)):
            return self._overrun()
        if self._attempts.is_due(now):
            return self._retry()
        return self._ask_for_heartbeat() if self._heartbeats.is_due(now) else []

    def overdue(self, now: Moment) -> RemovalReason | None:
        """Return why a sweep removes the session at *now*: an outlived limit, or two intervals without a heartbeat."""
        return self.outlived(now) or (RemovalReason.HEARTBEAT if self._heartbeats.is_overdue(now) else None)

    def outlived(self, now: Moment) -> RemovalReason | None:
        """Return the limit that the session has outlived at *now*: its age, or its time without activity."""
        return self._limits.outlived(self.state, now)
