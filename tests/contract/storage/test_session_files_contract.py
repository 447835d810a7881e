"""What every store of session files guarantees, whether or not there is a disk."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Protocol

import pytest

from wad.domain.errors import CredentialsDamaged, CredentialsSound, InvalidSessionId, SessionNotLinked, StorageError
from wad.domain.ids import SessionId
from wad.domain.states import DELETES_FILES, DISCARDS_UNPAIRED, RemovalReason
from wad.storage.memory import FakeSessionFiles
from wad.storage.session_files import SessionDirectories

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from wad.ports import SessionFiles

pytestmark = pytest.mark.anyio

ID = SessionId("alpha")


class World(Protocol):
    """A store, and the means to do to it what the engine does."""

    @property
    def files(self) -> SessionFiles:
        """The store."""
        ...

    def link(self, session_id: SessionId) -> None:
        """Write the credentials of a linked device."""
        ...

    def damage(self, session_id: SessionId) -> None:
        """Make the credentials unreadable."""
        ...

    def used(self, session_id: SessionId) -> AbstractContextManager[None]:
        """Be a client that uses the credentials."""
        ...


class Disk:
    """Real directories."""

    def __init__(self, root: Path) -> None:
        self.files = SessionDirectories(root)

    def link(self, session_id: SessionId) -> None:
        """Write the credentials of a linked device."""
        with closing(sqlite3.connect(self.files.directory(session_id) / "creds.db")) as store, store:
            store.execute("CREATE TABLE whatsmeow_device (jid TEXT PRIMARY KEY)")
            store.execute("INSERT INTO whatsmeow_device VALUES ('491700000000:1@s.whatsapp.net')")

    def damage(self, session_id: SessionId) -> None:
        """Make the credentials unreadable."""
        (self.files.directory(session_id) / "creds.db").write_bytes(b"nothing that SQLite knows" * 100)

    @contextmanager
    def used(self, session_id: SessionId) -> Generator[None]:
        """Be a client that uses the credentials."""
        lock = os.open(self.files.directory(session_id) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(lock)


class Memory:
    """The fake."""

    def __init__(self) -> None:
        self.files = FakeSessionFiles()

    def link(self, session_id: SessionId) -> None:
        """Write the credentials of a linked device."""
        self.files.paired[session_id] = True

    def damage(self, session_id: SessionId) -> None:
        """Make the credentials unreadable."""
        self.files.damaged.add(session_id)

    @contextmanager
    def used(self, session_id: SessionId) -> Generator[None]:
        """Be a client that uses the credentials."""
        self.files.in_use.add(session_id)
        try:
            yield
        finally:
            self.files.in_use.discard(session_id)


@pytest.fixture(params=["memory", "disk"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Return each world in turn."""
    return Memory() if request.param == "memory" else Disk(tmp_path / "sessions")


async def test_directory_is_made_once(world: World) -> None:
    """Preparing makes a directory the first time, and says so."""
    assert await world.files.prepare(ID) is True
    assert await world.files.prepare(ID) is False


async def test_each_session_has_a_directory_of_its_own(world: World) -> None:
    """Different ids have different directories of one parent, named after the id."""
    first, second = world.files.directory(ID), world.files.directory(SessionId("beta"))
    assert (first.name, second.name) == ("alpha", "beta")
    assert first.parent == second.parent


async def test_absent_directory_is_not_paired(world: World) -> None:
    """A session without a directory has no credentials."""
    assert await world.files.is_paired(ID) is False


async def test_new_directory_is_not_paired(world: World) -> None:
    """A directory that was just made holds no credentials."""
    await world.files.prepare(ID)
    assert await world.files.is_paired(ID) is False


async def test_linked_device_is_paired(world: World) -> None:
    """A directory that holds the credentials of a linked device is paired, and stays so when prepared again."""
    await world.files.prepare(ID)
    world.link(ID)
    await world.files.prepare(ID)
    assert await world.files.is_paired(ID) is True


