"""Replaces the key by which the engine recognises WhatsApp's servers, for a server that is not WhatsApp.

The engine has no setting for it. The key is a 32-byte array in a writable data segment of the library, and occurs there
once, so it can be replaced in memory after the library has been loaded and before the first client starts.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import TYPE_CHECKING

from wad.domain.errors import EngineIncompatible

if TYPE_CHECKING:
    from collections.abc import Iterator

PINNED_KEY = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
"""whatsmeow's ``WACertPubKey``."""


def replace_noise_root(library: str, key_hex: str) -> None:
    """Put the key *key_hex* in the place of the pinned one.

    Args:
        library: Path of the loaded library.
        key_hex: Hex of the 32-byte public key to trust.

    Raises:
        EngineIncompatible: The key is none, or the pinned one is not in memory exactly once.
    """
    try:
        key = bytes.fromhex(key_hex)
    except ValueError:
        key = b""
    if len(key) != len(PINNED_KEY):
        raise EngineIncompatible(
            f"The custom upstream's noise root key must be {len(PINNED_KEY)} bytes as hex; "
            "copy it from the emulator's file."
        )
    places = list(_occurrences(library))
    if len(places) != 1:
        raise EngineIncompatible(
            f"The engine's pinned root key was found {len(places)} times in memory, where once was expected; "
            "this release of the engine cannot be pointed at a custom upstream."
        )
    ctypes.memmove(places[0], key, len(key))


def _occurrences(library: str) -> Iterator[int]:
    for start, end in _writable_segments(library):
        segment = ctypes.string_at(start, end - start)
        at = segment.find(PINNED_KEY)
        while at >= 0:
            yield start + at
            at = segment.find(PINNED_KEY, at + 1)


def _writable_segments(library: str) -> Iterator[tuple[int, int]]:
    real = str(Path(library).resolve())
    for line in Path("/proc/self/maps").read_text("utf-8").splitlines():
        span, mode, _offset, _device, _inode, *path = line.split(maxsplit=5)
        if path == [real] and mode.startswith("rw"):
            start, _, end = span.partition("-")
            yield int(start, 16), int(end, 16)
