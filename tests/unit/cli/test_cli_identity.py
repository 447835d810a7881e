"""Files that say who calls, looked into before they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme
from typer.testing import CliRunner

from wad.cli.failures import ExitCode
from wad.cli.identity import identity
from wad.cli.wadctl import app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("option", "content", "sentence"),
    [
        ("--ca-file", None, "cannot be read: No such file"),
        ("--ca-file", "not PEM", "holds no certificates"),
        ("--ca-file", "", "holds no certificates"),
        ("--token-file", None, "cannot be read: No such file"),
        ("--token-file", "-----BEGIN KEY-----\nsecret\n-----END KEY-----", "no token"),
        ("--token-file", "tök", "no token"),
        ("--token-file", "\n", "The file is empty"),
        ("--token-file", "\udcff", "holds no text"),
    ],
)
def test_file_that_cannot_be_used_is_wrong_usage(
    tmp_path: Path, option: str, content: str | None, sentence: str
) -> None:
    """A file that is not what its option asks for is told in a sentence, with its option and not with its content."""
    file = tmp_path / "file"
    if content is not None:
        file.write_text(content, "utf-8", "surrogateescape")
    result = CliRunner().invoke(app, [option, str(file), "health"], env={"COLUMNS": "500"})
    assert result.exit_code == ExitCode.USAGE
    assert option in result.stderr
    assert sentence in result.stderr
    assert "secret" not in result.stderr


def test_token_of_the_environment_is_looked_at_too() -> None:
    """A variable that holds no token is named as the culprit."""
    result = CliRunner().invoke(app, ["health"], env={"WAD_TOKEN": "two words"})
    assert result.exit_code == ExitCode.USAGE
    assert "WAD_TOKEN" in result.stderr


def test_certificate_and_key_must_fit(tmp_path: Path) -> None:
    """A certificate with another one's key is refused, one with its own is taken."""
    authority = trustme.CA()
    for name in ("one", "two"):
        made = authority.issue_cert(f"{name}.internal")
        (tmp_path / f"{name}.pem").write_bytes(made.cert_chain_pems[0].bytes())
        (tmp_path / f"{name}.key").write_bytes(made.private_key_pem.bytes())
    options = ["--cert-file", str(tmp_path / "one.pem"), "--key-file", str(tmp_path / "two.key")]
    result = CliRunner().invoke(app, [*options, "health"], env={"COLUMNS": "500"})
    assert (result.exit_code, "its key" in result.stderr) == (ExitCode.USAGE, True)
    own = tmp_path / "one.key"
    assert identity(None, "", ca_file=None, cert_file=tmp_path / "one.pem", key_file=own).key_file == own
