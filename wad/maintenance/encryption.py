"""Seals archives with age (https://age-encryption.org/v1): for the owners of keys, or with a passphrase.

What is sealed cannot be changed unnoticed, and any age tool can open it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import pyrage  # pyright: ignore[reportMissingTypeStubs] - it has none

from wad.domain.errors import InvalidInput

_age: Any = pyrage

_MAGIC: Final = b"age-encryption.org/"
_SCRYPT: Final = b"\n-> scrypt "
_HEADER_REACH: Final = 200  # bytes within which a passphrase's stanza begins; it is the first and only one


@dataclass(frozen=True, slots=True)
class Recipients:
    """Seal for whoever has one of the matching keys.

    Attributes:
        keys: Public keys, as ``age-keygen`` prints them: ``age1…``.
    """

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Seal with a passphrase."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plaintext:
    """Do not seal: whoever reads the archive owns the session."""


Protection = Recipients | Passphrase | Plaintext


@dataclass(frozen=True, slots=True)
class Keys:
    """What archives may be opened with.

    Attributes:
        identities: Secret keys, as ``age-keygen`` writes them: ``AGE-SECRET-KEY-1…``.
        passphrase: A passphrase; empty for none.
    """

    identities: tuple[str, ...] = field(default=(), repr=False)
    passphrase: str = field(default="", repr=False)


def seal(content: bytes, protection: Protection) -> bytes:
    """Return *content*, sealed.

    With a passphrase this takes a second or two of one processor, and Python does nothing else meanwhile.

    Raises:
        InvalidInput: A recipient is no public key, there is none, or the passphrase is empty.
    """
    match protection:
        case Plaintext():
            return content
        case Passphrase(text):
            if not text:
                raise InvalidInput("passphrase", "The passphrase is empty; give one of several random words.")
            return _age.passphrase.encrypt(content, text)
        case Recipients(keys):
            if not keys:
                raise InvalidInput(
                    "recipients", "There is no recipient; name a public key, age1…, that age-keygen prints."
                )
            return _age.encrypt(content, [_recipient(key) for key in keys])


def needs_passphrase(archive: bytes) -> bool:
    """Return True when the archive is sealed with a passphrase."""
    return archive.startswith(_MAGIC) and _SCRYPT in archive[:_HEADER_REACH]


def unseal(archive: bytes, keys: Keys) -> bytes:
    """Return what was sealed; what is not sealed at all is returned as it is.

    Raises:
        InvalidInput: The keys do not open it, a key is none, or the archive was cut off or changed.
    """
    if not archive.startswith(_MAGIC):
        return archive
    by_passphrase = needs_passphrase(archive)
    try:
        if by_passphrase:
            return _by_passphrase(archive, keys.passphrase)
        return _by_identity(archive, keys.identities)
    except _age.DecryptError as error:
        what = "the passphrase is wrong" if by_passphrase else "none of the keys opens it"
        raise InvalidInput(
            "archive",
            f"The archive cannot be opened ({error}): {what}, or it was cut off or changed. "
            "Nothing was changed; try the right key, or another copy of the archive.",
        ) from error


def _by_passphrase(archive: bytes, passphrase: str) -> bytes:
    if not passphrase:
        raise InvalidInput("passphrase", "The archive is sealed with a passphrase; give it.")
    return _age.passphrase.decrypt(archive, passphrase)


def _by_identity(archive: bytes, identities: tuple[str, ...]) -> bytes:
    if not identities:
        raise InvalidInput("identities", "The archive is sealed for the owner of a key; give the file with that key.")
    return _age.decrypt(archive, [_identity(text) for text in identities])


def _recipient(text: str) -> Any:
    try:
        return _age.x25519.Recipient.from_str(text)
    except _age.RecipientError as error:
        raise InvalidInput(
            # it is not repeated: who mixes them up has sent a secret key
            "recipients",
            f"This is no public key ({error}); age-keygen prints one, which begins with age1.",
        ) from error


def _identity(text: str) -> Any:
    try:
        return _age.x25519.Identity.from_str(text)
    except _age.IdentityError as error:
        raise InvalidInput(
            "identities",
            f"This is no secret key ({error}); age-keygen writes one, which begins with AGE-SECRET-KEY-1.",
        ) from error
