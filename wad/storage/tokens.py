"""Tokens in the daemon's database: their hashes, never their secrets."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from wad.domain.access import Role, Scope, Token
from wad.domain.errors import WadError
from wad.storage.schema import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import RowMapping

    from wad.storage.database import Database

_log = logging.getLogger(__name__)

_insert = insert(tokens)
_UPSERT: Final = _insert.on_conflict_do_update(
    index_elements=[tokens.c.token_id],
    set_={column.name: _insert.excluded[column.name] for column in tokens.c},
)


class SqlTokens:
    """Implements :class:`wad.ports.TokenBook`.

    Args:
        database: Where the tokens are.
    """

    def __init__(self, database: Database) -> None:
        self._run = database.run

    async def load(self) -> Sequence[Token]:
        """Return every token, oldest first; a damaged one is logged and left out, so that it lets nobody in.

        Raises:
            StorageError: The database cannot be read.
        """
        found: list[Token] = []
        for row in await self._run(select(tokens).order_by(tokens.c.created_at)):
            try:
                found.append(_from_row(row))
            except (KeyError, TypeError, ValueError, WadError) as error:
                _log.error("A token in the registry is damaged and lets nobody in: %r", error)
        return found

    async def save(self, token: Token) -> None:
        """Insert the token, or replace the one of the same id; it is on the disk when this returns.

        Raises:
            StorageError: It could not be written; nothing was changed.
        """
        row = {
            "token_id": token.token_id,
            "name": token.name,
            "digest": token.digest,
            "role": token.role.name,
            "patterns": json.dumps(token.scope.patterns),
            "created_at": token.created_at,
            "expires_at": token.expires_at,
            "revoked_at": token.revoked_at,
            "maker_id": token.maker_id,
        }
        await self._run(_UPSERT, row)


def _from_row(row: RowMapping) -> Token:
    return Token(
        token_id=row["token_id"],
        name=row["name"],
        digest=row["digest"],
        role=Role[row["role"]],
        scope=Scope.parse(json.loads(row["patterns"]), "patterns"),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        maker_id=row["maker_id"],
    )
