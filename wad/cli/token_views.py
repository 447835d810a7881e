"""Tokens for people and for programs; never their secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wad.cli.listing import Column, Listing
from wad.cli.text import printable, timed, zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wad.domain.access import Token


def table(tokens: Sequence[Token]) -> Listing:
    """Return one line for each token."""
    shown = Listing("ID", "NAME", "ROLE", "SESSIONS", Column(timed("MADE"), 2), Column(timed("ENDS"), 1))
    for token in tokens:
        shown.add_row(
            token.token_id,
            printable(token.name),
            token.role.name.lower(),
            " ".join(token.scope.patterns),
            _local(token.created_at),
            _end(token),
        )
    return shown


def made(token: Token) -> str:
    """Return what is said of a new token beside its secret."""
    reach = "all sessions" if token.scope.everything else f"the sessions {', '.join(token.scope.patterns)}"
    end = "does not end by itself" if token.expires_at is None else f"ends {_local(token.expires_at)} {zone()}"
    return (
        f"Token {token.token_id} for {printable(token.name)}: {token.role.name.lower()} of {reach}; it {end}.\n"
        "This is the only time that it is shown:"
    )


def as_dict(token: Token) -> dict[str, Any]:
    """Return a token for programs, with the contract's names."""
    return {
        "token_id": token.token_id,
        "name": token.name,
        "role": f"ROLE_{token.role.name}",
        "session_patterns": list(token.scope.patterns),
        "create_time": _utc(token.created_at),
        "expire_time": _utc(token.expires_at),
        "revoke_time": _utc(token.revoked_at),
    }


def _end(token: Token) -> str:
    if token.revoked_at is not None:
        return f"revoked {_local(token.revoked_at)}"
    return "never" if token.expires_at is None else _local(token.expires_at)


def _local(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, datetime.now().astimezone().tzinfo):%Y-%m-%d %H:%M}"


def _utc(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
