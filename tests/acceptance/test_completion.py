"""Completion as people install it: into their own shell, which then completes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.terminal import PATIENCE, Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.anyio

SHELLS: Final = ("bash", "zsh", "fish")
HALF: Final = {"wadctl": ("session pai", "session pair-code"), "wad": ("back", "backup")}
"""The beginning of a command of each, and the whole."""
READS_A_LINE: Final = "\x1b[?2004h"
"""What a shell sends to its terminal when it begins to."""


def install(shell: str, command: str, environment: Mapping[str, str]) -> None:
    """Install the command's completion from within a shell."""
    script = f"{command} --install-completion || exit 1; true"  # not the last thing, or the shell would become it
    subprocess.run([shell, "-c", script], env=environment, capture_output=True, check=True, timeout=PATIENCE)


@pytest.mark.parametrize("shell", SHELLS)
async def test_a_shell_completes_once_completion_is_installed(tmp_path: Path, shell: str) -> None:
    """``--install-completion`` of either command is enough: their user's next shell completes at the first Tab."""
    if (found := shutil.which(shell)) is None:
        pytest.skip(f"{shell} is not installed")
    path = f"{Path(sys.executable).parent}:{Path(found).parent}:/usr/bin:/bin"
    home = str(tmp_path)
    environment = {"HOME": home, "ZDOTDIR": home, "XDG_CONFIG_HOME": f"{home}/.config", "PATH": path, "LANG": "C.UTF-8"}
    for command in HALF:
        install(shell, command, environment)
    for command, (half, whole) in HALF.items():
        with Terminal([shell, "-i"], environment) as terminal:
            await terminal.until(READS_A_LINE)
            terminal.type(f"{command} {half}\t --help\n")
            await terminal.until(f"Usage: {command} {whole} ")
