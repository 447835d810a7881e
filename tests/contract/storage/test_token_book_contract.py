"""One suite over every token book."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from wad.domain.access import Role, Scope, Token
from wad.storage.database import open_database
from wad.storage.memory import MemoryTokens
from wad.storage.schema import tokens
from wad.storage.tokens import SqlTokens

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from wad.ports import TokenBook

pytestmark = pytest.mark.anyio

PLAIN = Token("aaaa1111", "zoe", "0" * 64, Role.ADMIN, Scope(), 2.5)
FULL = Token(
    "bbbb2222",
    "billing",
    "f" * 64,
    Role.VIEWER,
    Scope(("shop-*", "x")),
    1.5,
    expires_at=9.0,
    revoked_at=8.0,
    maker_id="cccc3333",
)


@asynccontextmanager
async def _book(kind: str, directory: Path) -> AsyncGenerator[TokenBook]:
    if kind == "memory":
        yield MemoryTokens()
    else:
        async with open_database(directory / "wad.db") as database:
            yield SqlTokens(database)


@pytest.fixture(params=["memory", "sqlite"])
async def book(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[TokenBook]:
    """Yield each token book in turn."""
    async with _book(request.param, tmp_path) as found:
        yield found


async def test_tokens_come_back_as_they_were_oldest_first(book: TokenBook) -> None:
    """Every part of a token is on the disk."""
    await book.save(PLAIN)
    await book.save(FULL)
    assert list(await book.load()) == [FULL, PLAIN]


async def test_saving_again_replaces_the_token(book: TokenBook) -> None:
    """A token that is revoked later is one token, revoked."""
    await book.save(PLAIN)
    await book.save(replace(PLAIN, revoked_at=7.0))
    assert list(await book.load()) == [replace(PLAIN, revoked_at=7.0)]


@pytest.mark.parametrize(
    "damage", [{"role": "EMPEROR"}, {"patterns": "[]"}, {"patterns": "nonsense"}, {"patterns": "[3]"}]
)
async def test_a_damaged_token_lets_nobody_in_and_holds_up_no_other(tmp_path: Path, damage: dict[str, str]) -> None:
    """A row that cannot be read is left out; it never turns into a token that may do more."""
    async with open_database(tmp_path / "wad.db") as database:
        found = SqlTokens(database)
        await found.save(PLAIN)
        await found.save(FULL)
        await database.run(tokens.update().where(tokens.c.token_id == FULL.token_id).values(**damage))
        assert list(await found.load()) == [PLAIN]
