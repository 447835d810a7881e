"""What sealing guarantees."""

from __future__ import annotations

from typing import Any

import pyrage  # pyright: ignore[reportMissingTypeStubs] - it has none
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.domain.directories import StoreCopy
from wad.domain.errors import InvalidInput
from wad.maintenance.archive import describe, pack
from wad.maintenance.encryption import Keys, Passphrase, Plaintext, Recipients, needs_passphrase, seal, unseal
from wad.maintenance.restore import open_archive

_age: Any = pyrage
OWNER, OTHER = _age.x25519.Identity.generate(), _age.x25519.Identity.generate()
PHRASE = "four random words here"
PUBLIC = str(OWNER.to_public())
KEYS = Keys(identities=(str(OWNER),))
STORE = b"store" * 100
COPY = StoreCopy(STORE, "491700000001:3@s.whatsapp.net", 1_799_999_000, 1_800_000_000)
ARCHIVE = pack(describe("shop", COPY, "1"), STORE)
SEALED = seal(ARCHIVE, Recipients((PUBLIC,)))


def test_owner_of_the_key_opens_it() -> None:
    """What was sealed for a public key is opened with its secret key, among others or alone."""
    assert STORE not in SEALED
    assert open_archive(SEALED, Keys(identities=(str(OTHER), str(OWNER)))).store == STORE


def test_each_recipient_opens_it() -> None:
    """What was sealed for several is opened by each of them."""
    sealed = seal(ARCHIVE, Recipients((PUBLIC, str(OTHER.to_public()))))
    assert [unseal(sealed, Keys((str(one),))) for one in (OWNER, OTHER)] == [ARCHIVE, ARCHIVE]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (Keys(identities=(str(OTHER),)), "none of the keys opens it"),
        (Keys(passphrase=PHRASE), "give the file with that key"),
        (Keys(identities=("AGE-SECRET-KEY-1X",)), "no secret key"),
    ],
)
def test_wrong_key_is_told(keys: Keys, message: str) -> None:
    """Whoever has not the right key is told so, and what to give."""
    with pytest.raises(InvalidInput, match=message):
        unseal(SEALED, keys)


def test_a_recipient_that_is_none_is_not_repeated() -> None:
    """Whoever gives a secret key where a public one belongs is told so, and the key stands in no message."""
    with pytest.raises(InvalidInput, match="no public key") as refused:
        seal(ARCHIVE, Recipients((str(OWNER),)))
    assert str(OWNER) not in str(refused.value)


def test_passphrase_opens_it_and_another_does_not() -> None:
    """What was sealed with a passphrase is opened with it, and with no other."""
    sealed = seal(ARCHIVE, Passphrase(PHRASE))
    assert needs_passphrase(sealed)
    assert unseal(sealed, Keys(passphrase=PHRASE)) == ARCHIVE
    with pytest.raises(InvalidInput, match="the passphrase is wrong"):
        unseal(sealed, Keys(passphrase=PHRASE.upper()))
    with pytest.raises(InvalidInput, match="sealed with a passphrase"):
        unseal(sealed, KEYS)


@pytest.mark.parametrize("protection", [Recipients(()), Recipients(("age1nonsense",)), Passphrase("")])
def test_nothing_is_sealed_for_nobody(protection: Recipients | Passphrase) -> None:
    """An archive that nobody, or anybody, could open is not made."""
    with pytest.raises(InvalidInput):
        seal(ARCHIVE, protection)


def test_plaintext_needs_no_key() -> None:
    """What was left open on purpose is read without a key."""
    assert unseal(seal(ARCHIVE, Plaintext()), Keys()) == ARCHIVE


def test_secrets_are_not_shown() -> None:
    """No secret is in the text that a log would show of a key or a passphrase."""
    shown = f"{KEYS!r} {Passphrase(PHRASE)!r} {Keys(passphrase=PHRASE)!r}"
    assert str(OWNER) not in shown
    assert PHRASE not in shown


@given(st.integers(0, len(SEALED) - 1))
def test_cut_off_sealed_archive_is_refused(length: int) -> None:
    """No beginning of a sealed archive passes for a whole one."""
    with pytest.raises(InvalidInput):
        open_archive(SEALED[:length], KEYS)


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_flipped_bit_of_a_sealed_archive_is_refused(bit: int) -> None:
    """No single bit of a sealed archive can be changed unnoticed."""
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidInput):
        open_archive(bytes(changed), KEYS)
