"""The archive of one session: a tar file with a manifest, the credential store, and the checksums of both.

It is read as strictly as it is written: whatever is not, byte for byte, what :func:`pack` makes of its own manifest and
store is refused. So no name in it leads anywhere, and no change to it goes unnoticed.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from wad.domain.errors import InvalidInput
from wad.domain.ids import parse_session_id

if TYPE_CHECKING:
    from wad.domain.directories import StoreCopy

FORMAT: Final = 1
"""Version of the archive's format."""

_MANIFEST: Final = "manifest.json"
_STORE: Final = "creds.db"
_SUMS: Final = "SHA256SUMS"
_MEMBERS: Final = (_MANIFEST, _STORE, _SUMS)

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of the largest archive that is read; a session's store has a thousandth of that."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        session_id: The session that was saved.
        jid: Its linked device.
        taken_at: Seconds since the epoch at which its store was copied.
        created: The same for people.
        store_changed_at: Time of the store's latest change that is in the copy, by the clock of the file system.
        wad_version: Version of wad that made the archive.
        store_sha256: Checksum of the store.
        store_size: Bytes of the store.
        format: Version of the archive's format.
    """

    session_id: str
    jid: str
    taken_at: float
    created: str
    store_changed_at: float
    wad_version: str
    store_sha256: str
    store_size: int
    format: int = FORMAT


_KINDS: Final = {
    **dict.fromkeys(("session_id", "jid", "created", "wad_version", "store_sha256"), (str,)),
    **dict.fromkeys(("taken_at", "store_changed_at"), (float, int)),
    "store_size": (int,),
}


def describe(session_id: str, copy: StoreCopy, wad_version: str) -> Manifest:
    """Return the manifest of a session's store."""
    created = datetime.fromtimestamp(copy.taken_at, UTC).isoformat(timespec="seconds")
    checksum, length = hashlib.sha256(copy.content).hexdigest(), len(copy.content)
    return Manifest(session_id, copy.jid, copy.taken_at, created, copy.changed_at, wad_version, checksum, length)


def pack(manifest: Manifest, store: bytes) -> bytes:
    """Return the archive, not sealed."""
    described = f"{json.dumps(asdict(manifest), indent=2)}\n".encode()
    sums = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in ((_MANIFEST, described), (_STORE, store))
    )
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in zip(_MEMBERS, (described, store, sums.encode()), strict=True):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(data), 0o600, int(manifest.taken_at)
            tar.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def unpack(archive: bytes) -> tuple[Manifest, bytes]:
    """Return the manifest and the store of an archive that is not sealed.

    Raises:
        InvalidInput: It is no archive of wad, of a format that this version does not know, or was cut off or changed.
    """
    try:
        described, store = _members(archive)
        manifest = _manifest(described)
        same = pack(manifest, store) == archive
    except (tarfile.TarError, OSError, EOFError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise _not_ours(str(error)) from error
    if not same or hashlib.sha256(store).hexdigest() != manifest.store_sha256:
        raise _not_ours("its checksums do not match what it holds")
    return manifest, store


def _members(archive: bytes) -> tuple[bytes, bytes]:
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        for member in tar:
            if member.name not in _MEMBERS or not member.isreg():
                raise _not_ours(f"it holds {member.name!r}, which no archive of wad holds")
            content = tar.extractfile(member)
            found[member.name] = b"" if content is None else content.read()
    missing = [name for name in _MEMBERS if name not in found]
    if missing:
        raise _not_ours(f"it lacks {', '.join(missing)}")
    return found[_MANIFEST], found[_STORE]


def _manifest(described: bytes) -> Manifest:
    values: Any = json.loads(described)
    if not isinstance(values, dict):
        raise TypeError("its manifest is no JSON object")
    fields = cast("dict[str, Any]", values)
    if fields["format"] != FORMAT:
        raise InvalidInput(
            "archive",
            f"The archive has format {fields['format']!r}, and this wad reads format {FORMAT}; it was made by another "
            "version. Restore it with that version, or upgrade this one.",
        )
    manifest = Manifest(**fields)
    for name, kinds in _KINDS.items():
        if type(fields[name]) not in kinds:  # exactly: a bool is an int to isinstance
            raise TypeError(f"its manifest's {name} is no {kinds[0].__name__}")
    parse_session_id(manifest.session_id)
    return manifest


def _not_ours(why: str) -> InvalidInput:
    return InvalidInput(
        "archive",
        f"This is not a whole, unchanged archive of a session: {why}. Nothing was changed; try another copy of it.",
    )
