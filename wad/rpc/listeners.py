"""Where the daemon listens, and what must be true of a place before it does."""

from __future__ import annotations

import ipaddress
import os
import socket
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wad.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    import grpc
    import grpc.aio

DIRECTORY_MODE: Final = 0o750
SOCKET_MODE: Final = 0o660
INNER_DIRECTORY: Final = ".in"
"""Beside the unix socket, of the daemon alone: where gRPC itself listens."""

LONGEST_SOCKET_PATH: Final = 107 - len(INNER_DIRECTORY) - 1
"""Bytes; the kernel's ``sockaddr_un`` has room for 108 with the final zero."""


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A TCP address; port 0 lets the system choose one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def bind_unix(path: Path) -> socket.socket:
    """Return a bound unix socket that only its owner and group can reach.

    A socket file that nobody serves any more is removed; its directory is made if it is absent.

    Args:
        path: Where the socket is to be.

    Raises:
        ConfigurationError: Another process serves there, or the place cannot be made safe.
    """
    path = path.absolute()
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise ConfigurationError(f"The socket's path {path} is too long; it may have {LONGEST_SOCKET_PATH} bytes.")
    _restrict_directory(path.parent)
    _clear(path)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _umask(0o777 & ~SOCKET_MODE):  # between bind and chmod someone could connect
            bound.bind(str(path))
        path.chmod(SOCKET_MODE)
    except OSError as error:
        bound.close()
        raise ConfigurationError(f"Cannot listen on {path}: {error.strerror}.") from error
    bound.setblocking(False)
    return bound


def inner_path(path: Path) -> Path:
    """Return the path of the socket that gRPC serves behind a unix socket."""
    return path.absolute().parent / INNER_DIRECTORY / path.name


def bind_inner(server: grpc.aio.Server, path: Path) -> None:
    """Let gRPC listen on a socket that only the daemon's user can reach.

    Args:
        server: Gets the socket.
        path: The unix socket that stands before it.

    Raises:
        ConfigurationError: The place cannot be made safe.
    """
    inner = inner_path(path)
    directory = inner.parent
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise ConfigurationError(f"{directory} is not a directory of the daemon's own; remove it.")
        directory.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(f"Cannot use {directory} for the daemon's inner socket: {error.strerror}.") from error
    inner.unlink(missing_ok=True)  # whoever served the outer one is gone
    with _umask(0o077):
        _bind(server, f"unix:{inner}", None)


def bind_tcp(server: grpc.aio.Server, address: TcpAddress, credentials: grpc.ServerCredentials | None) -> TcpAddress:
    """Bind a TCP port of this host and return its address.

    Args:
        server: Gets the port.
        address: The address.
        credentials: The certificate to show; None for no encryption, which is for loopback addresses only.

    Raises:
        ConfigurationError: The address is in use, or would be open to the network without encryption.
    """
    if credentials is None and not _is_loopback(address.host):
        raise ConfigurationError(
            f"Refusing to listen on {address} without TLS: everybody on the network could read along. Set "
            "grpc.tls_cert_file and grpc.tls_key_file, or use a loopback address such as 127.0.0.1."
        )
    return TcpAddress(address.host, _bind(server, str(address), credentials))


def _bind(server: grpc.aio.Server, target: str, credentials: grpc.ServerCredentials | None) -> int:
    try:
        secure = credentials is not None
        port = server.add_secure_port(target, credentials) if secure else server.add_insecure_port(target)
    except RuntimeError as error:
        raise ConfigurationError(f"Cannot listen on {target}: is it in use, or not this host's?") from error
    if port == 0:  # older versions of grpcio report a failure so
        raise ConfigurationError(f"Cannot listen on {target}: is it in use, or not this host's?")
    return port


def _restrict_directory(directory: Path) -> None:
    """Make the directory, or take away from it what others may do there; never touch one that is shared."""
    try:
        directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
        found = directory.stat()
        mode, own = stat.S_IMODE(found.st_mode), found.st_uid in {os.geteuid(), 0}
        if own and mode & ~DIRECTORY_MODE == 0:
            return
        if found.st_uid != os.geteuid() or mode & stat.S_ISVTX:
            raise ConfigurationError(
                f"The socket's directory {directory} (mode {mode:04o}) is not the daemon's own; "
                "give the socket a directory of its own."
            )
        directory.chmod(mode & DIRECTORY_MODE)
    except OSError as error:
        raise ConfigurationError(f"Cannot use {directory} for the socket: {error.strerror}.") from error


def _clear(path: Path) -> None:
    """Remove a socket file that nobody serves."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise ConfigurationError(f"{path} exists and is not a socket; remove it, or choose another path.")
    if _is_served(path):
        raise ConfigurationError(f"Another process serves {path}; is wad running already?")
    with suppress(FileNotFoundError):
        path.unlink()


def _is_served(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:  # its queue is full, or it is not ours to ask: someone is there
            return True
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _umask(mask: int) -> Generator[None]:
    previous = os.umask(mask)
    try:
        yield
    finally:
        os.umask(previous)
