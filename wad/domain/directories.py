"""What a session's directory is found to hold, for those who clean up, back up and report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.ids import SessionId


class Holding(StrEnum):
    """What a session's directory holds."""

    UNPAIRED = "unpaired"
    PAIRED = "paired"
    SET_ASIDE = "set aside"
    """It has no linked device, but damaged credentials that somebody set aside."""
    FOREIGN = "foreign"
    """It has no linked device, but something that wad did not write: perhaps a copy of credentials by another name."""
    UNREADABLE = "unreadable"
    """It has a credential store that cannot be read, which may be one of a linked device."""


@dataclass(frozen=True, slots=True)
class DirectoryFacts:
    """A session's directory at one moment.

    Attributes:
        session_id: The session.
        changed_at: Seconds since the epoch of the latest change to any file in it.
        stored_at: Seconds since the epoch of the latest change to its credential store; 0 when there is none.
        size: Bytes of the files in it.
        in_use: A client works with it.
        holding: What it holds.
        trouble: Why its store cannot be read, or what in it is not wad's; else empty.
    """

    session_id: SessionId
    changed_at: float
    stored_at: float
    size: int
    in_use: bool
    holding: Holding
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something among the sessions' directories that is none.

    Attributes:
        name: Its name.
        what: What it is, for people.
    """

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Survey:
    """All that lies in the root of the sessions' directories.

    Attributes:
        directories: The sessions' directories, ordered by id.
        strangers: What is no session's directory, ordered by name; nothing ever touches it.
    """

    directories: tuple[DirectoryFacts, ...]
    strangers: tuple[Stranger, ...]


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that the sessions' directories lie on.

    Attributes:
        free: Bytes that this user may still write.
        total: Bytes.
        others_may_enter: The directories' root is open to other users.
    """

    free: int
    total: int
    others_may_enter: bool


@dataclass(frozen=True, slots=True)
class StoreCopy:
    """A consistent copy of a session's credential store.

    Attributes:
        content: The database.
        jid: The linked device.
        changed_at: When the store had last been changed before, in seconds since the epoch by the file system's clock.
        taken_at: Seconds since the epoch at which copying began.
    """

    content: bytes
    jid: str
    changed_at: float
    taken_at: float
