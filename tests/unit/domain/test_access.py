"""Roles, scopes and tokens."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.domain.access import (
    EVERYTHING,
    Mechanism,
    Role,
    Scope,
    Token,
    digest_of,
    parse_token_name,
    token_id_of,
    token_text,
)
from wad.domain.access_errors import TokenExpired, TokenInvalid, TokenRevoked
from wad.domain.errors import InvalidInput

SECRET = "s" * 43
TEXT = token_text("abcd1234", SECRET)
TOKEN = Token("abcd1234", "billing", digest_of(TEXT), Role.OPERATOR, Scope(("shop-*",)), 100.0, expires_at=200.0)

patterns = st.text("ab-*", min_size=1, max_size=5)
ids = st.text("ab-", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("pattern", "session_id", "covered"),
    [
        ("shop-*", "shop-1", True),
        ("shop-*", "shop-", True),
        ("shop-*", "shop", False),
        ("shop-*", "my-shop-1", False),
        ("*-eu", "shop-eu", True),
        ("shop", "shop", True),
        ("shop", "Shop", False),
        ("s*p", "ship", True),
        ("*", "anything", True),
    ],
)
def test_a_pattern_covers_what_it_says(pattern: str, session_id: str, *, covered: bool) -> None:
    """A star stands for any text, everything else for itself, and the whole id must match."""
    assert Scope((pattern,)).covers(session_id) is covered


@given(st.lists(patterns, min_size=1, max_size=3), st.lists(patterns, min_size=1, max_size=3), ids)
def test_a_scope_never_includes_one_that_reaches_further(mine: list[str], theirs: list[str], session_id: str) -> None:
    """If a scope includes another, each session that the other covers is covered by it too."""
    one, other = Scope(tuple(mine)), Scope(tuple(theirs))
    if one.includes(other) and other.covers(session_id):
        assert one.covers(session_id)


@given(patterns)
def test_every_scope_includes_itself_and_is_within_everything(pattern: str) -> None:
    """A caller can give out exactly what it has; who has everything can give out anything."""
    scope = Scope((pattern,))
    assert scope.includes(scope)
    assert EVERYTHING.includes(scope)


@pytest.mark.parametrize("bad", [[], ["a b"], [""], ["[ab]"], ["a?"], ["x" * 65], ["ü"], ["a"] * 33])
def test_other_patterns_are_refused(bad: list[str]) -> None:
    """A pattern in another language, or one that matches nothing, would let in others than was meant."""
    with pytest.raises(InvalidInput):
        Scope.parse(bad, "sessions")


@given(st.text("abc._-*", min_size=1, max_size=64), st.text("abc._-", max_size=64))
def test_patterns_mean_the_same_to_the_shell(pattern: str, session_id: str) -> None:
    """What is allowed in a pattern has no other meaning in the library that matches it."""
    assert Scope.parse([pattern], "sessions").covers(session_id) == (pattern == "*" or fnmatchcase(session_id, pattern))


def test_a_good_token_is_its_caller() -> None:
    """Who shows the secret has the token's name, role and sessions, until it ends."""
    caller = TOKEN.caller(TEXT, 199.0)
    assert (caller.name, caller.mechanism, caller.role) == ("billing", Mechanism.TOKEN, Role.OPERATOR)
    assert (caller.scope, caller.expires_at, caller.token_id) == (Scope(("shop-*",)), 200.0, "abcd1234")


def test_a_token_ends_at_its_time() -> None:
    """At the second of its end a token is good no more."""
    with pytest.raises(TokenExpired):
        TOKEN.caller(TEXT, 200.0)


def test_a_revoked_token_says_so() -> None:
    """Revocation is told apart from the end, so that its owner knows whom to ask."""
    with pytest.raises(TokenRevoked):
        replace(TOKEN, revoked_at=150.0).caller(TEXT, 500.0)


def test_only_the_secret_tells_how_a_token_ended() -> None:
    """Without the secret nobody learns whether a token of that id was revoked or is over."""
    for token in (TOKEN, replace(TOKEN, revoked_at=150.0)):
        with pytest.raises(TokenInvalid):
            token.caller(token_text("abcd1234", "x" * 43), 500.0)


@pytest.mark.parametrize(
    "text", ["", "wad_", f"wad_ABCD1234_{SECRET}", f"wad_abcd1234_{SECRET}x", f"xad_abcd1234_{SECRET}"]
)
def test_other_texts_are_no_tokens(text: str) -> None:
    """A text of another form is refused before anything is looked up."""
    with pytest.raises(TokenInvalid):
        token_id_of(text)


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=8, max_size=8))
def test_the_id_can_be_read_from_the_token(token_id: str) -> None:
    """A token carries its id, so that it is found without trying all of them."""
    assert token_id_of(token_text(token_id, SECRET)) == token_id


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb", "\x1b[31m", " root", "r\u043e\u043et", "1"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    """A name ends up in lists and in the audit log, so it is short, and none looks like another."""
    with pytest.raises(InvalidInput):
        parse_token_name(name)
