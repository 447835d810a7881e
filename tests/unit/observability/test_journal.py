"""What logging to the system's journal guarantees, against a socket that takes its place."""

from __future__ import annotations

import io
import json
import logging
import os
import socket
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

import pytest
import structlog

from wad.observability.journal import stream_is_journal
from wad.observability.logging import configure_logging
from wad.observability.redaction import REDACTED

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from typing import TextIO

HUNTER = "hunter2"
LARGER_THAN_A_DATAGRAM = 4 << 20


@dataclass
class Journal:
    """The journal's socket, and the stream to it that systemd gives a service as standard error."""

    path: Path
    socket: socket.socket
    stderr: IO[str]

    def entry(self) -> dict[str, str]:
        """Return the fields of the next entry."""
        self.socket.settimeout(10)
        payload, descriptors, _, _ = socket.recv_fds(self.socket, 1 << 20, 1)
        if descriptors:
            with os.fdopen(descriptors[0], "rb") as file:
                file.seek(0)
                payload = file.read()
        found: dict[str, str] = {}
        while payload:
            name, _, rest = payload.partition(b"\n")
            (size,) = struct.unpack("<Q", rest[:8])
            found[name.decode()] = rest[8 : 8 + size].decode()
            assert rest[8 + size : 9 + size] == b"\n"
            payload = rest[9 + size :]
        return found


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Journal]:
    """Log as a service of systemd does, and leave logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as taker, (tmp_path / "stderr").open("w+") as stderr:
        taker.bind(str(path))
        found = os.fstat(stderr.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
        configure_logging(stream=cast("TextIO", stderr), journal=path)
        yield Journal(path, taker, stderr)
        configure_logging(stream=io.StringIO(), json=True)  # which closes the handler
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_each_value_becomes_a_field(journal: Journal) -> None:
    """An entry can be searched for by session, request, status and event, and reads as one line."""
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("wad.test").warning("rpc.failed", session_id="alpha", code="NOT_FOUND", seconds=0.5)
    assert journal.entry() == {
        "MESSAGE": "rpc.failed session_id=alpha code=NOT_FOUND seconds=0.5 request_id=r1",
        "PRIORITY": "4",
        "SYSLOG_IDENTIFIER": "wad",
        "EVENT": "rpc.failed",
        "LOGGER": "wad.test",
        "SESSION_ID": "alpha",
        "REQUEST_ID": "r1",
        "CODE": "NOT_FOUND",
        "SECONDS": "0.5",
    }
    assert os.fstat(journal.stderr.fileno()).st_size == 0  # nothing is told twice


@pytest.mark.parametrize(("level", "priority"), [("info", "6"), ("warning", "4"), ("error", "3"), ("critical", "2")])
def test_level_becomes_the_priority(journal: Journal, level: str, priority: str) -> None:
    """What is an error for the daemon is one for the journal, whoever logs it."""
    getattr(logging.getLogger("library"), level)("something")
    assert journal.entry()["PRIORITY"] == priority


def test_values_cannot_pretend_to_be_the_journal_s_own_fields(journal: Journal) -> None:
    """A value whose name means something to systemd, or is none that it allows, gets another name."""
    log = structlog.get_logger("wad")
    log.info("event", message="a\nPRIORITY=0\n", priority="0", **{"_PID": "1", "1st": "x", "ä-b": "y"})
    entry = journal.entry()
    assert (entry["PRIORITY"], entry["WAD_PRIORITY"], entry["WAD_MESSAGE"]) == ("6", "0", "a\nPRIORITY=0\n")
    assert (entry["WAD__PID"], entry["WAD_1ST"], entry["WAD___B"]) == ("1", "x", "y")


def test_entry_of_any_size_arrives(journal: Journal) -> None:
    """One that is too large for a datagram comes as a file."""
    structlog.get_logger("wad").info("event", words="x" * LARGER_THAN_A_DATAGRAM)
    assert len(journal.entry()["WORDS"]) == LARGER_THAN_A_DATAGRAM


def test_traceback_stands_in_the_message_without_secrets(journal: Journal) -> None:
    """An exception is read in one entry, and neither it nor a field holds a secret."""
    try:
        raise RuntimeError(f"Bearer {HUNTER}")  # noqa: TRY301 - the traceback is what is tested
    except RuntimeError:
        structlog.get_logger("wad").exception("failed", password=HUNTER)
    entry = journal.entry()
    assert "Traceback" in entry["MESSAGE"]
    assert entry["PASSWORD"] == REDACTED
    assert HUNTER not in json.dumps(entry)


def test_without_the_journal_lines_go_to_standard_error(journal: Journal) -> None:
    """When the journal's socket is gone nothing is lost: the line stands on standard error."""
    journal.path.unlink()
    structlog.get_logger("wad").info("event", session_id="alpha")
    journal.stderr.seek(0)
    assert json.loads(journal.stderr.read())["SESSION_ID"] == "alpha"


def test_busy_journal_does_not_hang_the_daemon(journal: Journal) -> None:
    """Lines that the journal does not take in time are lost, and what logs them goes on."""
    for _ in range(2000):  # far more than a socket's queue holds
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
                filler.setblocking(False)
                filler.sendto(b"X", str(journal.path))
        except BlockingIOError:
            break
    structlog.get_logger("wad").info("event")
    assert os.fstat(journal.stderr.fileno()).st_size == 0


def test_only_the_very_stream_of_the_journal_is_taken_for_it(tmp_path: Path) -> None:
    """A process that inherits the variable, but has another standard error, writes to that."""
    with (tmp_path / "stderr").open("w") as stream:
        found = os.fstat(stream.fileno())
        told = f"{found.st_dev}:{found.st_ino}"
        assert stream_is_journal(cast("TextIO", stream), told)
        assert not stream_is_journal(cast("TextIO", stream), f"{found.st_dev}:{found.st_ino + 1}")
        assert not stream_is_journal(cast("TextIO", stream), None)
        assert not stream_is_journal(io.StringIO(), told)
