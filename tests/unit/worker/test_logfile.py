"""The worker's log is private, bounded, and free of secrets."""

import subprocess
import sys
from pathlib import Path

from wad.worker.logfile import LogFile


def test_the_log_is_bounded(tmp_path: Path) -> None:
    """However much is written, the log and its predecessor stay within twice the limit."""
    path = tmp_path / "worker.log"
    log = LogFile(path, max_bytes=1000)
    for number in range(200):
        log.write("engine", f"line {number}")
    assert path.stat().st_size <= 1000
    assert (tmp_path / "worker.log.1").stat().st_size <= 1000
    assert path.read_text().splitlines()[-1].endswith("engine line 199")


def test_the_log_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else can read it, before and after it is rotated."""
    path = tmp_path / "worker.log"
    log = LogFile(path, max_bytes=100)
    for _ in range(10):
        log.write("engine", "a line of some length")
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_every_line_is_redacted(tmp_path: Path) -> None:
    """What passes through the log is free of secrets, whoever wrote it."""
    path = tmp_path / "worker.log"
    LogFile(path).write("library", "Pair Code:  ABCD-1234")
    assert "1234" not in path.read_text().split("library")[1]


def test_a_lost_directory_does_not_hurt(tmp_path: Path) -> None:
    """A log that can no longer be rotated drops lines and raises nothing."""
    directory = tmp_path / "logs"
    directory.mkdir()
    log = LogFile(directory / "worker.log", max_bytes=100)
    (directory / "worker.log").unlink()
    directory.rmdir()
    for _ in range(10):
        log.write("engine", "a line of some length")


def in_a_process(directory: Path, body: str) -> int:
    """Run *body* in a process whose output is redirected into a log, and return its exit code."""
    code = f"""
import os, sys
from pathlib import Path
from wad.worker.logfile import LogFile, Redirection
redirection = Redirection(LogFile(Path({str(directory / "w.log")!r})), Path({str(directory / "w.stderr")!r}))
{body}
"""
    return subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_what_is_printed_is_logged_without_secrets(tmp_path: Path) -> None:
    """Both descriptors end in the log, whoever writes to them, and a pairing code does not."""
    body = (
        "os.write(1, b'Pair Code:  ABCD-1234\\n'); os.write(2, b'Press\\n'); print('last words'); redirection.close()"
    )
    assert in_a_process(tmp_path, body) == 0
    log = (tmp_path / "w.log").read_text()
    assert "library Pair Code:  [redacted]" in log
    assert "library Press" in log
    assert "library last words" in log


def test_the_reason_of_a_crash_survives_the_crash(tmp_path: Path) -> None:
    """What is printed in the last moment before an abort is in the log once the next process has begun."""
    assert in_a_process(tmp_path, "os.write(2, b'fatal error: everything\\n'); os.abort()") < 0
    assert in_a_process(tmp_path, "redirection.close()") == 0
    assert "library fatal error: everything" in (tmp_path / "w.log").read_text()
    assert (tmp_path / "w.stderr").stat().st_size == 0
