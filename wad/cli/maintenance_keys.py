"""Recipients, keys and passphrases as they are given on the command line: secrets only by file, variable or prompt."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import typer

from wad.maintenance.encryption import Keys, Passphrase, Plaintext, Protection, Recipients, seal

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE: Final = "WAD_BACKUP_PASSPHRASE"


@dataclass(frozen=True, slots=True)
class Sealing:
    """How archives are to be sealed, as the options say.

    Attributes:
        recipients: Public keys.
        recipients_files: Files of public keys.
        passphrase_file: File with a passphrase.
        plaintext: Not at all.
    """

    recipients: list[str] | None
    recipients_files: list[Path] | None
    passphrase_file: Path | None
    plaintext: bool

    def protection(self, or_else: str = "--plaintext") -> Protection:
        """Return how archives are sealed; a passphrase is asked for where nothing else was given.

        Args:
            or_else: The options that would make it needless.

        Raises:
            BadParameter: Two ways were given, or none and nobody can be asked.
            InvalidInput: A recipient is no public key.
        """
        keys = [*(self.recipients or ()), *(key for path in self.recipients_files or () for key in _keys(path))]
        named = bool(self.recipients or self.recipients_files)
        if named + self.plaintext + (self.passphrase_file is not None) > 1:
            raise typer.BadParameter("Recipients, --passphrase-file and --plaintext exclude each other.")
        if self.plaintext:
            return Plaintext()
        if named:
            recipients = Recipients(tuple(keys))
            seal(b"", recipients)  # else every session would fail for the same key
            return recipients
        return Passphrase(_passphrase(self.passphrase_file, f"--recipient, {or_else}"))


@dataclass(frozen=True, slots=True)
class Opening:
    """What archives are to be opened with, as the options say.

    Attributes:
        identity_files: Files of secret keys.
        passphrase_file: File with a passphrase.
    """

    identity_files: list[Path] | None
    passphrase_file: Path | None

    def keys(self, *, passphrase_needed: bool) -> Keys:
        """Return the keys; a passphrase is asked for only when an archive needs one.

        Raises:
            BadParameter: A passphrase is needed, and nobody can be asked.
        """
        identities = tuple(key for path in self.identity_files or () for key in _keys(path))
        return Keys(identities, _passphrase(self.passphrase_file) if passphrase_needed else "")


def _passphrase(file: Path | None, or_else: str = "") -> str:
    """Return the passphrase; *or_else* names what a new one, which is asked for twice, can be replaced with."""
    if file is not None:
        return _text(file).rstrip("\r\n")
    if given := os.environ.get(VARIABLE):
        return given
    if not sys.stdin.isatty():
        raise typer.BadParameter(
            "A passphrase is needed, and there is no terminal to ask on; give --passphrase-file or the variable "
            f"{VARIABLE}" + (f", or one of {or_else}." if or_else else ".")
        )
    text: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=bool(or_else), err=True)
    return text


def _keys(path: Path) -> list[str]:
    lines = (line.strip() for line in _text(path).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}") from None
