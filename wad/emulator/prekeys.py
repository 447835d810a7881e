"""The public keys that devices upload, so that others can begin an encrypted conversation with them.

The emulator only hands them on: it never has a private one, and cannot read what it relays.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from wad.emulator.errors import WireError
from wad.emulator.jid import Jid
from wad.emulator.nodes import Node
from wad.emulator.storage import write_private

_REGISTRATION, _ID, _KEY, _SIGNATURE = 4, 3, 32, 64
_ONE_TIME = _ID + _KEY
_HEADER = _REGISTRATION + _ID + _KEY + _SIGNATURE
_MOST_ONE_TIME = 2000
"""One-time keys that are kept for a device; clients upload 812 at first and 50 at a time later."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of one device.

    Args:
        registration: the device's random number.
        signed: id, public key and signature of its signed pre-key.
        one_time: id and public key of each one-time pre-key, oldest first.
    """

    registration: bytes
    signed: bytes
    one_time: bytes

    @classmethod
    def read(cls, upload: Node) -> Self:
        """Read what a device uploads.

        Raises:
            WireError: it lacks something.
        """
        signed, keys = upload.child("skey"), upload.child("list")
        if not signed or not keys:
            raise WireError("a device uploads keys without a signed pre-key or a list")
        one_time = b"".join(_read_key(key) for key in keys.children)
        signature = _data(signed, "signature", _SIGNATURE)
        return cls(_data(upload, "registration", _REGISTRATION), _read_key(signed) + signature, one_time)

    @property
    def count(self) -> int:
        """How many one-time keys there are."""
        return len(self.one_time) // _ONE_TIME

    def nodes(self, identity: bytes) -> tuple[Node, ...]:
        """Describe the set, with its oldest one-time key if it has one, to somebody who writes to the device."""
        key, signature = self.signed[:_ONE_TIME], self.signed[_ONE_TIME:]
        one_time = (Node("key", content=_write_key(self.one_time[:_ONE_TIME])),) if self.one_time else ()
        return (
            Node("registration", content=self.registration),
            Node("type", content=b"\5"),
            Node("identity", content=identity),
            *one_time,
            Node("skey", content=(*_write_key(key), Node("signature", content=signature))),
        )


class KeyStore:
    """The keys of every device, one file each; they survive a restart, and no one-time key is handed out twice.

    Args:
        directory: where the files are; it exists.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._sets: dict[Jid, KeySet | None] = {}

    def count(self, jid: Jid) -> int:
        """Return how many one-time keys of a device are left."""
        found = self._find(jid)
        return found.count if found else 0

    def add(self, jid: Jid, upload: Node) -> None:
        """Take in what a device uploads.

        Raises:
            WireError: it lacks something.
        """
        new, before = KeySet.read(upload), self._find(jid)
        kept = ((before.one_time if before else b"") + new.one_time)[-_MOST_ONE_TIME * _ONE_TIME :]
        self._keep(jid, KeySet(new.registration, new.signed, kept))

    def take(self, jid: Jid) -> KeySet | None:
        """Return a device's keys and use its oldest one-time key up; nothing if it never uploaded any."""
        found = self._find(jid)
        if found and found.one_time:
            self._keep(jid, KeySet(found.registration, found.signed, found.one_time[_ONE_TIME:]))
        return found

    def forget(self, jid: Jid) -> None:
        """Remove the keys of a device that is linked no longer."""
        self._sets.pop(jid, None)
        self._path(jid).unlink(missing_ok=True)

    def _find(self, jid: Jid) -> KeySet | None:
        if jid not in self._sets:
            self._sets[jid] = _load(self._path(jid))
        return self._sets[jid]

    def _keep(self, jid: Jid, keys: KeySet) -> None:
        self._sets[jid] = keys
        write_private(self._path(jid), keys.registration + keys.signed + keys.one_time)

    def _path(self, jid: Jid) -> Path:
        return self._directory / f"{jid.user}.{jid.device}.keys"


def _load(path: Path) -> KeySet | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(data) < _HEADER or (len(data) - _HEADER) % _ONE_TIME:
        return None  # a device that is told that it has no keys left uploads new ones
    return KeySet(data[:_REGISTRATION], data[_REGISTRATION:_HEADER], data[_HEADER:])


def _read_key(key: Node) -> bytes:
    return _data(key, "id", _ID) + _data(key, "value", _KEY)


def _write_key(record: bytes) -> tuple[Node, Node]:
    return Node("id", content=record[:_ID]), Node("value", content=record[_ID:])


def _data(node: Node, tag: str, size: int) -> bytes:
    child = node.child(tag)
    if child is None or len(child.data) != size:
        raise WireError(f"a device uploads a {node.tag} whose {tag} has not {size} bytes")
    return child.data
