"""Who calls, as the options and the environment say: files are looked into before gRPC sees them."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING, Final

import typer

from wad.cli.connection import Identity

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN: Final = re.compile(r"[!-~]*")
"""What a header can hold, without blanks."""


def identity(
    token_file: Path | None, token: str, *, ca_file: Path | None, cert_file: Path | None, key_file: Path | None
) -> Identity:
    """Return who calls.

    Args:
        token_file: File with a token.
        token: The token that counts without such a file; may be empty.
        ca_file: Authorities (PEM) that the daemon's certificate must come from.
        cert_file: The caller's own certificate (PEM).
        key_file: Its private key (PEM).

    Raises:
        BadParameter: A file cannot be used, or they do not belong together; what is in them is not told.
    """
    if (cert_file is None) != (key_file is None):
        raise typer.BadParameter("A certificate and its key belong together: give both --cert-file and --key-file.")
    if ca_file is not None:
        _check_authorities(ca_file)
    if cert_file is not None and key_file is not None:
        _check_pair(cert_file, key_file)
    shown = _token(_text(token_file, "--token-file"), "--token-file") if token_file else _token(token, "WAD_TOKEN")
    return Identity(shown, ca_file, cert_file, key_file)


def _token(text: str, origin: str) -> str:
    token = text.strip()
    if not _TOKEN.fullmatch(token):
        raise typer.BadParameter(
            "What it holds is no token: a token is one line as `wad token create` prints it.", param_hint=origin
        )
    if not token and origin != "WAD_TOKEN":
        raise typer.BadParameter("The file is empty.", param_hint=origin)
    return token


def _check_authorities(file: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=_text(file, "--ca-file"))
    except (ssl.SSLError, ValueError):
        raise typer.BadParameter(f"{file} holds no certificates (PEM).", param_hint="--ca-file") from None


def _check_pair(cert_file: Path, key_file: Path) -> None:
    for file, option in ((cert_file, "--cert-file"), (key_file, "--key-file")):
        _text(file, option)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert_file, key_file, password=_no_password)
    except (ssl.SSLError, ValueError):
        raise typer.BadParameter(
            f"{cert_file} and {key_file} are no certificate (PEM) and its key (PEM, without a passphrase).",
            param_hint="--cert-file",
        ) from None


def _no_password() -> str:
    raise ValueError("the key is encrypted, and gRPC takes none")


def _text(file: Path, option: str) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.", param_hint=option) from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} cannot be read: it holds no text.", param_hint=option) from None
