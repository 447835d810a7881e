"""What an examination of a configuration finds out about the host, before a daemon is started with it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import trustme

from wad.daemon.config.examination import Examined, examine
from wad.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ME = os.geteuid()


@pytest.fixture
def look(
    home: dict[str, str], write: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Examined | list[str]]:
    """Return a function that examines a file's text, and returns what is wrong, or the configuration."""
    monkeypatch.setattr(os, "geteuid", lambda: ME)

    def look(text: str, *, serves: bool = False, state: str = f"{tmp_path}/state") -> Examined | list[str]:
        path = write(f'[daemon]\nstate_dir = "{state}"\nruntime_dir = "{tmp_path}/run"\n{text}')
        try:
            return examine(path, environ=home, serves=serves)
        except ConfigurationError as error:
            return [line.strip().removeprefix(f"{path}:") for line in str(error).splitlines()[1:]]

    return look


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    """Return a directory with a certificate, its key, another key, and the authority."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for name in ("", "other-"):
        leaf = authority.issue_cert("localhost")
        leaf.private_key_pem.write_to_path(str(tmp_path / f"{name}key.pem"))
        leaf.cert_chain_pems[0].write_to_path(str(tmp_path / f"{name}cert.pem"))
    return tmp_path


def listener(tls: Path, certificate: str = "cert.pem", key: str = "key.pem", authority: str = "ca.pem") -> str:
    """Return the text of a listener with these files."""
    return (
        f'[grpc]\ntls_cert_file = "{tls}/{certificate}"\ntls_key_file = "{tls}/{key}"\n'
        f'tls_client_ca_file = "{tls}/{authority}"\n'
    )


def test_what_is_there_is_good(look: Callable[..., Examined | list[str]], tls: Path) -> None:
    """With files that belong together and directories that can be made nothing is wrong, and nothing is left behind."""
    assert isinstance(look(listener(tls)), Examined)
    assert isinstance(look(listener(tls), serves=True), Examined)
    assert not (tls / "state").exists()
    assert not list(tls.glob(".wad-*"))


@pytest.mark.parametrize(
    ("files", "line", "said"),
    [
        (("absent.pem",), "5: grpc.tls_cert_file", "No such file or directory"),
        (("cert.pem", "absent.pem"), "6: grpc.tls_key_file", "No such file or directory"),
        (("cert.pem", "key.pem", "absent.pem"), "7: grpc.tls_client_ca_file", "No such file or directory"),
        (("key.pem",), "5: grpc.tls_cert_file", "it holds no certificate"),
        (("cert.pem", "ca.pem"), "6: grpc.tls_key_file", "it holds no private key"),
        (("cert.pem", "key.pem", "key.pem"), "7: grpc.tls_client_ca_file", "it holds no certificate"),
        (("cert.pem", "other-key.pem"), "6: grpc.tls_key_file", "this is not the key of the certificate in"),
        (("cert.pem", "key.pem", "."), "7: grpc.tls_client_ca_file", "It is no file"),
    ],
)
def test_a_file_of_the_listener_that_cannot_be_used_is_named(
    look: Callable[..., Examined | list[str]], tls: Path, files: tuple[str, ...], line: str, said: str
) -> None:
    """Files that are absent, of another kind, or do not belong together are told with their key and line."""
    found = look(listener(tls, *files))
    assert isinstance(found, list)
    (problem,) = found
    assert problem.startswith(f"{line} = ")
    assert said in problem


def test_the_authority_of_a_custom_server_must_be_there(look: Callable[..., Examined | list[str]]) -> None:
    """A CA file that does not exist is told."""
    upstream = f'allow_custom_upstream = true\nproxy_url = "http://h"\nnoise_root_key = "{"ab" * 32}"\n'
    found = look(f'[engine]\n{upstream}ca_file = "/absent"\n')
    assert isinstance(found, list)
    assert found[0].startswith("8: engine.ca_file = '/absent': it cannot be read by the user ")


def test_a_state_directory_that_can_never_be_made_is_named(look: Callable[..., Examined | list[str]]) -> None:
    """What is in /proc is the kernel's, even for root."""
    found = look("", state="/proc/nope")
    assert isinstance(found, list)
    (problem,) = found
    assert problem.startswith("2: daemon.state_dir = '/proc/nope': the user ")


def test_a_directory_for_sessions_that_cannot_be_made_is_doubtful(look: Callable[..., Examined | list[str]]) -> None:
    """A daemon runs without the disk of its sessions, and waits for it, so that this is a warning."""
    found = look('sessions_dir = "/proc/nope"\n', serves=True)
    assert isinstance(found, Examined)
    (doubt,) = found.doubts
    assert str(doubt).endswith("; no session can start")


def test_a_file_in_the_place_of_the_state_directory_is_named(
    look: Callable[..., Examined | list[str]], tmp_path: Path
) -> None:
    """What should become a directory is no file."""
    (tmp_path / "state").touch()
    assert look("") == [f"2: daemon.state_dir = '{tmp_path}/state': {tmp_path}/state is no directory"]


def test_a_state_directory_of_another_user_is_named(
    look: Callable[..., Examined | list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon would refuse it, so this is told; root may check on behalf of the user that owns it."""
    (tmp_path / "state").mkdir()
    if ME == 0:
        os.chown(tmp_path / "state", 12345, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    found = look("")
    assert isinstance(found, list)
    assert "it belongs to the user" in found[0]
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert isinstance(look(""), Examined)
    served = look("", serves=True)
    assert isinstance(served, list)
    assert "it belongs to the user" in served[0]


def test_problems_of_the_text_and_of_the_host_are_told_together(
    look: Callable[..., Examined | list[str]], tls: Path
) -> None:
    """A bad value does not hide that a file is missing."""
    found = look(f"[http]\nport = 70000\n{listener(tls, 'absent.pem')}")
    assert isinstance(found, list)
    assert [line.split(" = ")[0] for line in found] == ["5: http.port", "7: grpc.tls_cert_file"]


def test_a_file_that_cannot_be_read_is_the_only_problem(home: dict[str, str], tmp_path: Path) -> None:
    """Without it nobody knows which directories and files the host should have."""
    with pytest.raises(ConfigurationError, match="has one problem"):
        examine(tmp_path / "absent.toml", environ={**home, "STATE_DIRECTORY": "/proc/nope"})


def test_grants_to_nobody_are_doubtful(look: Callable[..., Examined | list[str]]) -> None:
    """Names that the host does not know are told with their line, and keep no daemon from running; numbers are fine."""
    entries = (("user", "root"), ("user", "nobody-of-that-name"), ("group", "no-such-group"), ("user", "12345"))
    text = "".join(f'[[access.grants]]\n{kind} = "{name}"\nrole = "viewer"\n' for kind, name in entries)
    found = look(text)
    assert isinstance(found, Examined)
    assert [str(doubt).split(": ")[1] for doubt in found.doubts] == [
        "access.grants[1].user = 'nobody-of-that-name'",
        "access.grants[2].group = 'no-such-group'",
    ]
    assert [doubt.origin.rpartition(":")[2] for doubt in found.doubts] == ["8", "11"]


def test_a_daemon_that_no_restart_can_help_ends_with_78(write: Callable[[str], Path], tmp_path: Path) -> None:
    """A state directory that cannot be made is what a service manager must not restart for."""
    path = write(f'[daemon]\nstate_dir = "/proc/nope"\nruntime_dir = "{tmp_path}/run"\n')
    done = subprocess.run(
        [sys.executable, "-P", "-m", "wad.daemon", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == os.EX_CONFIG
    assert f"{path}:2: daemon.state_dir = '/proc/nope'" in done.stderr
