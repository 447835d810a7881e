"""Saves the credentials of one session, live or not, as a sealed archive."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from wad.domain.errors import StorageError
from wad.maintenance.archive import Manifest, describe, pack
from wad.maintenance.encryption import Plaintext, Protection, seal

if TYPE_CHECKING:
    from pathlib import Path

    from wad.domain.ids import SessionId
    from wad.maintenance.ports import Custody

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Backup:
    """A session's archive.

    Attributes:
        manifest: What it says of itself.
        content: The archive, sealed as was asked for.
        file_name: A name for it that tells the session, the moment, and whether it is sealed.
    """

    manifest: Manifest
    content: bytes = field(repr=False)
    file_name: str


def back_up(custody: Custody, session_id: SessionId, protection: Protection) -> Backup:
    """Return an archive of the session's credentials; a client that uses them notices nothing.

    Raises:
        InvalidInput: It cannot be sealed in that way.
        SessionNotFound: There is no directory of this session.
        SessionNotLinked: It holds no credentials of a linked device.
        StorageError: They cannot be read.
    """
    copy = custody.copy_store(session_id)
    manifest = describe(session_id, copy, version("wad"))
    moment = datetime.fromtimestamp(copy.taken_at, UTC)
    suffix = ".tar" if isinstance(protection, Plaintext) else ".tar.age"
    name = f"{session_id}-{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03}Z{suffix}"
    return Backup(manifest, seal(pack(manifest, copy.content), protection), name)


def save(backup: Backup, directory: Path) -> Path:
    """Write the archive into *directory*, which is made if it is absent, and return its path.

    Raises:
        StorageError: It cannot be written; no part of it is left.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The directory {directory} cannot be made: {error.strerror}.") from error
    path = directory / backup.file_name
    write(backup.content, path)
    return path


def write(content: bytes, path: Path) -> None:
    """Write a new file (mode 0600), whole or not at all.

    Raises:
        StorageError: It exists already, or cannot be written; no part of it is left.
    """
    try:
        os.close(os.open(path, _NEW, 0o600))  # takes the name; links would do it in one step, but not on every disk
    except FileExistsError as error:
        raise StorageError(f"{path} exists already and is left as it is; choose another name.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be made: {error.strerror}.") from error
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(part, _NEW, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        for left in (part, path):
            left.unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error
