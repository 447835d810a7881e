"""The emulator's directory: private, held by one emulator at a time, and written atomically."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import trustme

from wad.emulator.errors import StartError
from wad.emulator.xeddsa import SEED_BYTES, SigningKey

_LOCK_FILE = "lock"
_ROOT_KEY_FILE = "noise_root.key"
_CA_KEY_FILE = "ca.key"
CA_FILE = "ca.pem"
PHONES_DIRECTORY = "phones"
ANNOUNCEMENT_FILE = "emulator.json"


def write_private(path: Path, data: bytes) -> None:
    """Replace a file atomically; only its owner can read it."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    draft.replace(path)


@contextmanager
def hold(directory: Path) -> Generator[None]:
    """Create the directory where it is missing, and hold it until the block ends.

    Raises:
        StartError: the path is no usable directory, or another emulator holds it.
    """
    try:
        descriptor = _open(directory)
    except OSError as error:
        raise StartError(f"{directory} cannot be the emulator's directory: {error.strerror}") from error
    with os.fdopen(descriptor, "r+b", buffering=0) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = lock.read().decode().strip() or "unknown"
            raise StartError(
                f"{directory} is held by the emulator with process id {holder}: stop it, or use another directory"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n".encode())
        # One that was killed could not take its announcement back.
        (directory / ANNOUNCEMENT_FILE).unlink(missing_ok=True)
        try:
            yield
        finally:
            (directory / ANNOUNCEMENT_FILE).unlink(missing_ok=True)


def _open(directory: Path) -> int:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = directory / _LOCK_FILE
    if not lock.exists() and any(directory.iterdir()):
        # Its permissions are about to be tightened, which would surprise whoever owns something else.
        raise StartError(f"{directory} is not empty and not an emulator's: use another directory, or a new one")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    directory.chmod(0o700)
    (directory / PHONES_DIRECTORY).mkdir(mode=0o700, exist_ok=True)
    return descriptor


def root_key(directory: Path) -> SigningKey:
    """Return the root key of the Noise certificates, a new one in a new directory.

    Raises:
        StartError: the stored key is damaged.
    """
    path = directory / _ROOT_KEY_FILE
    if not path.exists():
        write_private(path, SigningKey.generate().seed)
    seed = path.read_bytes()
    if len(seed) != SEED_BYTES:
        raise StartError(f"{path} is damaged: it has {len(seed)} bytes, not {SEED_BYTES}; remove it to make a new key")
    return SigningKey(seed)


def authority(directory: Path) -> trustme.CA:
    """Return the TLS authority, a new one in a new directory.

    Raises:
        StartError: the stored authority is damaged.
    """
    certificate, key = directory / CA_FILE, directory / _CA_KEY_FILE
    if not (certificate.exists() and key.exists()):
        made = trustme.CA(organization_name="wad emulator")
        write_private(key, made.private_key_pem.bytes())
        write_private(certificate, made.cert_pem.bytes())
    try:
        return trustme.CA.from_pem(cert_bytes=certificate.read_bytes(), private_key_bytes=key.read_bytes())
    except ValueError as error:
        raise StartError(f"{certificate} or {key} is damaged ({error}): remove both to make a new authority") from error
