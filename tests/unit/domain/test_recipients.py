"""Whom a message can be sent to, and what can be sent."""

from __future__ import annotations

import pytest

from wad.domain.errors import InvalidInput
from wad.domain.recipients import MAX_TEXT_BYTES, parse_recipient, parse_text


@pytest.mark.parametrize(
    ("text", "jid"),
    [
        ("+4915112345678", "4915112345678@s.whatsapp.net"),
        ("4915112345678", "4915112345678@s.whatsapp.net"),
        ("4915112345678@s.whatsapp.net", "4915112345678@s.whatsapp.net"),
        ("123456789012345@lid", "123456789012345@lid"),
        ("120363012345678901@g.us", "120363012345678901@g.us"),
        ("4915112345678-1600000000@g.us", "4915112345678-1600000000@g.us"),
    ],
)
def test_a_person_or_a_group_can_be_addressed(text: str, jid: str) -> None:
    """A phone number stands for the person who has it; a jid stands for itself."""
    assert parse_recipient(text) == jid


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0151",
        "@lid",
        "4915112345678:1@s.whatsapp.net",
        "status@broadcast",
        "1@newsletter",
        "49151@s.whatsapp.net\n",
    ],
)
def test_nobody_else_can(text: str) -> None:
    """A single device, a broadcast and what is no address at all are refused by the name of the field."""
    with pytest.raises(InvalidInput) as refusal:
        parse_recipient(text)
    assert refusal.value.field == "to"


@pytest.mark.parametrize("text", ["", " \n", "x" * (MAX_TEXT_BYTES + 1), "ä" * (MAX_TEXT_BYTES // 2 + 1)])
def test_a_text_is_neither_empty_nor_too_long(text: str) -> None:
    """What says nothing, and what no client would take, is refused."""
    with pytest.raises(InvalidInput) as refusal:
        parse_text(text)
    assert refusal.value.field == "text"


def test_a_text_stays_as_it_is() -> None:
    """Nothing is trimmed or replaced."""
    assert parse_text(" a\nb ") == " a\nb "
