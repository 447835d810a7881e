"""Phone numbers, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.domain.errors import InvalidInput
from wad.domain.phone_numbers import parse_phone_number


@given(st.from_regex(r"[1-9][0-9]{7,14}", fullmatch=True), st.sampled_from(["", "+"]))
def test_a_number_is_its_digits(digits: str, plus: str) -> None:
    """Eight to fifteen digits that begin with a country code are taken, with or without the plus."""
    assert parse_phone_number(plus + digits) == digits


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("+", "other than digits"),
        ("1234567", "too short (7 digits)"),
        ("1" * 16, "too long (16 digits)"),
        ("015112345678", "begins with 0"),
        ("+015112345678", "begins with 0"),
        ("49 151 12345678", "other than digits"),
        ("++4915112345678", "other than digits"),
        ("4915112345678\n", "other than digits"),
        ("٤٩١٥١١٢٣٤٥٦٧٨", "other than digits"),
    ],
)
def test_what_is_no_number_is_told_why(text: str, problem: str) -> None:
    """The error names the field, the problem, and what would be right."""
    with pytest.raises(InvalidInput) as caught:
        parse_phone_number(text)
    assert caught.value.field == "phone_number"
    assert problem in str(caught.value)
    assert "4915112345678" in str(caught.value)
