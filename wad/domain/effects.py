"""Requests to the outside. The machine decides them; the session's runner carries them out, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.records import LastError, SessionEvent
    from wad.domain.states import RemovalReason


@dataclass(frozen=True, slots=True)
class StartClient:
    """Start a client of this generation on the session's directory.

    Attributes:
        generation: Its number.
        alone: It gets a worker of its own.
    """

    generation: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class StopClient:
    """End the client of this generation."""

    generation: int


@dataclass(frozen=True, slots=True)
class Unlink:
    """Tell WhatsApp, as far as it can be reached, that the device is linked no more."""

    generation: int


@dataclass(frozen=True, slots=True)
class TrashCredentials:
    """Move credentials that WhatsApp refused out of the way."""


@dataclass(frozen=True, slots=True)
class Persist:
    """Write the session's record."""


@dataclass(frozen=True, slots=True)
class PersistSoon:
    """Write the session's record within some seconds, together with what else changes in it until then."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask WhatsApp through the client of this generation whether it still answers; nothing waits for that."""

    generation: int


@dataclass(frozen=True, slots=True)
class Publish:
    """Tell the watchers what happened; the event shows the session as it was right then."""

    event: SessionEvent


@dataclass(frozen=True, slots=True)
class Discard:
    """Delete the session's directory and then its record, so that nothing of it is left.

    For any reason but a user's wish this is done only if the directory holds no credentials.
    """

    reason: RemovalReason


@dataclass(frozen=True, slots=True)
class Finish:
    """The session is over for this reason, and because of this fault if there was one; nothing follows."""

    reason: RemovalReason
    cause: LastError | None


Effect = (
    StartClient | StopClient | Unlink | TrashCredentials | Persist | PersistSoon | Probe | Publish | Discard | Finish
)
