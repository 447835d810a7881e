"""The pairing code: how a phone and a device agree on a secret when its user types eight characters.

Both sides send an ephemeral X25519 key, encrypted with a key that is derived from the code. Nothing authenticates that
encryption: with a wrong code the phone gets a key that is none, goes on, and notices only when it cannot open the
bundle that the device encrypts with the shared secret.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wad.emulator.errors import InvalidRequest, WireError, WrongCode
from wad.emulator.xeddsa import SigningKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""The 32 characters of a code: digits and capitals without 0, I, O and U."""

CODE_LENGTH = 8
WRAPPED_BYTES = 80

_ROUNDS = 131_072
_SALT, _IV, _KEY, _NONCE = 32, 16, 32, 12
_BUNDLE_INFO = b"link_code_pairing_key_bundle_encryption_key"
_SECRET_INFO = b"adv_secret"


def parse_code(text: str) -> str:
    """Read a code as people type it: in either case, with or without the hyphen.

    Raises:
        InvalidRequest: the text is no pairing code.
    """
    code = text.upper().replace("-", "").replace(" ", "")
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        # The text is not repeated: it may be a code with one slip.
        raise InvalidRequest(
            "invalid_code",
            "This is not a pairing code.",
            f"Pass the {CODE_LENGTH} characters that the client shows, such as ABCD-1234; there is no 0, I, O or U.",
        )
    return code


def wrap(code: str, key: bytes) -> bytes:
    """Return an ephemeral public key, encrypted with a code; slow on purpose.

    Args:
        code: the code, without hyphen.
        key: the public key, 32 bytes.
    """
    salt, iv = secrets.token_bytes(_SALT), secrets.token_bytes(_IV)
    return salt + iv + _crypt(code, salt, iv, key)


def unwrap(code: str, wrapped: bytes) -> bytes:
    """Return the public key in what :func:`wrap` made; with another code it is another key. Slow on purpose."""
    salt, iv, key = wrapped[:_SALT], wrapped[_SALT : _SALT + _IV], wrapped[_SALT + _IV :]
    return _crypt(code, salt, iv, key)


def _crypt(code: str, salt: bytes, iv: bytes, data: bytes) -> bytes:
    key = hashlib.pbkdf2_hmac("sha256", code.encode(), salt, _ROUNDS, _KEY)
    return Cipher(AES(key), CTR(iv)).encryptor().update(data)


@dataclass(frozen=True, slots=True)
class Attempt:
    """The phone's side of one exchange.

    Args:
        hello: the phone's ephemeral public key, encrypted with the code.
        shared: the secret that both ephemeral keys make; another than the device's if the code is wrong.
    """

    hello: bytes
    shared: bytes

    @classmethod
    def begin(cls, code: str, wrapped: bytes) -> Self:
        """Begin an exchange; takes a tenth of a second of computing.

        Args:
            code: what was typed.
            wrapped: the device's encrypted ephemeral key, `WRAPPED_BYTES` long.

        Raises:
            WrongCode: what the code decrypts is no key at all.
        """
        ephemeral = X25519PrivateKey.generate()
        hello = wrap(code, ephemeral.public_key().public_bytes_raw())
        try:
            return cls(hello, ephemeral.exchange(X25519PublicKey.from_public_bytes(unwrap(code, wrapped))))
        except ValueError as error:
            raise WrongCode from error

    def finish(self, bundle: bytes, account: SigningKey, identity_key: bytes) -> bytes:
        """Open the device's bundle and return the secret that will authenticate the phone's offer.

        Args:
            bundle: salt, nonce and the encrypted identity keys of both with the device's random bytes.
            account: the phone's signing key.
            identity_key: Signal identity key of the device.

        Raises:
            WrongCode: the bundle was encrypted with another shared secret.
            WireError: the bundle is damaged, or names other identities.
        """
        salt, nonce, sealed = bundle[:_SALT], bundle[_SALT : _SALT + _NONCE], bundle[_SALT + _NONCE :]
        if len(sealed) != 3 * _KEY + 16:
            raise WireError(f"the client's key bundle has {len(bundle)} bytes")
        try:
            keys = AESGCM(_expand(self.shared, salt, _BUNDLE_INFO)).decrypt(nonce, sealed, None)
        except InvalidTag as error:
            raise WrongCode from error
        if keys[: 2 * _KEY] != identity_key + account.public:
            raise WireError("the client's key bundle names other identities")
        return _expand(self.shared + account.exchange(identity_key) + keys[2 * _KEY :], None, _SECRET_INFO)


def _expand(secret: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(SHA256(), _KEY, salt, info).derive(secret)