async def test_unreadable_credentials_are_an_error_and_never_unpaired(world: World) -> None:
    """Credentials that cannot be read are not taken for absent ones."""
    await world.files.prepare(ID)
    world.damage(ID)
    with pytest.raises(CredentialsDamaged, match="are damaged"):
        await world.files.is_paired(ID)


async def test_refused_credentials_are_moved_away_and_the_directory_stays(world: World) -> None:
    """After the credentials were trashed the session is unpaired, in the same directory."""
    await world.files.prepare(ID)
    world.link(ID)
    await world.files.trash_credentials(ID)
    assert await world.files.is_paired(ID) is False
    assert await world.files.prepare(ID) is False


async def test_damaged_credentials_can_be_trashed(world: World) -> None:
    """Damage does not keep credentials from being moved away."""
    await world.files.prepare(ID)
    world.damage(ID)
    await world.files.trash_credentials(ID)
    assert await world.files.is_paired(ID) is False


async def test_trashing_what_is_absent_is_harmless(world: World) -> None:
    """Without a directory, and without credentials in it, trashing does nothing."""
    await world.files.trash_credentials(ID)
    await world.files.prepare(ID)
    await world.files.trash_credentials(ID)
    assert await world.files.prepare(ID) is False


async def test_damaged_credentials_can_be_set_aside(world: World) -> None:
    """Afterwards there are none, in the same directory, and a new link finds its place free."""
    await world.files.prepare(ID)
    world.damage(ID)
    assert await world.files.is_damaged(ID) is True
    await world.files.set_aside(ID)
    assert await world.files.is_paired(ID) is False
    assert await world.files.prepare(ID) is False
    world.link(ID)
    assert await world.files.is_paired(ID) is True


async def test_sound_credentials_are_not_set_aside(world: World) -> None:
    """Credentials that work stay where they are, whoever asks."""
    await world.files.prepare(ID)
    world.link(ID)
    assert await world.files.is_damaged(ID) is False
    with pytest.raises(CredentialsSound):
        await world.files.set_aside(ID)
    assert await world.files.is_paired(ID) is True


async def test_absent_credentials_are_not_set_aside(world: World) -> None:
    """Without a directory, and without credentials in it, there is nothing that could be damaged."""
    for _ in range(2):
        with pytest.raises(SessionNotLinked):
            await world.files.is_damaged(ID)
        with pytest.raises(SessionNotLinked):
            await world.files.set_aside(ID)
        await world.files.prepare(ID)


async def test_only_what_holds_no_credentials_is_expendable(world: World) -> None:
    """A directory is worth keeping for linked, damaged and set aside credentials alike."""
    assert await world.files.is_expendable(ID) is True
    await world.files.prepare(ID)
    assert await world.files.is_expendable(ID) is True
    world.damage(ID)
    with pytest.raises(StorageError):
        await world.files.is_expendable(ID)
    await world.files.set_aside(ID)
    assert await world.files.is_expendable(ID) is False
    world.link(ID)
    assert await world.files.is_expendable(ID) is False


@pytest.mark.parametrize("reason", sorted(DISCARDS_UNPAIRED))
async def test_failed_creation_keeps_what_was_set_aside(world: World, reason: RemovalReason) -> None:
    """A new link that comes to nothing does not take the old credentials with it; a removal by the user does."""
    await world.files.prepare(ID)
    world.damage(ID)
    await world.files.set_aside(ID)
    with pytest.raises(StorageError, match="are kept"):
        await world.files.delete(ID, reason)
    assert await world.files.is_expendable(ID) is False
    await world.files.delete(ID, RemovalReason.MANUAL)
    assert await world.files.is_expendable(ID) is True


@pytest.mark.parametrize("reason", sorted(DELETES_FILES))
async def test_removal_by_the_user_deletes_paired_files(world: World, reason: RemovalReason) -> None:
    """A session that its user removed leaves no files, paired or not."""
    await world.files.prepare(ID)
    world.link(ID)
    await world.files.delete(ID, reason)
    assert await world.files.is_paired(ID) is False
    assert await world.files.prepare(ID) is True


