"""The tokens that callers show: made, checked, listed, revoked."""

from __future__ import annotations

import secrets
import string
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wad.domain.access import Token, digest_of, parse_token_name, token_id_of, token_text
from wad.domain.access_errors import PermissionDenied, TokenInvalid, TokenNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wad.domain.access import Caller, Role, Scope
    from wad.ports import Clock, TokenBook

_ID_LETTERS: Final = string.digits + string.ascii_lowercase
_ID_LENGTH: Final = 8
_SECRET_BYTES: Final = 32


class TokenKeeper:
    """Keeps the tokens, all of them in memory: they are checked at every call.

    Args:
        book: Where they last.
        clock: Tells when they end.
    """

    def __init__(self, book: TokenBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self.changed: Callable[[], None] = lambda: None
        """Told when a token was revoked, so that what was begun with it can be ended."""

    async def load(self) -> None:
        """Read the tokens; until then every one is unknown.

        Raises:
            StorageError: They cannot be read.
        """
        self._tokens = {token.token_id: token for token in await self._book.load()}

    def verify(self, presented: str) -> Caller:
        """Return who calls with a token.

        Raises:
            TokenInvalid, TokenExpired, TokenRevoked: It is not good.
        """
        token = self._tokens.get(token_id_of(presented))
        if token is None:
            raise TokenInvalid
        return token.caller(presented, self._clock.wall())

    async def create(
        self, name: str, role: Role, scope: Scope, *, lifetime: float | None, maker: Caller | None = None
    ) -> tuple[Token, str]:
        """Make a token; return it, and the text that its owner sends.

        Args:
            name: What to call it.
            role: What it may do.
            scope: The sessions that it may reach.
            lifetime: Seconds after which it ends by itself; None for never.
            maker: Who makes it and so cannot give more than it has; None for who holds the database itself.

        Raises:
            InvalidInput: That is no name.
            PermissionDenied: It would reach further than its maker does.
            StorageError: It could not be written; there is no token.
        """
        if maker is not None and not (maker.scope.includes(scope) and role <= maker.role):
            raise PermissionDenied(
                f"A token cannot reach further than its maker, and {maker.name!r} may reach only the sessions "
                f"{', '.join(maker.scope.patterns)}.",
            )
        now = self._clock.wall()
        ends = (None if lifetime is None else now + lifetime, None if maker is None else maker.expires_at)
        text = token_text(self._new_id(), secrets.token_urlsafe(_SECRET_BYTES))
        token = Token(
            token_id=token_id_of(text),
            name=parse_token_name(name),
            digest=digest_of(text),
            role=role,
            scope=scope,
            created_at=now,
            expires_at=min((end for end in ends if end is not None), default=None),
            maker_id="" if maker is None else maker.token_id,
        )
        await self._book.save(token)
        self._tokens[token.token_id] = token
        return token, text

    def list(self, *, include_ended: bool = False) -> Sequence[Token]:
        """Return the tokens, newest first."""
        now = self._clock.wall()
        found = (token for token in self._tokens.values() if include_ended or not token.ended(now))
        return sorted(found, key=lambda token: (-token.created_at, token.token_id))

    async def revoke(self, token_id: str) -> Token:
        """End a token at once, with what was begun with it and the tokens that were made with it.

        Raises:
            TokenNotFound: There is none of that id.
            StorageError: That could not be written; the token is refused until the daemon ends, and is good again then.
        """
        if token_id not in self._tokens:
            raise TokenNotFound(token_id)
        now, family = self._clock.wall(), [token_id, *self._made_with(token_id)]
        fresh = [each for each in family if self._tokens[each].revoked_at is None]
        for each in fresh:
            self._tokens[each] = replace(self._tokens[each], revoked_at=now)
        if fresh:
            self.changed()
        for each in family:  # also those that were revoked before: that may not have been written
            await self._book.save(self._tokens[each])
        return self._tokens[token_id]

    def _made_with(self, token_id: str) -> Iterator[str]:
        """Yield the ids of the tokens that were made with a token, and with those."""
        for token in tuple(self._tokens.values()):
            if token.maker_id == token_id:
                yield token.token_id
                yield from self._made_with(token.token_id)

    def _new_id(self) -> str:
        while (made := "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))) in self._tokens:
            pass
        return made
