"""What users of this host and holders of certificates may do, as it is configured."""

from __future__ import annotations

import grp
import os
import pwd
from typing import TYPE_CHECKING, Final

import structlog

from wad.domain.access import Caller, Grant, Mechanism, Role
from wad.domain.access_errors import PermissionDenied

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wad.rpc.access.peers import Peer

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

GROUP: Final = "wad"
"""Members of this group may do everything unless the configuration grants otherwise."""


def _standing() -> tuple[Grant, ...]:
    """Return what holds unless another grant says otherwise: who owns the daemon's files could do all of it anyway."""
    return Grant(user=str(os.geteuid()), role=Role.ADMIN), Grant(user="0", role=Role.ADMIN)


class Grants:
    """The grants in their order; the first one that is for a caller counts.

    The daemon's own user and root are administrators unless a grant says otherwise.

    Args:
        grants: The grants; None for the one that lets the group ``wad`` do everything.
    """

    def __init__(self, grants: Sequence[Grant] | None = None) -> None:
        self._users: dict[int, tuple[int, Grant]] = {}
        self._groups: dict[int, tuple[int, Grant]] = {}
        self._certificates: dict[str, tuple[int, Grant]] = {}
        self.changed: Callable[[], None] = lambda: None
        """Told when other grants hold, so that what was begun by others can be ended."""
        self.replace(grants)

    def replace(self, grants: Sequence[Grant] | None) -> None:
        """Let other grants hold from now on; a user or group that this host does not know is logged and left out."""
        users: dict[int, tuple[int, Grant]] = {}
        groups: dict[int, tuple[int, Grant]] = {}
        certificates: dict[str, tuple[int, Grant]] = {}
        defaults = grants is None
        given = (Grant(group=GROUP, role=Role.ADMIN),) if grants is None else grants
        for place, grant in enumerate((*given, *_standing())):
            if grant.user is not None and (uid := _uid(grant.user)) is not None:
                users.setdefault(uid, (place, grant))
            elif grant.group is not None and (gid := _gid(grant.group)) is not None:
                groups.setdefault(gid, (place, grant))
            elif grant.certificate is not None:
                certificates.setdefault(grant.certificate, (place, grant))
            elif not defaults:
                _log.warning("access.unknown_name", user=grant.user, group=grant.group)
        self._users, self._groups, self._certificates = users, groups, certificates
        self.changed()

    def of_peer(self, peer: Peer) -> Caller:
        """Return a user of this host as a caller.

        Raises:
            PermissionDenied: Nothing is granted to it.
        """
        found = [self._groups[gid] for gid in peer.gids if gid in self._groups]
        if peer.uid in self._users:
            found.append(self._users[peer.uid])
        return _caller(peer.name, Mechanism.PEER_CREDENTIALS, found, f"user {peer.name!r} of this host")

    def of_certificate(self, names: Sequence[str]) -> Caller:
        """Return the holder of a client certificate as a caller, under the name by which it was found.

        Raises:
            PermissionDenied: Nothing is granted to it.
        """
        found = [self._certificates[name] for name in names if name in self._certificates]
        name = min(found, key=_place)[1].certificate if found else None
        return _caller(name or names[0], Mechanism.CERTIFICATE, found, f"the certificate of {names[0]!r}")


def _caller(name: str, mechanism: Mechanism, found: list[tuple[int, Grant]], who: str) -> Caller:
    if not found:
        raise PermissionDenied(
            f"Nothing is granted to {who}; an administrator can add it to access.grants in the daemon's "
            "configuration, or make a token."
        )
    grant = min(found, key=_place)[1]
    return Caller(name, mechanism, grant.role, grant.scope)


def _place(found: tuple[int, Grant]) -> int:
    return found[0]


def _uid(name: str) -> int | None:
    if name.isdecimal():
        return int(name)
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def _gid(name: str) -> int | None:
    if name.isdecimal():
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None