@pytest.mark.parametrize("reason", sorted(DISCARDS_UNPAIRED))
async def test_failed_creation_deletes_only_what_was_never_paired(world: World, reason: RemovalReason) -> None:
    """A failure deletes a directory without credentials, and never one with them."""
    await world.files.prepare(ID)
    await world.files.delete(ID, reason)
    assert await world.files.prepare(ID) is True
    world.link(ID)
    with pytest.raises(StorageError, match="are kept"):
        await world.files.delete(ID, reason)
    assert await world.files.is_paired(ID) is True


@pytest.mark.parametrize("reason", sorted(DISCARDS_UNPAIRED))
async def test_failed_creation_keeps_what_cannot_be_read(world: World, reason: RemovalReason) -> None:
    """Credentials that cannot be read might be good ones: a failure does not delete them."""
    await world.files.prepare(ID)
    world.damage(ID)
    with pytest.raises(StorageError):
        await world.files.delete(ID, reason)
    assert await world.files.prepare(ID) is False


@pytest.mark.parametrize("reason", sorted(set(RemovalReason) - DELETES_FILES - DISCARDS_UNPAIRED))
async def test_no_other_reason_deletes_files(world: World, reason: RemovalReason) -> None:
    """Files are kept for every reason that is not in the two lists of the domain."""
    await world.files.prepare(ID)
    world.link(ID)
    with pytest.raises(StorageError, match="are kept"):
        await world.files.delete(ID, reason)
    assert await world.files.is_paired(ID) is True


async def test_deleting_twice_is_harmless(world: World) -> None:
    """Deleting an absent directory is no error."""
    await world.files.prepare(ID)
    await world.files.delete(ID, RemovalReason.MANUAL)
    await world.files.delete(ID, RemovalReason.MANUAL)


async def test_deleting_one_session_leaves_the_others(world: World) -> None:
    """Files of other sessions are not touched, however similar their ids."""
    other = SessionId("alpha-1")
    for session_id in (ID, other):
        await world.files.prepare(session_id)
        world.link(session_id)
    await world.files.delete(ID, RemovalReason.MANUAL)
    assert await world.files.is_paired(other) is True


async def test_files_in_use_are_left_alone(world: World) -> None:
    """As long as a client uses the credentials they are neither deleted nor trashed."""
    await world.files.prepare(ID)
    world.link(ID)
    with world.used(ID):
        with pytest.raises(StorageError, match="a client still uses them"):
            await world.files.delete(ID, RemovalReason.MANUAL)
        with pytest.raises(StorageError, match="a client still uses them"):
            await world.files.trash_credentials(ID)
    assert await world.files.is_paired(ID) is True


async def test_damaged_files_in_use_are_left_alone(world: World) -> None:
    """As long as a client uses the credentials they are not set aside, damaged or not."""
    await world.files.prepare(ID)
    world.damage(ID)
    with world.used(ID), pytest.raises(StorageError, match="a client still uses them"):
        await world.files.set_aside(ID)
    with pytest.raises(StorageError, match="are damaged"):
        await world.files.is_paired(ID)


@pytest.mark.parametrize("name", ["", ".", "..", "../alpha", "a/b", "/etc", ".trash", "a\0", "a" * 65])
async def test_id_that_is_no_id_reaches_no_file(world: World, name: str) -> None:
    """No operation takes a name that could lead elsewhere, even if a caller forgot to validate it."""
    session_id = SessionId(name)
    with pytest.raises(InvalidSessionId):
        world.files.directory(session_id)
    with pytest.raises(InvalidSessionId):
        await world.files.prepare(session_id)
    with pytest.raises(InvalidSessionId):
        await world.files.is_paired(session_id)
    with pytest.raises(InvalidSessionId):
        await world.files.trash_credentials(session_id)
    with pytest.raises(InvalidSessionId):
        await world.files.is_expendable(session_id)
    with pytest.raises(InvalidSessionId):
        await world.files.is_damaged(session_id)
    with pytest.raises(InvalidSessionId):
        await world.files.set_aside(session_id)
    with pytest.raises(InvalidSessionId):
        await world.files.delete(session_id, RemovalReason.MANUAL)
