"""Completion in the shells that there are: commands, options, and the names that the daemon knows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import anyio.to_thread
import pytest
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import serving

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

pytestmark = pytest.mark.anyio

# What each shell is asked for completions with: the script's place, then the line.
_ASK: Final = {
    "bash": 'source "$1"; COMP_WORDS=($2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _wadctl_completion wadctl; '
    'printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": 'compdef() { :; }; source "$1"; words=(${=2}); CURRENT=$#words; '
    '_arguments() { print -r -- "$*" }; _wadctl_completion',
    "fish": "source $argv[1]; complete --do-complete $argv[2]",
}


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the test's output: both run in this process."""
    with capture_logs():
        yield


def environment(place: Path, address: str) -> dict[str, str]:
    """Return an environment in which wadctl is found and talks to that address."""
    command = place / "wadctl"
    command.write_text(f"#!{sys.executable}\nfrom wad.cli.wadctl import main\nmain()\n")
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{place}:{os.environ['PATH']}", "WAD_ADDRESS": address, "HOME": str(place)}


def completed(shell: str, line: str, variables: dict[str, str], place: Path) -> list[str]:
    """Return what a shell offers at the end of a line."""
    script = place / f"wadctl.{shell}"
    with script.open("wb") as file:
        source = {**variables, "_WADCTL_COMPLETE": f"source_{shell}"}
        subprocess.run([place / "wadctl"], env=source, stdout=file, check=True, timeout=60)
    command = [shell, *(["-f"] if shell == "zsh" else []), "-c", _ASK[shell], *([] if shell == "fish" else [shell])]
    asked = subprocess.run(
        [*command, str(script), line], env=variables, capture_output=True, text=True, check=True, timeout=60
    )
    return asked.stdout.replace("(", " ").replace(")", " ").replace('"', " ").split()


@pytest.mark.parametrize("shell", _ASK)
async def test_shell_completes_commands_and_sessions(tmp_path: Path, shell: str) -> None:
    """The script that wadctl makes for a shell offers subcommands, and the ids of the daemon's sessions."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    async with serving(tmp_path) as served:
        for name in ("shop", "sales-1", "till"):
            served.sessions.put(name)
        variables = environment(tmp_path, f"unix://{served.socket}")
        ids = await anyio.to_thread.run_sync(completed, shell, "wadctl session get s", variables, tmp_path)
        commands = await anyio.to_thread.run_sync(completed, shell, "wadctl session pai", variables, tmp_path)
    assert {"shop", "sales-1"} <= set(ids)
    assert "till" not in ids
    assert any("pair-code" in word for word in commands)


async def test_completion_without_a_daemon_is_silent(tmp_path: Path) -> None:
    """A word that nobody can complete is no error in the middle of a line."""
    variables = environment(tmp_path, f"unix://{tmp_path}/none.sock")
    asked = {**variables, "_WADCTL_COMPLETE": "complete_bash", "COMP_WORDS": "wadctl session get s", "COMP_CWORD": "3"}
    found = subprocess.run([tmp_path / "wadctl"], env=asked, capture_output=True, text=True, check=False, timeout=60)  # noqa: ASYNC221 - nothing else runs here
    assert (found.returncode, found.stdout.strip(), found.stderr) == (0, "", "")
