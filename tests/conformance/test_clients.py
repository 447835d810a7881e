"""Every client, in its own language and its own test runner, against a live daemon and the emulator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Suite:
    """One client's suite.

    Attributes:
        command: Runs it in the client's folder.
        needs: Commands that it takes, or paths below the client's folder.
    """

    command: tuple[str, ...]
    needs: tuple[str, ...] = ()

    def missing(self, client: Path) -> str | None:
        """Return what it takes and is not here, if anything."""
        return next((need for need in self.needs if not (shutil.which(need) or (client / need).exists())), None)


SUITES = {
    "python": Suite((sys.executable, "-m", "pytest")),
    "typescript": Suite(("npm", "test"), ("npm", "node_modules")),
    "go": Suite(("go", "test", "-count=1", "./..."), ("go",)),
    "java": Suite(("mvn", "--quiet", "--offline", "test"), ("java", "mvn")),
}


@pytest.fixture
def stage() -> Iterator[str]:
    """Run a stage, and return its URL."""
    command = [sys.executable, "-m", "tests.conformance.stage"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the stage did not open; it has said why"
        yield json.loads(line)["stage"]
        process.stdin.close()
        assert process.wait() == 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", SUITES)
def test_a_client_conforms(language: str, request: pytest.FixtureRequest) -> None:
    """The client links, watches and receives across a restart of the daemon, and tells errors and refusals apart."""
    suite, client = SUITES[language], ROOT / "clients" / language
    if missing := suite.missing(client):
        why = f"{language}: {missing} is not here; `make clients-setup` gets what the language itself does not"
        (pytest.fail if os.environ.get("ALL_CLIENTS") else pytest.skip)(why)
    environment = {**os.environ, "WAD_STAGE": request.getfixturevalue("stage")}
    done = subprocess.run(suite.command, cwd=client, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
