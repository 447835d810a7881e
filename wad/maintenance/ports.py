"""What maintenance needs of the storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from wad.domain.directories import DirectoryFacts, Disk, StoreCopy, Survey
    from wad.domain.ids import SessionId


class Claim(Protocol):
    """A session's directory that no client can start on for the moment."""

    @property
    def facts(self) -> DirectoryFacts:
        """What it held when it was claimed."""
        ...

    def discard(self) -> None:
        """Delete it."""
        ...


class Custody(Protocol):
    """The sessions' directories."""

    def ensure(self) -> bool:
        """Make their root if it is absent; return True when it was made."""
        ...

    def survey(self) -> Survey:
        """Return what lies in the root."""
        ...

    def trash_size(self) -> tuple[int, int]:
        """Return how many entries the trash has, and their bytes."""
        ...

    def disk(self) -> Disk:
        """Return how much room the directories' disk has."""
        ...

    def copy_store(self, session_id: SessionId) -> StoreCopy:
        """Return a consistent copy of the session's credentials, whether or not a client uses them."""
        ...

    def claimed(self, session_id: SessionId) -> AbstractContextManager[Claim | None]:
        """Hold the session's directory, so that no client can start on it; None when there is none.

        Raises:
            SessionBusy: A client uses it.
        """
        ...

    def installed(
        self, session_id: SessionId, content: bytes, changed_at: float, may_replace: Callable[[DirectoryFacts], None]
    ) -> AbstractContextManager[None]:
        """Put a store into the session's place; what was there goes into the trash."""
        ...


class Records(Protocol):
    """What is known of every session."""

    def activity(self) -> dict[str, bool]:
        """Return the id of every session that is known, and whether it is in service."""
        ...

    def forget(self, session_ids: Sequence[SessionId]) -> int:
        """Delete the records of these sessions, except of those in service; return how many were deleted."""
        ...
