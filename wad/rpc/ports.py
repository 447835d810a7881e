"""What the services need of the managers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import grpc.aio

from wad.managers.terms import Wait

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from wad.domain.audit import AuditEntry, AuditFilter, AuditRecord
    from wad.domain.configuration import ConfigSetting
    from wad.domain.devices import Device
    from wad.domain.ids import SessionId
    from wad.domain.inspection import Inspection
    from wad.domain.messages import Message
    from wad.domain.policy import Policy
    from wad.domain.records import SessionEvent, SessionView
    from wad.domain.replies import Reply
    from wad.domain.states import RemovalReason
    from wad.domain.workers import Move, Replaced, WorkerView
    from wad.managers.alerts import AlertBoard
    from wad.managers.reception import Reception
    from wad.managers.sweep import SweepReport
    from wad.managers.sweeper import SweeperState
    from wad.managers.terms import Created, Reconnected

Context = grpc.aio.ServicerContext[Any, Any]
"""What a method is told of its call."""


class Sessions(Protocol):
    """The part of :class:`~wad.managers.session_manager.SessionManager` that callers reach; see there."""

    @property
    def policy(self) -> Policy:
        """The limits of sessions whose creator names none."""
        ...

    async def create(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        wait: Wait = Wait.FIRST_QR_OR_CONNECTION,
    ) -> Created:
        """Make the session live."""
        ...

    def link(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        phone_number: str = "",
    ) -> AsyncGenerator[SessionEvent]:
        """Make the session live and follow it until it is connected or over."""
        ...

    async def request_pairing_code(self, session_id: SessionId, phone_number: str) -> SessionView:
        """Have a session that shows a QR also show a pairing code."""
        ...

    async def get(self, session_id: SessionId) -> SessionView:
        """Return one session."""
        ...

    async def list(self, *, include_inactive: bool = False) -> list[SessionView]:
        """Return the sessions, ordered by id."""
        ...

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Take the session out of service."""
        ...

    async def stop(self, session_id: SessionId) -> SessionView:
        """Take the session out of service, and keep its files."""
        ...

    async def set_aside(self, session_id: SessionId) -> SessionView:
        """Stop a session whose credentials are damaged and set these aside."""
        ...

    async def reconnect(self, session_id: SessionId) -> Reconnected:
        """Have the session connect now."""
        ...

    async def touch(self, session_id: SessionId) -> SessionView:
        """Note that the session is used."""
        ...

    async def inspect(self, session_id: SessionId) -> Inspection:
        """Return what the session's directory holds."""
        ...


class Devices(Protocol):
    """The part of :class:`~wad.managers.devices.MultiDeviceSessionManager` that callers reach; see there."""

    @property
    def policy(self) -> Policy:
        """The limits of devices whose creator names none."""
        ...

    async def create(
        self, device: Device, *, policy: Policy | None = None, labels: Mapping[str, str] | None = None, wait: Wait
    ) -> Created:
        """Make the device live."""
        ...

    def link(
        self,
        device: Device,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        pairing_code: bool = False,
    ) -> AsyncGenerator[SessionEvent]:
        """Make the device live and follow it until it is connected or over."""
        ...

    async def get(self, session_id: SessionId) -> SessionView:
        """Return one device."""
        ...

    async def list(self, phone_number: str = "", *, include_inactive: bool = False) -> list[SessionView]:
        """Return the devices of one phone or of all, ordered by id."""
        ...

    async def heartbeat(self, session_id: SessionId) -> SessionView:
        """Note that the device is alive."""
        ...

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Take the device out of service."""
        ...


class Messages(Protocol):
    """The part of :class:`~wad.managers.messages.Messenger` that callers reach; see there."""

    async def send_text(self, session_id: SessionId, to: str, text: str) -> str:
        """Send a text and return the message's id."""
        ...

    async def get(self, session_id: SessionId, message_id: str) -> Message:
        """Return a message that is kept."""
        ...

    def receive(
        self, sessions: Sequence[SessionId], covers: Callable[[SessionId], bool] = lambda _: True
    ) -> AbstractContextManager[Reception]:
        """Hand out what sessions have received."""
        ...


class CleanupScheduler(Protocol):
    """The part of :class:`~wad.managers.sweeper.Sweeper` that callers reach; see there."""

    def state(self) -> SweeperState:
        """Return the scheduler as it is now."""
        ...

    def start(self) -> SweeperState:
        """Sweep at every interval from now on."""
        ...

    def stop(self) -> SweeperState:
        """Sweep no more by itself."""
        ...

    async def sweep(self, *, dry_run: bool = False) -> SweepReport:
        """Sweep now."""
        ...


