"""The ten states of a session and THE table of the transitions between them.

The table is data. The state diagram in the documentation is drawn from it, and a transition that it does not list
cannot happen.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class SessionState(StrEnum):
    """What a session is doing, in the words of its users."""

    CONNECTING = "connecting"
    QR_GENERATED = "qr_generated"
    PAIRING_SUCCESS = "pairing_success"
    SYNCING = "syncing"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    DISCONNECTED = "disconnected"
    QR_EXPIRED = "qr_expired"
    LOGGED_OUT = "logged_out"
    EXPIRED = "expired"


_S = SessionState

TRANSITIONS: Final[Mapping[SessionState, frozenset[SessionState]]] = {
    _S.CONNECTING: frozenset({_S.QR_GENERATED, _S.CONNECTED, _S.DISCONNECTED, _S.LOGGED_OUT, _S.EXPIRED}),
    _S.QR_GENERATED: frozenset({_S.PAIRING_SUCCESS, _S.QR_EXPIRED, _S.CONNECTED, _S.DISCONNECTED, _S.EXPIRED}),
    _S.PAIRING_SUCCESS: frozenset({_S.SYNCING, _S.DISCONNECTED, _S.LOGGED_OUT, _S.EXPIRED}),
    _S.SYNCING: frozenset({_S.CONNECTED, _S.DISCONNECTED, _S.LOGGED_OUT, _S.EXPIRED}),
    _S.CONNECTED: frozenset({_S.RECONNECTING, _S.DISCONNECTED, _S.LOGGED_OUT, _S.EXPIRED}),
    _S.RECONNECTING: frozenset({_S.CONNECTED, _S.DISCONNECTED, _S.LOGGED_OUT, _S.EXPIRED}),
    _S.DISCONNECTED: frozenset({_S.CONNECTING, _S.LOGGED_OUT, _S.EXPIRED}),
    _S.QR_EXPIRED: frozenset(),
    _S.LOGGED_OUT: frozenset(),
    _S.EXPIRED: frozenset(),
}

TERMINAL: Final = frozenset(state for state, targets in TRANSITIONS.items() if not targets)
"""States that a session never leaves; it is removed."""


class DesiredState(StrEnum):
    """What the session's owner wants of it, whatever it is doing at the moment."""

    RUNNING = "running"
    STOPPED = "stopped"


class RemovalReason(StrEnum):
    """Why a session was taken out of service."""

    MANUAL = "manual"
    LOGOUT = "logout"
    QR_EXPIRED = "qr_expired"
    IDLE = "idle"
    MAX_AGE = "max_age"
    CLEANUP = "cleanup"
    CONNECTION_ERROR = "connection_error"
    HEARTBEAT = "heartbeat"
    STUCK = "stuck"
    ERROR = "error"
    STOPPED = "stopped"
    SHUTDOWN = "shutdown"


DELETES_FILES: Final = frozenset({RemovalReason.MANUAL, RemovalReason.LOGOUT})
"""The only reasons for which a session's credentials are deleted."""

DISCARDS_UNPAIRED: Final = frozenset({RemovalReason.STUCK, RemovalReason.ERROR})
"""Reasons for which a directory that never held paired credentials is deleted, so that a failure leaves no trace."""

_END_STATE: Final[Mapping[RemovalReason, SessionState]] = {
    RemovalReason.MANUAL: _S.LOGGED_OUT,
    RemovalReason.LOGOUT: _S.LOGGED_OUT,
    RemovalReason.QR_EXPIRED: _S.QR_EXPIRED,
    RemovalReason.IDLE: _S.EXPIRED,
    RemovalReason.MAX_AGE: _S.EXPIRED,
    RemovalReason.CLEANUP: _S.EXPIRED,
    RemovalReason.HEARTBEAT: _S.EXPIRED,
    RemovalReason.STUCK: _S.EXPIRED,
    RemovalReason.CONNECTION_ERROR: _S.DISCONNECTED,
    RemovalReason.ERROR: _S.DISCONNECTED,
    RemovalReason.STOPPED: _S.DISCONNECTED,
    RemovalReason.SHUTDOWN: _S.DISCONNECTED,
}


def end_state(source: SessionState, reason: RemovalReason) -> SessionState:
    """Return the state in which a session ends that is removed for *reason* while in *source*.

    A session whose QR nobody scanned has no login to be logged out of: where the table has no way to the reason's
    own state, the session ends ``disconnected``, which every live state can reach.
    """
    wanted = _END_STATE[reason]
    if source is wanted or source in TERMINAL:
        return source
    return wanted if wanted in TRANSITIONS[source] else SessionState.DISCONNECTED
