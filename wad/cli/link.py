"""Linking a session in a terminal: its states as they come, and its QR until somebody has scanned it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from wad.cli import qr, views
from wad.cli.failures import ExitCode
from wad.cli.screen import Screen, Size
from wad.cli.text import local_time, printable
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wad.cli.run import Run
    from wad.v1 import device_pb2

    Step = session_pb2.LinkSessionResponse | device_pb2.LinkDeviceResponse


class LinkDisplay:
    """Shows the steps of a link.

    Args:
        screen: Where.
        size: The terminal's size; None when there is none.
        image: Where the QR is also kept as a picture.
    """

    def __init__(self, screen: Screen, size: Size | None, image: Path | None = None) -> None:
        self._screen = screen
        self._size = size
        self._image = image
        self._shown = ("", "")

    def follow(self, steps: Iterable[Step]) -> ExitCode:
        """Show every step and return how it ended."""
        for step in steps:
            kind, session = step.WhichOneof("step"), session_of(step)
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
        if self._image is not None:
            qr.save_picture(session.qr.code, self._image)
        frame = qr_frame(session.qr, self._size, self._image)
        if session.HasField("pairing_code"):
            frame = f"{frame}\n\n{code_text(session.pairing_code)}"
        self._screen.show(frame)


def follow_link(run: Run, steps: Iterable[Step], image: Path | None) -> ExitCode:
    """Show the steps of a link in the form that was asked for, and return how it ended."""
    if not run.for_programs:
        size = terminal()
        return LinkDisplay(Screen(sys.stdout, size), size, image).follow(steps)
    code = ExitCode.FAILED
    for step in steps:
        run.show_one(step)
        if step.HasField("connected"):
            code = ExitCode.OK
    return code


def session_of(step: Step) -> session_pb2.Session:
    """Return the session that a step is about."""
    return step.session if isinstance(step, session_pb2.LinkSessionResponse) else step.device.session


def terminal() -> Size | None:
    """Return the size of the terminal that the command writes to; None when it writes to none."""
    if not sys.stdout.isatty():
        return None
    size = Console().size
    return Size(size.width, size.height)


def show_qr(code: session_pb2.Qr, image: Path | None) -> None:
    """Print a QR, and keep it in a picture file, if one was named."""
    if image is not None:
        qr.save_picture(code.code, image)
    typer.echo(qr_frame(code, terminal(), image))


def qr_frame(code: session_pb2.Qr, size: Size | None, image: Path | None = None) -> str:
    """Return a QR with what to do about it, fitted to the terminal.

    Args:
        code: The QR.
        size: The terminal's size; None when there is none.
        image: Where the QR is also kept as a picture.
    """
    coloured = qr.takes_colours(sys.stdout, os.environ)
    picture = qr.render_qr(code.code, coloured=coloured)
    width = qr.width(picture)
    until = f"Code {code.attempt}, valid until {local_time(code.expire_time)}."
    lines = [picture, "WhatsApp on the phone: Linked devices > Link a device.", until]
    if size is not None and size.columns < width:
        lines[0] = (
            f"The QR needs {width} columns, and this terminal has {size.columns}: widen it, or use --image FILE.png."
        )
    if not coloured and image is None:
        lines.append("Drawn without colours, for a dark background; --image FILE.png makes one that any camera reads.")
    if image is not None:
        lines.append(f"The same QR is in {image}.")
    return "\n".join(lines)


def code_text(code: session_pb2.PairingCode) -> str:
    """Return a pairing code with what to do about it."""
    return (
        f"Pairing code: {code.code}, valid until {local_time(code.expire_time)}.\n"
        f"WhatsApp on the phone +{printable(code.phone_number)}: Linked devices > Link a device > "
        "Link with phone number instead."
    )
