"""The pairing code's arithmetic, against the device's half as the service's clients compute it."""

import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wad.emulator.errors import InvalidRequest, WireError, WrongCode
from wad.emulator.link_code import Attempt, parse_code, unwrap, wrap
from wad.emulator.xeddsa import SigningKey

CODE = "ABCD1234"
ACCOUNT = SigningKey(b"a" * 32)


class Companion:
    """The device that shows a code."""

    def __init__(self, code: str = CODE) -> None:
        self.code = code
        self.identity = X25519PrivateKey.generate()
        self.ephemeral = X25519PrivateKey.generate()
        self.wrapped = wrap(code, self.ephemeral.public_key().public_bytes_raw())
        self.secret = b""

    @property
    def identity_key(self) -> bytes:
        """Its Signal identity key."""
        return self.identity.public_key().public_bytes_raw()

    def bundle(self, hello: bytes, account: bytes = ACCOUNT.public) -> bytes:
        """Return its key bundle in answer to the phone's hello, and keep the secret."""
        shared = self.ephemeral.exchange(X25519PublicKey.from_public_bytes(unwrap(self.code, hello)))
        salt, nonce, chance = (secrets.token_bytes(length) for length in (32, 12, 32))
        key = HKDF(SHA256(), 32, salt, b"link_code_pairing_key_bundle_encryption_key").derive(shared)
        between = self.identity.exchange(X25519PublicKey.from_public_bytes(account))
        self.secret = HKDF(SHA256(), 32, None, b"adv_secret").derive(shared + between + chance)
        return salt + nonce + AESGCM(key).encrypt(nonce, self.identity_key + account + chance, None)


def test_both_sides_get_the_same_secret() -> None:
    """With the right code phone and device agree on a secret that nobody else has."""
    device = Companion()
    attempt = Attempt.begin(CODE, device.wrapped)
    assert attempt.finish(device.bundle(attempt.hello), ACCOUNT, device.identity_key) == device.secret


def test_a_wrong_code_is_noticed() -> None:
    """With another code the phone cannot open the device's bundle."""
    device = Companion()
    attempt = Attempt.begin("ABCD1235", device.wrapped)
    with pytest.raises(WrongCode):
        attempt.finish(device.bundle(attempt.hello), ACCOUNT, device.identity_key)


@pytest.mark.parametrize("bundle", [b"", b"short", b"x" * 200])
def test_a_damaged_bundle_is_no_wrong_code(bundle: bytes) -> None:
    """A bundle that is too short or too long is the client's fault, not the user's."""
    with pytest.raises(WireError, match=f"{len(bundle)} bytes"):
        Attempt.begin(CODE, Companion().wrapped).finish(bundle, ACCOUNT, b"i" * 32)


def test_a_bundle_for_another_account_is_refused() -> None:
    """A device that vouches for another phone's identity is not linked."""
    device = Companion()
    attempt = Attempt.begin(CODE, device.wrapped)
    bundle = device.bundle(attempt.hello, SigningKey(b"b" * 32).public)
    with pytest.raises(WireError, match="other identities"):
        attempt.finish(bundle, ACCOUNT, device.identity_key)


@pytest.mark.parametrize("text", ["ABCD-1234", "abcd1234", " abcd - 1234 "])
def test_a_code_is_read_as_people_type_it(text: str) -> None:
    """Case, hyphen and blanks do not matter."""
    assert parse_code(text) == CODE


@pytest.mark.parametrize("text", ["", "WXYZ-123", "WXYZ-12345", "WXYZ-123O", "WXYZ-1230", "WXYZ-12I4", "ÄXYZ-1234"])
def test_what_is_no_code_is_refused_and_not_repeated(text: str) -> None:
    """A text of another length or alphabet is no code; it may be one with a slip, so no error repeats it."""
    with pytest.raises(InvalidRequest) as refusal:
        parse_code(text)
    assert refusal.value.code == "invalid_code"
    assert not text or text not in f"{refusal.value.message} {refusal.value.hint}"
