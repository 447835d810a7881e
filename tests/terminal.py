"""A terminal with a command in it, and what it shows."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

import anyio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLUMNS: Final = 80
LINES: Final = 24
PATIENCE: Final = 30.0
"""Seconds after which what has not been shown is a failure."""

_CONTROL = re.compile(r"\r|\n|\x1b\[(?P<number>\d*)(?P<act>[AK])|\x1b\[[?\d;]*[mhl]")


class Terminal:
    """A terminal of 80 columns and 24 lines with a command in it. Use it as a context manager.

    Args:
        command: The command.
        environment: Variables that it gets besides those of this process.
        piped: Its standard output is a pipe, as in ``command | jq``; only its standard error is shown.

    Attributes:
        shown: All that the terminal was sent.
        inner: The file descriptor that the command has for the terminal.
        before: The terminal's settings before the command began.
        process: The command.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None, *, piped: bool = False
    ) -> None:
        self._window, self.inner = pty.openpty()
        fcntl.ioctl(self.inner, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.before = termios.tcgetattr(self.inner)
        self.shown = ""
        inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        self.process = subprocess.Popen(
            command,
            stdin=self.inner,
            stdout=subprocess.PIPE if piped else self.inner,
            stderr=self.inner,
            start_new_session=True,
            preexec_fn=self._take,  # noqa: PLW1509 - no thread of this process holds a lock that it takes
            env=inherited | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | dict(environment or {}),
        )
        os.set_blocking(self._window, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        os.close(self._window)
        os.close(self.inner)

    def type(self, text: str) -> None:
        """Press keys; Tab and Enter are their control characters."""
        os.write(self._window, text.encode())

    async def until(self, text: str) -> None:
        """Wait until the terminal was sent that text."""
        with anyio.move_on_after(PATIENCE):
            while text not in self.shown and self.process.poll() is None:
                self._read()
                await anyio.sleep(0.01)
        self._read()
        assert text in self.shown, self.shown[-4000:]

    async def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return await self.ended()

    async def ended(self) -> int:
        """Wait for the command's end and return its exit code."""
        with anyio.fail_after(PATIENCE):
            while self.process.poll() is None:
                self._read()
                await anyio.sleep(0.01)
        self._read()
        return self.process.returncode

    def screen(self) -> list[str]:
        """Return the lines that stand on it now, without those that are empty."""
        return displayed(self.shown)

    def _take(self) -> None:
        fcntl.ioctl(self.inner, termios.TIOCSCTTY, 0)

    def _read(self) -> None:
        with suppress(BlockingIOError):
            self.shown += os.read(self._window, 1 << 16).decode()


def displayed(written: str) -> list[str]:
    """Return the lines, without empty ones, of a terminal that was sent a text which draws over its own lines."""
    rows, row, column, at = [""], 0, 0, 0
    for control in _CONTROL.finditer(written):
        row, column = _write(rows, row, column, written[at : control.start()])
        at = control.end()
        match control.group(), control["act"]:
            case "\r", _:
                column = 0
            case "\n", _:
                row += 1
                rows.extend([""] * (row + 1 - len(rows)))
            case _, "A":
                row -= int(control["number"] or 1)
                assert row >= 0, "moved above the first line"
            case _, "K":
                rows[row] = "" if control["number"] == "2" else rows[row][:column]
            case _:
                pass
    _write(rows, row, column, written[at:])
    return [line.rstrip() for line in rows if line.strip()]


def _write(rows: list[str], row: int, column: int, text: str) -> tuple[int, int]:
    assert "\x1b" not in text, f"a movement that nobody here knows: {text!r}"
    rows[row] = rows[row][:column].ljust(column) + text + rows[row][column + len(text) :]
    return row, column + len(text)
