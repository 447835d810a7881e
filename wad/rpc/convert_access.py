"""Callers and tokens, between the domain and the contract. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wad.domain.access import Mechanism, Role
from wad.domain.errors import InvalidInput
from wad.rpc import convert, paging
from wad.v1 import access_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wad.domain.access import Caller, Token
    from wad.rpc.paging import Page

LONGEST_LIFETIME: Final = 10 * 365 * 24 * 3600
"""Seconds."""

_TOKEN_ID = re.compile(r"[0-9a-z]{1,64}", re.ASCII)

ROLES: Final[Mapping[Role, access_pb2.Role.ValueType]] = {
    Role.VIEWER: access_pb2.ROLE_VIEWER,
    Role.OPERATOR: access_pb2.ROLE_OPERATOR,
    Role.ADMIN: access_pb2.ROLE_ADMIN,
}
MECHANISMS: Final[Mapping[Mechanism, access_pb2.AuthMechanism.ValueType]] = {
    Mechanism.TOKEN: access_pb2.AUTH_MECHANISM_TOKEN,
    Mechanism.CERTIFICATE: access_pb2.AUTH_MECHANISM_CERTIFICATE,
    Mechanism.PEER_CREDENTIALS: access_pb2.AUTH_MECHANISM_PEER_CREDENTIALS,
    Mechanism.INSECURE_LOOPBACK: access_pb2.AUTH_MECHANISM_INSECURE_LOOPBACK,
}
_ROLES_BY_NUMBER = {number: role for role, number in ROLES.items()}


def caller(found: Caller) -> access_pb2.Caller:
    """Return a caller as it is told."""
    return access_pb2.Caller(
        name=found.name,
        mechanism=MECHANISMS[found.mechanism],
        role=ROLES[found.role],
        session_patterns=found.scope.patterns,
        expire_time=None if found.expires_at is None else convert.timestamp(found.expires_at),
    )


def token(found: Token) -> access_pb2.Token:
    """Return a token as it is told, which is without its hash."""
    return access_pb2.Token(
        token_id=found.token_id,
        name=found.name,
        role=ROLES[found.role],
        session_patterns=found.scope.patterns,
        create_time=convert.timestamp(found.created_at),
        expire_time=None if found.expires_at is None else convert.timestamp(found.expires_at),
        revoke_time=None if found.revoked_at is None else convert.timestamp(found.revoked_at),
    )


def role(number: access_pb2.Role.ValueType) -> Role:
    """Return the role that a caller named.

    Raises:
        InvalidInput: It named none.
    """
    if number not in _ROLES_BY_NUMBER:
        names = ", ".join(access_pb2.Role.Name(known) for known in _ROLES_BY_NUMBER)
        raise InvalidInput("role", f"A token has a role; name one of {names}.")
    return _ROLES_BY_NUMBER[number]


def lifetime(request: access_pb2.CreateTokenRequest) -> float | None:
    """Return the seconds after which the token ends; None for never.

    Raises:
        InvalidInput: They are too few or too many.
    """
    if not request.HasField("lifetime"):
        return None
    seconds = request.lifetime.seconds + request.lifetime.nanos / 1e9
    if not 1 <= seconds <= LONGEST_LIFETIME:
        raise InvalidInput("lifetime", "A token's lifetime is 1 s to 10 years; omit it for a token that does not end.")
    return seconds


def token_id(request: access_pb2.RevokeTokenRequest) -> str:
    """Return the id of the token that a caller named.

    Raises:
        InvalidInput: That is none.
    """
    if _TOKEN_ID.fullmatch(request.token_id) is None:
        raise InvalidInput("token_id", "A token's id has letters and digits; it is not the token itself.")
    return request.token_id


def page(request: access_pb2.ListTokensRequest, tokens: Sequence[Token]) -> Page[Token]:
    """Return the page of *tokens*, newest first, that was asked for.

    Raises:
        InvalidInput: The page's size or its token cannot be used.
    """
    filters = access_pb2.ListTokensRequest(include_ended=request.include_ended)
    return paging.cut(request, filters, tokens, _newest_first)


def _newest_first(found: Token) -> str:
    age = 10**17 - round(found.created_at * 1e6)
    return f"{age:018d}.{found.token_id}"
