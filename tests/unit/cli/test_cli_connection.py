"""Where the daemon is looked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wad.cli import connection
from wad.cli.connection import NoDaemon
from wad.cli.maintenance_daemon import ask, remove_stuck

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

NOBODY = 65534
"""Id of a user who owns nothing."""


@pytest.fixture
def closed_socket(tmp_path: Path) -> Generator[Path]:
    """Return the path of a socket in a directory that this user may not enter."""
    path = tmp_path / "wad" / "wad.sock"
    path.parent.mkdir()
    path.touch()
    path.parent.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)  # nothing is closed to root
    yield path
    os.seteuid(user)
    path.parent.chmod(0o700)


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


def test_user_outside_the_group_reads_that_he_may_not_talk_to_the_daemon(closed_socket: Path) -> None:
    """Where the socket's directory cannot be entered, the user reads which group to join, and no traceback."""
    told = connection.unreachable(connection.parse(f"unix://{closed_socket}"), "")
    with pytest.raises(NoDaemon) as failure:
        connection.find(None, {"XDG_RUNTIME_DIR": str(closed_socket.parent.parent), "HOME": "/"})
    for message in (str(told), str(failure.value)):
        assert "You may not talk to the daemon" in message
        assert "Join the socket's group" in message
        assert str(closed_socket) in message


def test_maintenance_says_that_it_may_not_talk_to_the_daemon(closed_socket: Path) -> None:
    """The commands of the host tell the same where they would ask the daemon, on one line."""
    for told in (ask(closed_socket), remove_stuck(closed_socket, 0, 0, dry_run=True).note):
        assert isinstance(told, str)
        assert told.startswith("You may not talk to the daemon")
        assert "\n" not in told


@pytest.mark.parametrize("installed", [True, False])
def test_service_is_named_where_there_is_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    installed: bool,  # noqa: FBT001 - pytest passes it
) -> None:
    """Where a unit of systemd is installed, the way on is to start that; elsewhere it is not spoken of."""
    unit = tmp_path / "systemd" / "system" / "wad.service"
    unit.parent.mkdir(parents=True)
    if installed:
        unit.touch()
    monkeypatch.setattr(connection, "_UNIT_PLACES", (tmp_path,))
    told = str(connection.unreachable(connection.parse(f"unix://{tmp_path}/wad.sock"), ""))
    assert ("systemctl start wad" in told) is installed
    assert "wad serve" in told
