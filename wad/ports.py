"""What the managers need of the outside, as small protocols. Adapters are chosen in ``wad.daemon.wiring`` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import anyio
    from anyio.abc import TaskStatus

    from wad.domain.access import Token
    from wad.domain.adoption import LeftClient
    from wad.domain.events import EngineEvent
    from wad.domain.ids import SessionId
    from wad.domain.inspection import Inspection
    from wad.domain.records import SessionRecord, WatchEvent
    from wad.domain.states import RemovalReason


class Clock(Protocol):
    """Both clocks: monotonic for deadlines, wall time for what is shown and stored."""

    def monotonic(self) -> float:
        """Return monotonic seconds."""
        ...

    def wall(self) -> float:
        """Return seconds since the epoch."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds* of this clock."""
        ...


class Entropy(Protocol):
    """Where jitter comes from."""

    def chance(self) -> float:
        """Return a random number in [0, 1)."""
        ...


class EngineSink(Protocol):
    """Who is told what the engine reports."""

    def deliver(self, session_id: SessionId, event: EngineEvent) -> anyio.Event | None:
        """Take one fact about one session; never blocks, never raises.

        Returns:
            What is set once the fact's contents are on the disk, until when the engine is to keep it; None when nothing
            has to be waited for.
        """
        ...


class Engine(Protocol):
    """The WhatsApp engine: clients by session id and generation, whatever process they run in."""

    async def run(self, sink: EngineSink, *, task_status: TaskStatus[None]) -> None:
        """Serve until cancelled; ``task_status.started()`` is called when clients can be started.

        Cancelling it ends every client cleanly within the engine's stop limit; the sessions' files stay.

        Raises:
            EngineIncompatible: The engine's library cannot be used on this machine.
        """
        ...

    async def start(self, session_id: SessionId, generation: int, *, alone: bool = False) -> None:
        """Start a client on the session's directory; returns once the engine has taken the request.

        Args:
            session_id: The session.
            generation: The client's number.
            alone: In a process that runs no other client, now or later.

        Raises:
            EngineUnavailable: No worker could be started, or it went away.
            EngineIncompatible: The engine's library cannot be used on this machine.
            SessionBusy: Another process holds the session's credentials.
        """
        ...

    async def stop(self, session_id: SessionId, generation: int) -> None:
        """End the client and give up its credentials; returns once it is closed. An absent client is no error.

        Raises:
            EngineUnavailable: The worker did not answer.
        """
        ...

    def worker_of(self, session_id: SessionId) -> str:
        """Return the name of the worker that runs the session's client; empty when none does."""
        ...

    async def unlink(self, session_id: SessionId, generation: int) -> None:
        """Tell WhatsApp that this device is linked no more.

        Raises:
            EngineError: There is no such client, it is not connected, or WhatsApp refused.
        """
        ...


class LastingEngine(Protocol):
    """An engine whose clients can outlive the daemon."""

    def left_clients(self) -> Sequence[LeftClient]:
        """Return the clients that an earlier daemon has left; their reports come after :meth:`resume`."""
        ...

    async def resume(self) -> None:
        """Let the reports of these clients come."""
        ...

    def leave_events(self) -> None:
        """Leave what clients report from now on to the next daemon; requests still work."""
        ...

    def dismiss(self) -> None:
        """End the clients when the engine is cancelled; without this they live on for the next daemon."""
        ...


class PairingCodeEngine(Protocol):
    """An engine whose clients can also be linked by a code that is typed into the phone."""

    async def request_pairing_code(self, session_id: SessionId, generation: int, phone_number: str) -> str:
        """Return a code that links the client, which shows a QR, when it is typed into that phone.

        The QR stays valid next to it. A new code replaces the one before, and a code ends with its client.

        Args:
            session_id: The session.
            generation: Its client.
            phone_number: Digits in international format.

        Raises:
            InvalidInput: The engine does not take the phone number (field ``phone_number``).
            PairingCodeRefused: There is no such client, it shows no QR, or WhatsApp gave no code.
            EngineUnavailable: There was no answer.
        """
        ...


class ProbingEngine(Protocol):
    """An engine that can tell whether WhatsApp still answers a client, which being connected and logged in does not."""

    async def probe(self, session_id: SessionId, generation: int) -> None:
        """Return when WhatsApp has answered this client. It takes the engine's probe limit at most.

        Raises:
            EngineError: WhatsApp did not answer, there is no such client, or it is not connected.
        """
        ...


class MessagingEngine(Protocol):
    """An engine whose clients can send messages."""

    async def send_text(self, session_id: SessionId, generation: int, to: str, text: str) -> str:
        """Send a text and return the message's id once WhatsApp has taken it.

        Args:
            session_id: The session that sends.
            generation: Its client.
            to: A phone number in international format, or the jid of a person or a group.
            text: What to say.

        Raises:
            InvalidInput: Nobody can be reached under *to* (field ``to``), or *text* is empty (field ``text``).
            EngineUnavailable: There was no answer; whether the message was or will be sent is not known.
            EngineError: There is no such client, it is not connected, or WhatsApp refused.
        """
        ...


