"""Who may call, and what: roles, scopes, callers, grants and tokens. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import Enum, IntEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from wad.domain.access_errors import TokenExpired, TokenInvalid, TokenRevoked
from wad.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKEN_PREFIX: Final = "wad"  # noqa: S105 - it is no secret  # noqa: S105 - it is no secret
"""What every token begins with, so that scanners for leaked secrets can know it."""

MOST_PATTERNS: Final = 32
LONGEST_NAME: Final = 64

_PATTERN = re.compile(r"[A-Za-z0-9._*-]{1,64}", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._@-]{0,63}", re.ASCII)
_TOKEN = re.compile(rf"{TOKEN_PREFIX}_([0-9a-z]{{8}})_([A-Za-z0-9_-]{{43}})", re.ASCII)


class Role(IntEnum):
    """What a caller may do; each role may also do what those below it may."""

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3


class Mechanism(Enum):
    """How a caller was recognised."""

    TOKEN = "token"  # noqa: S105 - it is no secret  # noqa: S105 - it is no secret
    CERTIFICATE = "certificate"
    PEER_CREDENTIALS = "peer_credentials"
    INSECURE_LOOPBACK = "insecure_loopback"


@dataclass(frozen=True, slots=True)
class Scope:
    """The sessions that a caller may reach.

    Attributes:
        patterns: Patterns of their ids, in which ``*`` stands for any text.
    """

    patterns: tuple[str, ...] = ("*",)

    @property
    def everything(self) -> bool:
        """True when it covers all sessions."""
        return "*" in self.patterns

    def covers(self, session_id: str) -> bool:
        """Return True when the session is within it."""
        return self.everything or any(fnmatchcase(session_id, pattern) for pattern in self.patterns)

    def includes(self, other: Scope) -> bool:
        """Return True when each session of *other* is within it, as far as one pattern of it shows by itself."""
        return all(self.covers(pattern) for pattern in other.patterns)  # a '*' of *other* is matched by '*' alone

    @classmethod
    def parse(cls, patterns: Sequence[str], field: str) -> Scope:
        """Return the scope of *patterns*.

        Args:
            patterns: Letters, digits, ``.``, ``_``, ``-`` and ``*``.
            field: Where they were given, for the error.

        Raises:
            InvalidInput: There are none or too many, or one of them can match no session id.
        """
        if not 1 <= len(patterns) <= MOST_PATTERNS:
            raise InvalidInput(
                field, f"Name 1 to {MOST_PATTERNS} patterns of session ids; '*' alone means all of them."
            )
        for index, pattern in enumerate(patterns):
            if _PATTERN.fullmatch(pattern) is None:
                raise InvalidInput(
                    f"{field}[{index}]",
                    "A pattern has 1 to 64 letters, digits, '.', '_', '-', or '*' for any text, such as shop-*.",
                )
        return cls(tuple(dict.fromkeys(patterns)))


EVERYTHING: Final = Scope()


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone who calls.

    Attributes:
        name: Name of the user, certificate or token.
        mechanism: How it was recognised.
        role: What it may do.
        scope: The sessions that it may reach.
        token_id: Its token; empty for other callers.
        expires_at: When its token ends, in seconds since the epoch; None when it does not.
    """

    name: str
    mechanism: Mechanism
    role: Role
    scope: Scope = EVERYTHING
    token_id: str = ""
    expires_at: float | None = None

    @property
    def key(self) -> str:
        """Tells this caller from every other one."""
        return f"{self.mechanism.value}:{self.token_id or self.name}"


@dataclass(frozen=True, slots=True)
class Grant:
    """What is configured for some callers; exactly one of the first three says for whom.

    Attributes:
        user: Name of a user of the daemon's host.
        group: Name of a group of theirs.
        certificate: A name that a client certificate gives: its common name, or one of its alternative names.
        role: What they may do.
        scope: The sessions that they may reach.
    """

    user: str | None = None
    group: str | None = None
    certificate: str | None = None
    role: Role = Role.VIEWER
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, without its secret.

    Attributes:
        token_id: Its id, the part of the token before the secret.
        name: What its maker calls it.
        digest: SHA-256 of the whole token, in hex. The secret has 256 random bits, so a slow hash would add nothing.
        role: What it may do.
        scope: The sessions that it may reach.
        created_at: When it was made, in seconds since the epoch.
        expires_at: When it ends by itself; None for never.
        revoked_at: When it was revoked; None when it was not.
        maker_id: The token that it was made with, and with which it is revoked; empty when it was made otherwise.
    """

    token_id: str
    name: str
    digest: str
    role: Role
    scope: Scope
    created_at: float
    expires_at: float | None = None
    revoked_at: float | None = None
    maker_id: str = ""

    def ended(self, now: float) -> bool:
        """Return True when it is good no more."""
        return self.revoked_at is not None or (self.expires_at is not None and now >= self.expires_at)

    def caller(self, presented: str, now: float) -> Caller:
        """Return who calls with it.

        Args:
            presented: The whole token as it was sent.
            now: Seconds since the epoch.

        Raises:
            TokenInvalid: That is another secret.
            TokenRevoked, TokenExpired: It is good no more.
        """
        if not hmac.compare_digest(self.digest, digest_of(presented)):
            raise TokenInvalid
        if self.revoked_at is not None:
            raise TokenRevoked
        if self.ended(now):
            raise TokenExpired
        return Caller(self.name, Mechanism.TOKEN, self.role, self.scope, self.token_id, self.expires_at)


def token_text(token_id: str, secret: str) -> str:
    """Return the whole token that its owner sends."""
    return f"{TOKEN_PREFIX}_{token_id}_{secret}"


def token_id_of(presented: str) -> str:
    """Return the id in a token.

    Raises:
        TokenInvalid: That is no token.
    """
    match = _TOKEN.fullmatch(presented)
    if match is None:
        raise TokenInvalid
    return match[1]


def digest_of(presented: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(presented.encode()).hexdigest()


def parse_token_name(name: str) -> str:
    """Return the name of a token: ASCII alone, so that none looks like another in lists and in the audit log.

    Raises:
        InvalidInput: It is empty, too long, or has other characters.
    """
    if _NAME.fullmatch(name) is None:
        raise InvalidInput(
            "name",
            f"A token's name has 1 to {LONGEST_NAME} letters, digits, '.', '_', '-', '@', beginning with a letter.",
        )
    return name
