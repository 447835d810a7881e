"""Saves and restores sessions on behalf of those who call the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_process, to_thread

from wad.domain.errors import InvalidInput
from wad.domain.records import SessionView
from wad.maintenance.backup import back_up
from wad.maintenance.encryption import Keys, Passphrase, Plaintext, Recipients, needs_passphrase, seal, unseal
from wad.maintenance.restore import Opened, Wish, open_archive, restore
from wad.managers.terms import Wait
from wad.rpc.ports import ArchiveFacts

if TYPE_CHECKING:
    from wad.domain.ids import SessionId
    from wad.maintenance.archive import Manifest
    from wad.maintenance.encryption import Protection
    from wad.maintenance.ports import Custody
    from wad.managers.session_manager import SessionManager
    from wad.ports import Clock, Registry
    from wad.rpc.ports import RestoreOptions, Sealing


class SessionArchives:
    """Implements :class:`wad.rpc.ports.Archives`.

    Sealing with a passphrase takes seconds in which Python does nothing else, so it is done in a process of its own.

    Args:
        custody: The sessions' directories.
        registry: The registry.
        manager: Starts what is to be started.
        clock: Dates new records.
    """

    def __init__(self, custody: Custody, registry: Registry, manager: SessionManager, clock: Clock) -> None:
        self._custody = custody
        self._registry = registry
        self._manager = manager
        self._clock = clock

    async def back_up(self, session_id: SessionId, sealing: Sealing) -> tuple[ArchiveFacts, bytes]:
        """Return an archive of the session's credentials.

        Raises:
            InvalidInput, SessionNotFound, SessionNotLinked, StorageError: As :func:`wad.maintenance.backup.back_up`.
        """
        protection = _protection(sealing)
        apart = isinstance(protection, Passphrase)
        made = await to_thread.run_sync(back_up, self._custody, session_id, Plaintext() if apart else protection)
        content = await to_process.run_sync(seal, made.content, protection) if apart else made.content
        return _facts(made.manifest), content

    async def restore(self, archive: bytes, options: RestoreOptions) -> tuple[ArchiveFacts, SessionView]:
        """Put an archive's credentials into a session's place; return the session as it is then.

        Raises:
            InvalidInput: The archive cannot be opened with these keys, or is not whole and unchanged.
            SessionBusy, CredentialsNewer, StorageError: As :func:`wad.maintenance.restore.restore`.
        """
        opened = await _open(archive, Keys(options.identities, options.passphrase))
        session_id = opened.session_id if options.session_id is None else options.session_id
        wish = Wish(session_id, start=options.start, force=options.force, daemon_runs=True)
        record = await restore(self._custody, self._registry, opened, wish, now=self._clock.wall())
        view = SessionView(record)
        if options.start:
            view = (await self._manager.create(session_id, wait=Wait.NONE)).view
        return _facts(opened.manifest), view


def _protection(sealing: Sealing) -> Protection:
    if sealing.plaintext:
        return Plaintext()
    if sealing.passphrase:
        return Passphrase(sealing.passphrase)
    return Recipients(sealing.recipients)


async def _open(archive: bytes, keys: Keys) -> Opened:
    if needs_passphrase(archive) and keys.passphrase:
        found = await to_process.run_sync(_unseal, archive, keys)
        if isinstance(found, str):
            raise InvalidInput("archive", found)
        archive = found
    return await to_thread.run_sync(open_archive, archive, keys)


def _unseal(archive: bytes, keys: Keys) -> bytes | str:
    """Return what was sealed, or why it cannot be opened: the error itself does not pass from process to process."""
    try:
        return unseal(archive, keys)
    except InvalidInput as error:
        return str(error)


def _facts(manifest: Manifest) -> ArchiveFacts:
    return ArchiveFacts(manifest.session_id, manifest.jid, manifest.taken_at, manifest.wad_version)
