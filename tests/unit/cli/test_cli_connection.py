"""Where the daemon is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wad.cli import connection
from wad.cli.connection import NoDaemon

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("unix:///run/wad.sock", "unix:/run/wad.sock"),
        ("unix:/run/wad.sock", "unix:/run/wad.sock"),
        ("127.0.0.1:7700", "127.0.0.1:7700"),
        ("[::1]:7700", "[::1]:7700"),
        ("host.example:1", "host.example:1"),
    ],
)
def test_addresses_are_sockets_or_host_and_port(text: str, target: str) -> None:
    """Both forms of an address are understood."""
    assert connection.parse(text).target == target


@pytest.mark.parametrize("text", ["host", "host:", ":7700", "host:port", "host:0", "host:70000", "http://h:1", "unix:"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """Anything else is refused with an example of both forms."""
    with pytest.raises(ValueError, match="unix:///path"):
        connection.parse(text)


def test_own_socket_is_preferred(tmp_path: Path) -> None:
    """Without an address the user's own daemon is taken before the system's."""
    path = tmp_path / "wad" / "wad.sock"
    path.parent.mkdir()
    path.touch()
    assert connection.find(None, {"XDG_RUNTIME_DIR": str(tmp_path)}).socket == path


def test_missing_daemon_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there is no socket, the user reads where it was looked for, and how a daemon is started."""
    places = [tmp_path / "a.sock", tmp_path / "b.sock"]
    monkeypatch.setattr(connection, "default_sockets", lambda _environ: places)  # pyright: ignore[reportUnknownArgumentType, reportUnknownLambdaType] - it ignores its argument
    with pytest.raises(NoDaemon) as failure:
        connection.find(None, {})
    for hint in (*map(str, places), "wad serve", "--address"):
        assert hint in str(failure.value)


def test_dead_socket_is_told_from_a_missing_one(tmp_path: Path) -> None:
    """A socket that nobody serves, and a path without one, are explained as what they are."""
    path = tmp_path / "wad.sock"
    missing = str(connection.unreachable(connection.parse(f"unix://{path}"), ""))
    path.touch()
    dead = str(connection.unreachable(connection.parse(f"unix://{path}"), ""))
    assert "there is no socket" in missing
    assert "nobody serves it" in dead
