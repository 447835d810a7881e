"""The alphabet of binary XML: what the first byte of a value means, and the token dictionary, version 3."""

import json
from enum import IntEnum
from importlib.resources import files
from typing import Final, TypedDict, cast

from wad.emulator.jid import LID_SERVER, USER_SERVER

DICTIONARY_VERSION: Final = 3


class Tag(IntEnum):
    """First bytes that are no token, and the kind of value that follows."""

    LIST_EMPTY = 0
    DICTIONARY_0 = 236
    DICTIONARY_3 = 239
    INTEROP_JID = 245
    MESSENGER_JID = 246
    AD_JID = 247
    LIST_8 = 248
    LIST_16 = 249
    JID_PAIR = 250
    HEX_8 = 251
    BINARY_8 = 252
    BINARY_20 = 253
    BINARY_32 = 254
    NIBBLE_8 = 255


class _Dictionary(TypedDict):
    version: int
    single: list[str]
    double: list[list[str]]


def _load() -> _Dictionary:
    text = files("wad.emulator").joinpath("data/wa_tokens_v3.json").read_text(encoding="utf-8")
    return cast("_Dictionary", json.loads(text))


_dictionary = _load()

SINGLE: Final[tuple[str, ...]] = tuple(_dictionary["single"])
"""Strings that one byte stands for; the byte is the index, and index 0 is no token."""

DOUBLE: Final[tuple[tuple[str, ...], ...]] = tuple(tuple(tokens) for tokens in _dictionary["double"])
"""Four dictionaries of strings that two bytes stand for: the dictionary and the index in it."""

SINGLE_INDEX: Final[dict[str, int]] = {token: index for index, token in enumerate(SINGLE) if token}
DOUBLE_INDEX: Final[dict[str, tuple[int, int]]] = {
    token: (dictionary, index) for dictionary, tokens in enumerate(DOUBLE) for index, token in enumerate(tokens)
}

NIBBLES: Final = "0123456789-."
"""Characters that half a byte stands for after `Tag.NIBBLE_8`."""

HEX: Final = "0123456789ABCDEF"
"""Characters that half a byte stands for after `Tag.HEX_8`."""

AGENT_OF_SERVER: Final = {USER_SERVER: 0, LID_SERVER: 1, "hosted": 128, "hosted.lid": 129}
"""The byte that stands for a server after `Tag.AD_JID`."""
