"""``wadctl`` when there is no encrypted connection to the daemon."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
import trustme
from structlog.testing import capture_logs
from typer.testing import CliRunner

from tests.integration.rpc.rpc_fakes import serving
from wad.cli.failures import ExitCode
from wad.cli.wadctl import app
from wad.rpc.access.certificates import TlsFiles

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.integration.rpc.rpc_fakes import Served

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


def files(authority: trustme.CA, directory: Path, *names: str, clients: bool = False) -> TlsFiles:
    """Write a daemon's certificate for these names, and the authority's own as ``ca.pem``."""
    made = authority.issue_cert(*names)
    found = TlsFiles(directory / "cert.pem", directory / "key.pem", directory / "ca.pem" if clients else None)
    found.key.write_bytes(made.private_key_pem.bytes())
    found.certificate.write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
    (directory / "ca.pem").write_bytes(authority.cert_pem.bytes())
    return found


async def told(served: Served, *options: str) -> str:
    """Return what a call over TCP tells, which fails for want of a connection."""
    command = ["--address", str(served.tcp), *options, "health"]
    result = await anyio.to_thread.run_sync(lambda: CliRunner().invoke(app, command))
    assert result.exit_code == ExitCode.UNREACHABLE, result.output
    assert "wad serve" not in result.stderr
    return result.stderr


async def test_certificate_that_is_not_trusted_is_told_from_a_dead_daemon(tmp_path: Path) -> None:
    """Who gives the wrong authority, or none, reads that, and the option that helps; no daemon is to be started."""
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(trustme.CA().cert_pem.bytes())
    async with serving(tmp_path, tls=files(trustme.CA(), tmp_path, "127.0.0.1"), insecure_loopback=False) as served:
        wrong = await told(served, "--ca-file", str(stranger))
        none = await told(served)
    assert "is not trusted" in wrong
    assert "speaks TLS, and you did not" in none
    assert "--ca-file" in wrong
    assert "--ca-file" in none


async def test_libraries_say_nothing_of_their_own(tmp_path: Path) -> None:
    """The user reads one message of two lines, and nothing that gRPC has logged for its developers."""
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(trustme.CA().cert_pem.bytes())
    async with serving(tmp_path, tls=files(trustme.CA(), tmp_path, "127.0.0.1"), insecure_loopback=False) as served:
        command = [sys.executable, "-m", "wad.cli.wadctl", "--address", str(served.tcp), "--ca-file", str(stranger)]
        environment = {name: value for name, value in os.environ.items() if name != "GRPC_VERBOSITY"}
        result = await anyio.run_process([*command, "health"], check=False, env=environment)
    first, second = result.stderr.decode().splitlines()
    assert first.startswith("Error: The certificate")
    assert second.startswith("Give the authority")


async def test_certificate_for_another_name_is_told(tmp_path: Path) -> None:
    """A trusted certificate of another host is told as that: another authority would not help."""
    async with serving(tmp_path, tls=files(trustme.CA(), tmp_path, "wad.internal"), insecure_loopback=False) as served:
        text = await told(served, "--ca-file", str(tmp_path / "ca.pem"))
    assert "a name that is in its certificate" in text
    assert "--ca-file" not in text


async def test_wish_for_a_certificate_of_the_caller_is_told(tmp_path: Path) -> None:
    """A daemon that asks callers for certificates is told from one that is not there."""
    tls = files(trustme.CA(), tmp_path, "127.0.0.1", clients=True)
    async with serving(tmp_path, tls=tls, insecure_loopback=False) as served:
        text = await told(served, "--ca-file", str(tmp_path / "ca.pem"))
    assert "asks for a certificate of yours" in text
    assert "--cert-file" in text


async def test_daemon_without_tls_is_told(tmp_path: Path) -> None:
    """Who insists on TLS where there is none reads that."""
    (tmp_path / "ca.pem").write_bytes(trustme.CA().cert_pem.bytes())
    async with serving(tmp_path) as served:
        assert "does not speak TLS" in await told(served, "--ca-file", str(tmp_path / "ca.pem"))
