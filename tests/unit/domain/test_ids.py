"""Session ids name directories: whatever could be a path is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.domain.errors import InvalidSessionId
from wad.domain.ids import parse_session_id


@pytest.mark.parametrize("text", ["a", "0", "sales-49170", "Team.Alpha_1", "x" * 64, "a..b"])
def test_valid_ids_are_kept_as_they_are(text: str) -> None:
    """An id of the documented alphabet is returned unchanged."""
    assert parse_session_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "/etc",
        "a\\b",
        ".hidden",
        "-x",
        "_x",
        "a b",
        "a\n",
        "ä",
        "x" * 65,
        "a\0",
        "%2e",
        "٣",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    """An id that could leave its directory, hide in it, or confuse a shell is refused."""
    with pytest.raises(InvalidSessionId) as caught:
        parse_session_id(text)
    assert caught.value.field == "session_id"


@given(st.text())
def test_accepted_ids_match_the_documented_pattern(text: str) -> None:
    """Nothing outside the documented pattern is ever accepted, and all inside it is."""
    try:
        accepted = parse_session_id(text) == text
    except InvalidSessionId:
        accepted = False
    assert accepted == bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text, re.ASCII))
