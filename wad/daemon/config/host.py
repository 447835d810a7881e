"""Whether this host has what a configuration counts on: files that can be read, directories that can be written to."""

from __future__ import annotations

import errno
import grp
import os
import pwd
import ssl
import stat
from typing import TYPE_CHECKING, BinaryIO, Final

from wad.daemon.config.problems import at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from wad.daemon.config.layers import Setting
    from wad.daemon.config.problems import Problem
    from wad.daemon.config.settings import Config

_PASSING: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EINTR})
"""What may be over in a moment is no fault of a configuration."""


def lacking(config: Config, settings: Mapping[str, Setting], *, serves: bool) -> Iterator[Problem]:
    """Yield what keeps a daemon of this configuration from running on this host.

    Args:
        config: The configuration.
        settings: What it was made of.
        serves: This process is the daemon, and not one of an administrator who checks for another user.
    """
    state_dir = config.daemon.state_dir
    if why := _not_ours(state_dir, serves=serves) or _unwritable(state_dir):
        yield at(("daemon", "state_dir"), why, settings)
    makes_it = serves or os.geteuid() == 0  # for others a service manager does, at each start
    if makes_it and (why := _unwritable(config.daemon.runtime_dir)):
        yield at(("daemon", "runtime_dir"), why, settings)
    yield from _tls(config, settings)
    if config.engine.ca_file is not None and (why := _no_certificate(config.engine.ca_file)):
        yield at(("engine", "ca_file"), why, settings)


def doubts(config: Config, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    """Yield what a daemon would run with, though probably not as it was meant.

    One whose sessions' disk is not there runs, and has them back when it is.
    """
    sessions_dir = config.daemon.sessions_dir
    if why := _not_ours(sessions_dir, serves=False) or _unwritable(sessions_dir):
        yield at(("daemon", "sessions_dir"), f"{why}; no session can start", settings)
    for number, grant in enumerate(config.access.grants or ()):
        for kind, name, known in (("user", grant.user, _user_exists), ("group", grant.group, _group_exists)):
            if name is not None and not known(name):
                text = f"this host knows no such {kind}, so nobody is let in by it"
                yield at(("access", "grants", number, kind), text, settings)


def _tls(config: Config, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    grpc = config.grpc
    looks = (
        ("tls_cert_file", grpc.tls_cert_file, _no_certificate),
        ("tls_key_file", grpc.tls_key_file, _no_key),
        ("tls_client_ca_file", grpc.tls_client_ca_file, _no_certificate),
    )
    found = {key: why for key, path, look in looks if path is not None and (why := look(path))}
    for key, why in found.items():
        yield at(("grpc", key), why, settings)
    if grpc.tls_cert_file and grpc.tls_key_file and found.keys().isdisjoint(("tls_cert_file", "tls_key_file")):
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                grpc.tls_cert_file, grpc.tls_key_file, password=_no_password
            )
        except (OSError, ValueError) as error:
            yield at(("grpc", "tls_key_file"), _unfit(error, grpc.tls_cert_file), settings)


def _no_password() -> str:
    raise ValueError("the key is protected by a passphrase, which nobody can type in here; store it without one")


def _unfit(error: OSError | ValueError, certificate: Path) -> str:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"this is not the key of the certificate in {certificate}"
        return f"this key and the certificate in {certificate} cannot be used: {error.reason or 'they are damaged'}"
    return str(error)


def _no_certificate(path: Path) -> str:
    """Return why a file has no certificates; nothing when it has."""
    try:
        with _opened(path):
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        return "it holds no certificate in PEM, or a damaged one"
    except OSError as error:
        return _unreadable(error)
    return ""


def _no_key(path: Path) -> str:
    """Return why a file has no private key; nothing when it has."""
    try:
        with _opened(path) as file:
            return "" if b"PRIVATE KEY-----" in file.read() else "it holds no private key in PEM"
    except OSError as error:
        return _unreadable(error)


def _opened(path: Path) -> BinaryIO:
    if not stat.S_ISREG(path.stat().st_mode):  # reading from a pipe might take for ever
        raise OSError(errno.EINVAL, "It is no file")
    return path.open("rb")


def _unreadable(error: OSError) -> str:
    return f"it cannot be read by the user {_name(os.geteuid())}: {error.strerror}"


def _unwritable(directory: Path) -> str:
    """Return why nothing can be stored in a directory, or why it cannot be made; nothing when it can be.

    Whether it can be made is found out by making one beside it, for a moment: /proc tells nobody otherwise.
    """
    present = next(path for path in (directory, *directory.parents) if os.path.lexists(path))
    me = _name(os.geteuid())
    if not os.path.isdir(present):  # noqa: PTH112 - pathlib's raises where it may not look
        return f"{present} is no directory"
    if os.statvfs(present).f_flag & os.ST_RDONLY:
        return f"{present} is read-only; a service may write only where its unit says so (ReadWritePaths=)"
    if present == directory:
        return "" if os.access(present, os.R_OK | os.W_OK | os.X_OK) else f"the user {me} may not write there"
    trial = present / f".wad-{os.getpid()}"
    try:
        trial.mkdir(mode=0o700)
        trial.rmdir()
    except OSError as error:
        return "" if error.errno in _PASSING else f"the user {me} can make nothing in {present}: {error.strerror}"
    return ""


def _not_ours(directory: Path, *, serves: bool) -> str:
    me = os.geteuid()
    if (me == 0 and not serves) or not os.path.isdir(directory):  # noqa: PTH112 - see above
        return ""
    owner = directory.stat().st_uid
    if owner == me:
        return ""
    return (
        f"it belongs to the user {_name(owner)}, and this is the user {_name(me)}: whoever owns it could take the "
        "credentials; run wad as its owner, or give it to this user (chown)"
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _user_exists(name: str) -> bool:
    return _known(name, pwd.getpwnam)


def _group_exists(name: str) -> bool:
    return _known(name, grp.getgrnam)


def _known(name: str, look_up: Callable[[str], object]) -> bool:
    try:
        return name.isdecimal() or bool(look_up(name))  # a number needs no name
    except (KeyError, ValueError):
        return False
