"""Linking a session in a terminal: its states as they come, and its QR until somebody has scanned it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from wad.cli import qr, views
from wad.cli.failures import ExitCode
from wad.cli.screen import Screen, Size
from wad.cli.text import local_time, printable
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from wad.cli.run import Run
    from wad.v1 import device_pb2

    Step = session_pb2.LinkSessionResponse | device_pb2.LinkDeviceResponse


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways to link a session besides the QR in the terminal.

    Attributes:
        image: Where the QR is also kept as a picture, if anywhere.
        by_code: What gives a pairing code, as an option or a command.
    """

    image: Path | None
    by_code: str


class LinkDisplay:
    """Shows the steps of a link.

    Args:
        screen: Where.
        size: Returns the terminal's present size; None when there is none.
        ways: Other ways to link it.

    Attributes:
        session_id: The session that is being linked; empty before the first step.
    """

    def __init__(self, screen: Screen, size: Callable[[], Size | None], ways: Ways) -> None:
        self.session_id = ""
        self._screen = screen
        self._size = size
        self._ways = ways
        self._shown = ("", "")

    def follow(self, steps: Iterable[Step]) -> ExitCode:
        """Show every step and return how it ended."""
        for step in steps:
            kind, session = step.WhichOneof("step"), session_of(step)
            self.session_id = session.session_id
            if kind is None:
                self._screen.line(f"{session.session_id}: {views.state_name(session.state)}")
            elif kind == "state_changed":
                self._screen.line(views.transition(step.state_changed))
            self._show_qr(session)
            if kind == "connected":
                self._screen.line(f"Connected as {views.who(session.user)}.")
                return ExitCode.OK
            if kind == "removed":
                why = views.trouble(session)
                self._screen.line(f"Not linked: {views.reason_name(step.removed.reason)}." + (f" {why}" if why else ""))
        return ExitCode.FAILED

    def _show_qr(self, session: session_pb2.Session) -> None:
        present = (session.qr.code, session.pairing_code.code)
        if present == self._shown:
            return
        self._shown = present
        if not session.HasField("qr"):
            self._screen.clear()
            return
        if self._ways.image is not None:
            qr.save_picture(session.qr.code, self._ways.image)
        code = code_text(session.pairing_code) if session.HasField("pairing_code") else ""
        self._screen.show(qr_frame(session.qr, self._size(), self._ways, code))


def follow_link(run: Run, steps: Iterable[Step], ways: Ways) -> ExitCode:
    """Show the steps of a link in the form that was asked for, and return how it ended."""
    if not run.for_programs:
        return _shown(steps, LinkDisplay(Screen(sys.stdout, terminal), terminal, ways))
    code = ExitCode.FAILED
    for step in steps:
        run.show_one(step)
        if step.HasField("connected"):
            code = ExitCode.OK
    return code


def _shown(steps: Iterable[Step], display: LinkDisplay) -> ExitCode:
    try:
        return display.follow(steps)
    except KeyboardInterrupt:
        if session_id := display.session_id:
            typer.echo(
                f"\nThe session lives on in the daemon: `wadctl session get {session_id}` shows it, and "
                f"`wadctl session remove {session_id} --reason stuck` ends it.",
                err=True,
            )
        raise


def session_of(step: Step) -> session_pb2.Session:
    """Return the session that a step is about."""
    return step.session if isinstance(step, session_pb2.LinkSessionResponse) else step.device.session


def terminal() -> Size | None:
    """Return the size of the terminal that the command writes to; None when it writes to none."""
    if not sys.stdout.isatty():
        return None
    size = Console().size
    return Size(size.width, size.height)


def show_qr(code: session_pb2.Qr, ways: Ways) -> None:
    """Print a QR, and keep it in a picture file, if one was named."""
    if ways.image is not None:
        qr.save_picture(code.code, ways.image)
    typer.echo(qr_frame(code, terminal(), ways))


def qr_frame(code: session_pb2.Qr, size: Size | None, ways: Ways, pairing_code: str = "") -> str:
    """Return a QR with what to do about it; in a terminal that it does not fit, what to do instead.

    Args:
        code: The QR.
        size: The terminal's size; None when there is none.
        ways: Other ways to link the session.
        pairing_code: What is said of a pairing code, if there is one.
    """
    coloured = qr.takes_colours(sys.stdout, os.environ)
    picture = qr.render_qr(code.code, coloured=coloured)
    text = "WhatsApp on the phone: Linked devices > Link a device.\n"
    text += f"Code {code.attempt}, valid until {local_time(code.expire_time)}."
    if ways.image is not None:
        text += f"\nThe same QR is in {ways.image}."
    if pairing_code:
        text += f"\n\n{pairing_code}"
    drawn = f"{picture}\n{text}"
    if not coloured and ways.image is None:
        drawn += "\nDrawn without colours, for a dark background; --image FILE.png makes one that any camera reads."
    if size is None or (qr.width(picture) <= size.columns and size.height(drawn) < size.lines):
        return drawn
    needed = f"{qr.width(picture)} columns and {size.height(drawn) + 1} lines"
    told = f"The QR needs {needed}, and this terminal has {size.columns} and {size.lines}"
    ways_out = ["enlarge it before the next code"]
    if ways.image is None:
        ways_out.append("use --image FILE.png")
    if not pairing_code:
        ways_out.append(f"take a pairing code with {ways.by_code}")
    return f"{told}: {', or '.join(ways_out)}.\n{text}"


def code_text(code: session_pb2.PairingCode) -> str:
    """Return a pairing code with what to do about it."""
    return (
        f"Pairing code: {code.code}, valid until {local_time(code.expire_time)}.\n"
        f"WhatsApp on the phone +{printable(code.phone_number)}: Linked devices > Link a device > "
        "Link with phone number instead."
    )
