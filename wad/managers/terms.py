"""The terms in which the session manager is asked and answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from wad.domain.errors import CreateFailed
from wad.domain.states import SessionState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wad.domain.errors import WadError
    from wad.domain.records import SessionView

LINKED: Final = frozenset({SessionState.CONNECTED, SessionState.RECONNECTING})
"""States of a session that has logged in and is kept so."""

_SETTLED: Final = LINKED | {SessionState.QR_GENERATED, SessionState.PAIRING_SUCCESS, SessionState.SYNCING}
"""States in which there is something to show or to use."""


class Wait(Enum):
    """How long a creation waits before it answers."""

    NONE = "none"
    FIRST_QR_OR_CONNECTION = "first_qr_or_connection"
    CONNECTED = "connected"

    def ends_with(self, view: SessionView) -> bool:
        """Return True when a session that looks like this is what the creator waits for."""
        state = view.record.state
        match self:
            case Wait.NONE:
                return True
            case Wait.FIRST_QR_OR_CONNECTION:
                return state in _SETTLED
            case Wait.CONNECTED:
                return state is SessionState.CONNECTED


@dataclass(frozen=True, slots=True)
class Created:
    """What a creation came to.

    Attributes:
        view: The session.
        already_connected: It was live and linked before; nothing was restarted.
    """

    view: SessionView
    already_connected: bool


@dataclass(frozen=True, slots=True)
class Reconnected:
    """What a request to reconnect came to.

    Attributes:
        view: The session right after it.
        attempted: A new attempt was begun; otherwise it was connected or on its way, and nothing was done.
    """

    view: SessionView
    attempted: bool


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts for health reports and metrics.

    Attributes:
        sessions: Live sessions by state; every state is present.
        active: Live sessions.
        limit: How many there may be.
        devices: Those of them that are devices of a phone.
        qr_timers: Sessions whose QR window is running.
        session_timers: Linked sessions that an idle or age limit will end.
    """

    sessions: Mapping[SessionState, int]
    active: int
    limit: int
    devices: int
    qr_timers: int
    session_timers: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for all sessions together.

    Attributes:
        max_sessions: Live sessions at one time.
        restore_concurrency: Sessions that are restored at one time after a start.
        devices_per_phone: Live devices of one phone at one time.
    """

    max_sessions: int = 50
    restore_concurrency: int = 8
    devices_per_phone: int = 50


def creation_error(view: SessionView | None, failure: WadError | None) -> WadError:
    """Return what a creator is told whose session is over, or cannot even be removed.

    Args:
        view: The session as it was last; None when it was never begun.
        failure: Why it could not be begun.
    """
    if failure is not None:
        return failure
    if view is not None and view.record.last_error is not None:
        return CreateFailed(view.record.last_error.reason, view.record.last_error.message)
    why = "none" if view is None or view.record.removal is None else view.record.removal
    return CreateFailed(why.upper(), f"The session was removed while it was being created: {why}.")
