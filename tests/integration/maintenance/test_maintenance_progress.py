"""Bars of the maintenance commands: on a terminal while they work, and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.terminal import Terminal
from wad.maintenance.backup import back_up, write
from wad.maintenance.encryption import Plaintext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.integration.maintenance.rooms import Rooms

pytestmark = pytest.mark.anyio

SESSIONS = ("ant", "bee", "cat")
COMMANDS = {"backup": "Backing up", "restore": "Restoring", "cleanup": "Cleaning up"}
"""What each says that it is doing."""


class Stage:
    """Three linked sessions, their archives, and the commands for them."""

    def __init__(self, rooms: Rooms, tmp_path: Path) -> None:
        config = tmp_path / "wad.toml"
        config.write_text(f'[daemon]\nstate_dir = "{rooms.root.parent}"\nruntime_dir = "{tmp_path / "run"}"\n')
        self.environment: Mapping[str, str] = {"WAD_CONFIG": str(config)}
        self.archives = tmp_path / "archives"
        self.archives.mkdir()
        for name in SESSIONS:
            made = back_up(rooms.custody, rooms.paired(name), Plaintext())
            write(made.content, self.archives / name)

    def command(self, name: str, sessions: int = len(SESSIONS)) -> list[str]:
        """Return the command line for so many of the sessions."""
        names = SESSIONS[:sessions]
        arguments = {
            "backup": [*names, "--to", str(self.archives), "--plaintext"],
            "restore": [*(str(self.archives / session) for session in names), "--force"],
            "cleanup": ["--dry-run"],
        }[name]
        return [sys.executable, "-m", "wad", name, *arguments]


@pytest.fixture
def stage(rooms: Rooms, tmp_path: Path) -> Stage:
    """Return three linked sessions with archives."""
    return Stage(rooms, tmp_path)


@pytest.mark.parametrize(("name", "doing"), COMMANDS.items())
async def test_a_bar_is_drawn_on_a_terminal_and_is_gone_at_the_end(stage: Stage, name: str, doing: str) -> None:
    """While it works it says what it is doing and how far it is; what stays on the screen is the report alone."""
    with Terminal(stage.command(name), stage.environment) as terminal:
        assert await terminal.ended() == 0, terminal.shown
    assert f"{doing} " in terminal.shown
    assert "━━━━" in terminal.shown
    assert "100%" in terminal.shown
    left = "\n".join(terminal.screen())
    assert doing not in left
    assert "━━━━" not in left
    assert all(session in left for session in SESSIONS)
    assert terminal.shown.rindex("\x1b[?25h") > terminal.shown.rindex("\x1b[?25l"), "the cursor stays hidden"


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_pipe_gets_the_report_and_no_bar(stage: Stage, name: str) -> None:
    """Without a terminal there is neither a bar nor an escape sequence, in the output or among the errors."""
    environment = {**os.environ, **stage.environment}
    done = await anyio.run_process(stage.command(name), env=environment, stderr=subprocess.PIPE)
    told = done.stdout.decode()
    assert (done.stderr, "\x1b" in told, "━" in told) == (b"", False, False)
    assert all(session in told for session in SESSIONS)


@pytest.mark.parametrize(("name", "doing"), COMMANDS.items())
async def test_a_bar_stays_out_of_what_a_program_reads(stage: Stage, name: str, doing: str) -> None:
    """Whoever pipes the report into a program sees the bar on the terminal, and the program reads whole JSON."""
    with Terminal([*stage.command(name), "-o", "json"], stage.environment, piped=True) as terminal:
        assert await terminal.ended() == 0, terminal.shown
        assert terminal.process.stdout is not None
        report = json.loads(terminal.process.stdout.read())
    assert f"{doing} " in terminal.shown
    assert terminal.screen() == []
    found = report[{"backup": "backups", "restore": "sessions", "cleanup": "directories"}[name]]
    assert {each["session_id"] for each in found} == set(SESSIONS)


async def test_one_thing_has_no_bar(stage: Stage) -> None:
    """What is one step anyway is done without a bar."""
    with Terminal(stage.command("backup", 1), stage.environment) as terminal:
        assert await terminal.ended() == 0, terminal.shown
    assert "Backing up" not in terminal.shown
