"""The users at the other end of the unix socket, as the kernel names them."""

from __future__ import annotations

import errno
import pwd
import secrets
import socket
import struct
from dataclasses import dataclass
from typing import Final

from wad.domain.access_errors import CredentialsRequired

_UCRED: Final = struct.Struct("3i")
_SO_PEERGROUPS: Final = 59
"""See socket(7); Python has no name for it."""
_MOST_BYTES: Final = 1024
"""Python asks the kernel for no more at a time; room for 256 groups."""
_SCHEME: Final = "unix-abstract:"


@dataclass(frozen=True, slots=True)
class Peer:
    """A process at the other end of a unix socket, as it was when it connected.

    Attributes:
        uid: Its user.
        gids: Its groups.
        name: Name of that user, or ``uid N`` when it has none.
    """

    uid: int
    gids: frozenset[int]
    name: str

    @classmethod
    def of(cls, connection: socket.socket) -> Peer:
        """Return the peer of a connection.

        Raises:
            OSError: The kernel does not tell.
        """
        _pid, uid, gid = _UCRED.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
        groups = _groups(connection)
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            name = f"uid {uid}"
        return cls(uid, frozenset((gid, *groups)), name)


def _groups(connection: socket.socket) -> tuple[int, ...]:
    """Return the groups of the peer besides its first; none when they do not fit, which gives it less, not more."""
    try:
        raw = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, _MOST_BYTES)
    except OSError as error:
        if error.errno != errno.ERANGE:
            raise
        return ()
    return struct.unpack(f"{len(raw) // 4}I", raw)


class Peers:
    """Who is behind each connection of the unix socket.

    gRPC tells a method only the address that its connection came from. Each connection is given an address that nobody
    can guess, and by that address the method's caller is found here.
    """

    def __init__(self) -> None:
        self._peers: dict[str, Peer] = {}

    def add(self, peer: Peer) -> str:
        """Return a new name in the abstract namespace for a connection of *peer*."""
        name = f"wad-{secrets.token_hex(16)}"
        self._peers[name] = peer
        return name

    def discard(self, name: str) -> None:
        """Forget a connection that is over."""
        self._peers.pop(name, None)

    def find(self, address: str) -> Peer:
        """Return who is behind an address of gRPC's.

        Raises:
            CredentialsRequired: The connection did not come through the front door.
        """
        peer = self._peers.get(address.removeprefix(_SCHEME))
        if peer is None:
            raise CredentialsRequired("Connect to the daemon's own unix socket.")
        return peer