class Alerts(Protocol):
    """The part of :class:`~wad.managers.alerts.AlertWatch` that callers reach; see there."""

    def measured(self) -> AlertBoard:
        """Return the alerts, with what is measured now."""
        ...


class Workers(Protocol):
    """The part of the engine that those reach who run the daemon: its worker processes."""

    async def inspect_workers(self) -> Sequence[WorkerView]:
        """Return every worker that has not ended, with what it uses now."""
        ...

    def drain_worker(self, worker_id: str) -> WorkerView:
        """Give a worker no new sessions, so that it ends once those that it has are gone; return it as it is then."""
        ...

    def replace_workers(self, worker_id: str | None = None) -> AsyncGenerator[Move | Replaced]:
        """Move the sessions of one worker, or of all, to new ones one by one; stop at the first session that fails."""
        ...


@dataclass(frozen=True, slots=True)
class Sealing:
    """How an archive is to be sealed; one of the three is given.

    Attributes:
        recipients: Public keys of those who may open it.
        passphrase: A passphrase.
        plaintext: It is not sealed.
    """

    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)
    plaintext: bool = False


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """How an archive is to be restored.

    Attributes:
        session_id: The session that gets the credentials; None for the one that was saved.
        identities: Secret keys to open it with.
        passphrase: A passphrase to open it with.
        start: Make the session live at once.
        force: Also in place of newer credentials.
    """

    session_id: SessionId | None
    identities: tuple[str, ...] = field(default=(), repr=False)
    passphrase: str = field(default="", repr=False)
    start: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class ArchiveFacts:
    """What an archive says of itself.

    Attributes:
        session_id: The session that was saved.
        jid: Its linked device.
        taken_at: When its credentials were copied, in seconds since the epoch.
        wad_version: Version of wad that made it.
    """

    session_id: str
    jid: str
    taken_at: float
    wad_version: str


class Archives(Protocol):
    """Saves and restores sessions."""

    async def back_up(self, session_id: SessionId, sealing: Sealing) -> tuple[ArchiveFacts, bytes]:
        """Return an archive of the session's credentials."""
        ...

    async def restore(self, archive: bytes, options: RestoreOptions) -> tuple[ArchiveFacts, SessionView]:
        """Put an archive's credentials into a session's place; return the session as it is then."""
        ...


class Configuration(Protocol):
    """The configuration of the running daemon."""

    def get(self, names: Sequence[str] = ()) -> Sequence[ConfigSetting]:
        """Return the keys of these names, which are keys or sections, ordered; without names all keys.

        Raises:
            InvalidInput: A name is neither.
        """
        ...

    def update(
        self, values: Mapping[str, object], keys: Sequence[str], *, validate_only: bool = False
    ) -> Sequence[ConfigSetting]:
        """Give keys new values, or take them back where there is none; return them as they are then, ordered.

        Raises:
            InvalidInput: A key is unknown or cannot have its value; nothing was changed.
            RestartRequired: A key takes effect only at a start; nothing was changed.
        """
        ...


class AuditTrail(Protocol):
    """The durable record of every call that changed something, or tried to."""

    def add(self, record: AuditRecord) -> None:
        """Put a record at the end; never raises, and takes no longer than one small write to a file.

        One that cannot be written goes into the daemon's log, so that it is not lost.
        """
        ...

    async def find(self, wanted: AuditFilter, *, before: int | None = None, limit: int) -> Sequence[AuditEntry]:
        """Return the newest records that match, newest first.

        Args:
            wanted: Which match.
            before: Only those with a smaller number; None for all.
            limit: How many at most.

        Raises:
            StorageError: They cannot be read.
        """
        ...


class ReplyBook(Protocol):
    """The durable record of the requests that may come again, and of their answers."""

    async def begin(self, reply: Reply, *, kept_since: float) -> Reply | None:
        """Note that a request is begun, unless its caller has begun one under the same id; return that one then.

        Args:
            reply: The request, without an answer.
            kept_since: What began before is forgotten, in seconds since the epoch.

        Raises:
            StorageError: It could not be noted; nothing was changed.
        """
        ...

    async def answer(self, caller: str, request_id: str, response: bytes) -> None:
        """Keep the answer of a request that was begun.

        Raises:
            StorageError: It could not be kept; the request is one without an answer.
        """
        ...

    async def withdraw(self, caller: str, request_id: str) -> None:
        """Forget a request, as if it had never been begun; an absent one is no error.

        Raises:
            StorageError: It could not be forgotten.
        """
        ...

    async def forget(self, before: float) -> None:
        """Forget the requests that were begun before a time, in seconds since the epoch.

        Raises:
            StorageError: They could not be forgotten.
        """
        ...
