"""The token keeper."""

from __future__ import annotations

import pytest

from wad.daemon.clock import FakeClock
from wad.domain.access import Caller, Mechanism, Role, Scope
from wad.domain.access_errors import PermissionDenied, TokenExpired, TokenInvalid, TokenNotFound, TokenRevoked
from wad.domain.errors import StorageError
from wad.managers.tokens import TokenKeeper
from wad.storage.memory import MemoryTokens

pytestmark = pytest.mark.anyio

SHOPS = Scope(("shop-*",))


async def test_a_token_is_good_after_a_restart() -> None:
    """What was made is on the disk: a keeper that starts anew knows the same tokens."""
    book, clock = MemoryTokens(), FakeClock()
    _, secret = await TokenKeeper(book, clock).create("a", Role.VIEWER, SHOPS, lifetime=60)
    later = TokenKeeper(book, clock)
    with pytest.raises(TokenInvalid):
        later.verify(secret)
    await later.load()
    assert later.verify(secret).scope == SHOPS


async def test_the_book_never_holds_the_secret() -> None:
    """Whoever reads the registry cannot call with what is written there."""
    book = MemoryTokens()
    _, secret = await TokenKeeper(book, FakeClock()).create("a", Role.VIEWER, SHOPS, lifetime=None)
    (kept,) = await book.load()
    assert secret.rpartition("_")[2] not in repr(kept)


async def test_a_token_ends_by_itself() -> None:
    """After its lifetime it is refused, and listed only on request."""
    clock = FakeClock()
    keeper = TokenKeeper(MemoryTokens(), clock)
    made, secret = await keeper.create("a", Role.VIEWER, SHOPS, lifetime=60)
    await clock.advance(60)
    with pytest.raises(TokenExpired):
        keeper.verify(secret)
    assert list(keeper.list()) == []
    assert list(keeper.list(include_ended=True)) == [made]


async def test_revocation_is_told_and_lasts() -> None:
    """A revoked token is refused at once, its streams are ended, and a restart does not bring it back."""
    book, clock, told = MemoryTokens(), FakeClock(), list[None]()
    keeper = TokenKeeper(book, clock)
    keeper.changed = lambda: told.append(None)
    made, secret = await keeper.create("a", Role.VIEWER, SHOPS, lifetime=None)
    await keeper.revoke(made.token_id)
    await keeper.revoke(made.token_id)
    assert len(told) == 1
    later = TokenKeeper(book, clock)
    await later.load()
    for each in (keeper, later):
        with pytest.raises(TokenRevoked):
            each.verify(secret)


async def test_revocation_holds_even_if_it_cannot_be_written() -> None:
    """With a full disk the token is refused nevertheless, the caller is told, and another try writes it."""
    book = MemoryTokens()
    keeper = TokenKeeper(book, FakeClock())
    made, secret = await keeper.create("a", Role.VIEWER, SHOPS, lifetime=None)
    book.failure = StorageError("full")
    with pytest.raises(StorageError):
        await keeper.revoke(made.token_id)
    with pytest.raises(TokenRevoked):
        keeper.verify(secret)
    book.failure = None
    await keeper.revoke(made.token_id)
    (kept,) = await book.load()
    assert kept.revoked_at is not None


async def test_a_token_that_cannot_be_written_is_not_made() -> None:
    """A token that a restart would forget is never handed out."""
    book = MemoryTokens()
    book.failure = StorageError("full")
    keeper = TokenKeeper(book, FakeClock())
    with pytest.raises(StorageError):
        await keeper.create("a", Role.VIEWER, SHOPS, lifetime=None)
    assert list(keeper.list(include_ended=True)) == []


async def test_nobody_gives_out_more_than_it_has() -> None:
    """A maker's role, sessions and end bound those of the tokens that it makes."""
    clock = FakeClock()
    keeper = TokenKeeper(MemoryTokens(), clock)
    maker = Caller("m", Mechanism.TOKEN, Role.OPERATOR, SHOPS, expires_at=clock.wall() + 100)
    for role, scope in ((Role.ADMIN, SHOPS), (Role.VIEWER, Scope(("*",))), (Role.VIEWER, Scope(("shop-1", "bar")))):
        with pytest.raises(PermissionDenied):
            await keeper.create("a", role, scope, lifetime=None, maker=maker)
    made, _ = await keeper.create("a", Role.OPERATOR, Scope(("shop-e*",)), lifetime=1000, maker=maker)
    assert made.expires_at == maker.expires_at


async def test_an_unknown_token_is_told_apart() -> None:
    """Revoking what is not there is an error, since it may be a typing mistake."""
    with pytest.raises(TokenNotFound):
        await TokenKeeper(MemoryTokens(), FakeClock()).revoke("abcd1234")


async def test_what_a_token_has_made_ends_with_it() -> None:
    """A stolen token does not live on in those that were made with it, nor in theirs."""
    book = MemoryTokens()
    keeper = TokenKeeper(book, FakeClock())
    secrets = list[str]()
    maker: Caller | None = None
    for name in ("stolen", "child", "grandchild"):
        _, secret = await keeper.create(name, Role.ADMIN, Scope(), lifetime=None, maker=maker)
        secrets.append(secret)
        maker = keeper.verify(secret)
    _, other = await keeper.create("other", Role.ADMIN, Scope(), lifetime=None)
    await keeper.revoke(secrets[0].split("_")[1])
    for secret in secrets:
        with pytest.raises(TokenRevoked):
            keeper.verify(secret)
    assert keeper.verify(other).name == "other"
    assert sum(token.revoked_at is not None for token in await book.load()) == 3