class TokenBook(Protocol):
    """The durable record of every token."""

    async def load(self) -> Sequence[Token]:
        """Return every token, good or not, oldest first."""
        ...

    async def save(self, token: Token) -> None:
        """Insert the token, or replace the one of the same id.

        Raises:
            StorageError: It could not be written; nothing was changed.
        """
        ...


class Registry(Protocol):
    """The durable record of every session."""

    async def load(self) -> Sequence[SessionRecord]:
        """Return every record, live or not, ordered by session id."""
        ...

    async def get(self, session_id: SessionId) -> SessionRecord | None:
        """Return one record, or None when there is none."""
        ...

    async def save(self, record: SessionRecord) -> None:
        """Insert the record, or replace the one of the same session id.

        Raises:
            StorageError: It could not be written; nothing was changed.
        """
        ...

    async def delete(self, session_id: SessionId) -> None:
        """Forget the record; an absent one is no error.

        Raises:
            StorageError: It could not be deleted; nothing was changed.
        """
        ...


class SessionFiles(Protocol):
    """The directories that hold the sessions' credentials."""

    def directory(self, session_id: SessionId) -> Path:
        """Return where the session's files are, whether or not they exist."""
        ...

    async def prepare(self, session_id: SessionId) -> bool:
        """Make the session's directory (mode 0700) if it is absent; return True when it was made.

        Raises:
            StorageError: It cannot be made or used.
        """
        ...

    async def is_paired(self, session_id: SessionId) -> bool:
        """Return True when the directory's store holds the credentials of a linked device.

        Raises:
            StorageError: The store cannot be read; nothing is concluded from that.
        """
        ...

    async def linked_jid(self, session_id: SessionId) -> str | None:
        """Return the linked device of the directory's store, or None when it holds none.

        Raises:
            StorageError: The store cannot be read; nothing is concluded from that.
        """
        ...

    async def is_expendable(self, session_id: SessionId) -> bool:
        """Return True when the directory holds no credentials of a linked device, set aside ones included.

        Raises:
            StorageError: That cannot be told; nothing is concluded from that.
        """
        ...

    async def is_damaged(self, session_id: SessionId) -> bool:
        """Return True when the store is damaged beyond doubt, False when all of it is sound.

        Raises:
            SessionNotLinked: There are no credentials.
            StorageError: The store cannot be read; nothing is concluded from that.
        """
        ...

    async def set_aside(self, session_id: SessionId) -> None:
        """Move a damaged store to where it is kept as long as the session, out of the way of a new one.

        Raises:
            CredentialsSound: It is not damaged.
            SessionNotLinked: There are no credentials.
            StorageError: It could not be moved, or a client still uses it; it is where it was.
        """
        ...

    async def trash_credentials(self, session_id: SessionId) -> None:
        """Move credentials that WhatsApp refused into the trash, and keep the directory.

        Raises:
            StorageError: They could not be moved; they are where they were.
        """
        ...

    async def delete(self, session_id: SessionId, reason: RemovalReason) -> None:
        """Rename the directory into the trash, then delete it; an absent one is no error.

        Raises:
            StorageError: It could not be renamed or deleted.
        """
        ...


class SessionInspector(Protocol):
    """Looks into the sessions' directories without disturbing whoever works with them."""

    async def inspect(self, session_id: SessionId) -> Inspection | None:
        """Return what the session's directory holds, or None when there is no directory.

        Raises:
            StorageError: The directory itself cannot be read.
        """
        ...

    async def measure(self, session_ids: Sequence[SessionId]) -> int:
        """Return the bytes of the files in these sessions' directories; one that is gone counts 0.

        Raises:
            StorageError: A directory cannot be read.
        """
        ...

    async def free_bytes(self) -> int:
        """Return the bytes that are free for the daemon on the sessions' disk.

        Raises:
            StorageError: The disk does not say.
        """
        ...


class Housekeeping(Protocol):
    """What the sweep needs of those who keep the sessions' directories."""

    async def sessions(self) -> Sequence[SessionId]:
        """Return the ids of all directories, ordered.

        Raises:
            StorageError: They cannot be listed.
        """
        ...

    async def purge_trash(self, older_than: float, *, dry_run: bool = False) -> int:
        """Delete what has been in the trash for more than *older_than* seconds.

        Args:
            older_than: Seconds. What is left of a directory whose deletion did not finish goes at once.
            dry_run: Only count.

        Returns:
            How many entries were deleted, or would be.

        Raises:
            StorageError: Some could not be deleted; the others were.
        """
        ...


class EventSink(Protocol):
    """Who is told what happened to sessions, and of alerts."""

    def publish(self, event: WatchEvent) -> None:
        """Take one event; never blocks, never raises."""
        ...
