"""Recognises callers and lets them in, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from wad.domain.access import Caller, Mechanism, Role
from wad.domain.access_errors import AccessError, CredentialsRequired, PermissionDenied, TokenInvalid
from wad.rpc.access.permissions import OPEN, PERMISSIONS, RECOGNISED
from wad.rpc.access.x509 import client_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wad.rpc.access.grants import Grants
    from wad.rpc.access.peers import Peers
    from wad.rpc.access.permissions import Permission
    from wad.rpc.ports import Context

_AUTHORIZATION: Final = "authorization"
_SCHEME: Final = "bearer "
_LONGEST_HEADER: Final = 256

_ROLE_NAMES = {role: role.name.lower() for role in Role}


class TokenVerifier(Protocol):
    """Knows the tokens."""

    def verify(self, presented: str) -> Caller:
        """Return who calls with a token.

        Raises:
            TokenInvalid, TokenExpired, TokenRevoked: It is not good.
        """
        ...


class Doorkeeper:
    """Recognises callers, and lets those in that may do what they ask for.

    Args:
        tokens: Knows the tokens.
        grants: What users and certificates may do.
        peers: The users at the other end of the unix socket.
        insecure_loopback: Callers that come over loopback without TLS are trusted with everything.
        refused: Told of each failure to recognise a caller, with the mechanism that failed.
    """

    def __init__(
        self,
        tokens: TokenVerifier,
        grants: Grants,
        peers: Peers,
        *,
        insecure_loopback: bool = False,
        refused: Callable[[str], None] = lambda _mechanism: None,
    ) -> None:
        self._tokens = tokens
        self._grants = grants
        self._peers = peers
        self._insecure_loopback = insecure_loopback
        self._refused = refused

    def recognise(self, context: Context) -> Caller:
        """Return who makes the call.

        Raises:
            CredentialsRequired, TokenInvalid, TokenExpired, TokenRevoked: That cannot be told.
            PermissionDenied: It is known, and nothing is granted to it.
        """
        presented = _authorization(context)
        peer: Any = context.peer()
        if presented is not None:
            mechanism, recognise = Mechanism.TOKEN, lambda: self._tokens.verify(_bearer(presented))
        elif (names := _certificate_names(context)) is not None:
            mechanism, recognise = Mechanism.CERTIFICATE, lambda: self._grants.of_certificate(names)
        elif str(peer).startswith("unix"):
            mechanism, recognise = Mechanism.PEER_CREDENTIALS, lambda: self._grants.of_peer(self._peers.find(str(peer)))
        else:
            mechanism, recognise = Mechanism.INSECURE_LOOPBACK, self._unproven
        try:
            return recognise()
        except AccessError:
            self._refused(mechanism.value)
            raise

    def _unproven(self) -> Caller:
        if self._insecure_loopback:
            return Caller("loopback", Mechanism.INSECURE_LOOPBACK, Role.ADMIN)
        raise CredentialsRequired(
            "Send a token as metadata 'authorization: Bearer wad_…'; `wad token create` makes one. On the daemon's "
            "host the unix socket needs none."
        )


def required(method: str) -> Permission | None:
    """Return what a method (``wad.v1.SessionService/GetSession``) needs; None when it needs no caller at all."""
    if method.startswith(OPEN):
        return None
    return PERMISSIONS.get(method, RECOGNISED)


def permit(caller: Caller, permission: Permission) -> None:
    """Return when the caller may.

    Raises:
        PermissionDenied: It may not; the text says what is missing.
    """
    if caller.role < permission.role:
        needed = _ROLE_NAMES[permission.role]
        raise PermissionDenied(
            f"This needs the role {needed}, and {caller.name!r} has the role {_ROLE_NAMES[caller.role]}.",
            required_role=needed,
        )
    if permission.of_all and not caller.scope.everything:
        raise PermissionDenied(
            f"This concerns all sessions, and {caller.name!r} may reach only {', '.join(caller.scope.patterns)}.",
        )


def _authorization(context: Context) -> str | None:
    metadata: Any = context.invocation_metadata()
    given: list[str | bytes] = [value for key, value in metadata or () if key == _AUTHORIZATION]
    if not given:
        return None
    if len(given) > 1 or not isinstance(given[0], str):  # two might be read differently by whoever stands in between
        raise TokenInvalid
    return given[0]


def _bearer(presented: str) -> str:
    if len(presented) > _LONGEST_HEADER or not presented.lower().startswith(_SCHEME):
        raise TokenInvalid
    return presented[len(_SCHEME) :].strip()


def _certificate_names(context: Context) -> Sequence[str] | None:
    """Return the names in the client's certificate, or None when it showed none."""
    shown: Any = context.auth_context()
    pem: Sequence[bytes] = shown.get("x509_pem_cert", ())
    return (client_names(pem[0]) or ["(without a name)"]) if pem else None
