"""Puts an archive's credentials back into a session's place."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from anyio import to_thread

from wad.domain.directories import Holding
from wad.domain.errors import CredentialsNewer, InvalidInput, SessionBusy
from wad.domain.events import UserIdentity
from wad.domain.ids import parse_session_id
from wad.domain.records import SessionRecord
from wad.domain.states import DesiredState, SessionState
from wad.maintenance.archive import LARGEST, Manifest, unpack
from wad.maintenance.encryption import Keys, unseal

if TYPE_CHECKING:
    from wad.domain.directories import DirectoryFacts
    from wad.domain.ids import SessionId
    from wad.maintenance.ports import Custody
    from wad.ports import Registry


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive whose every byte was checked.

    Attributes:
        manifest: What it says of itself.
        store: The credential store.
    """

    manifest: Manifest
    store: bytes = field(repr=False)

    @property
    def session_id(self) -> SessionId:
        """The session that was saved."""
        return parse_session_id(self.manifest.session_id)


@dataclass(frozen=True, slots=True)
class Wish:
    """How an archive is to be restored.

    Attributes:
        session_id: The session that gets the credentials.
        start: The session is wanted: a daemon that starts connects it.
        force: Also in place of newer credentials, which go into the trash.
        daemon_runs: A daemon runs on these sessions: one that is in service is not replaced under its hands.
    """

    session_id: SessionId
    start: bool = False
    force: bool = False
    daemon_runs: bool = False


def open_archive(archive: bytes, keys: Keys) -> Opened:
    """Return what the archive holds; with a passphrase this takes as long as :func:`wad.maintenance.encryption.seal`.

    Raises:
        InvalidInput: It cannot be opened with these keys, or is not whole and unchanged.
    """
    if len(archive) > LARGEST:
        raise InvalidInput("archive", f"The archive has {len(archive)} bytes; no session's archive has so many.")
    return Opened(*unpack(unseal(archive, keys)))


async def restore(custody: Custody, registry: Registry, opened: Opened, wish: Wish, *, now: float) -> SessionRecord:
    """Put the credentials into the session's place and note the session, which stays out of service.

    A session that was known keeps what its owner wanted of it; a new one is stopped, unless it is to be started.

    Args:
        custody: The directories.
        registry: The registry.
        opened: The archive.
        wish: How it is to be restored.
        now: Seconds since the epoch.

    Returns:
        The session's record.

    Raises:
        SessionBusy: A client uses the session's credentials, or the session is in service.
        CredentialsNewer: The session's credentials were used after they were archived.
        StorageError: It could not be done; the credentials that were there are where they were, or in the trash.
    """
    changed_at = opened.manifest.store_changed_at
    stored = await registry.get(wish.session_id)
    if stored is not None and stored.active and wish.daemon_runs:
        raise SessionBusy(f"Session {wish.session_id!r} is in service; stop or remove it first, then restore it.")

    def may_replace(facts: DirectoryFacts) -> None:
        linked = facts.holding in {Holding.PAIRED, Holding.UNREADABLE}
        if linked and facts.stored_at > changed_at and not wish.force:
            raise CredentialsNewer(wish.session_id, _moment(facts.stored_at), _moment(changed_at))

    with ExitStack() as held:
        place = custody.installed(wish.session_id, opened.store, changed_at, may_replace)
        await to_thread.run_sync(held.enter_context, place)
        record = _record(stored, wish, opened.manifest.jid, now)
        await registry.save(record)
    return record


def _record(stored: SessionRecord | None, wish: Wish, jid: str, now: float) -> SessionRecord:
    known = stored or SessionRecord(wish.session_id, created_at=now, last_activity_at=now, desired=DesiredState.STOPPED)
    same = known.user is not None and known.user.jid == jid
    return replace(
        known,
        active=False,
        state=SessionState.DISCONNECTED,
        user=known.user if same else UserIdentity(jid=jid),
        desired=DesiredState.RUNNING if wish.start else known.desired,
    )


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
