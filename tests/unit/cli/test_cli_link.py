"""Linking a session in a terminal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.test_cli_qr import REAL_LENGTH
from tests.unit.cli.test_cli_screen import displayed
from wad.cli import qr
from wad.cli.connection import Identity
from wad.cli.failures import ExitCode
from wad.cli.link import LinkDisplay, Ways, follow_link, qr_frame
from wad.cli.output import Output
from wad.cli.run import Run
from wad.cli.screen import Screen, Size
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL, LARGE = Size(80, 24), Size(80, 50)
WAYS = Ways(None, "--phone NUMBER")


def code(attempt: int = 1) -> session_pb2.Qr:
    """Return a QR as long as WhatsApp's."""
    return session_pb2.Qr(code=f"{attempt}{REAL_LENGTH[1:]}", attempt=attempt)


def shown(attempt: int) -> session_pb2.LinkSessionResponse:
    """Return the step that shows such a QR."""
    session = session_pb2.Session(session_id="shop", qr=code(attempt))
    return session_pb2.LinkSessionResponse(session=session, qr_issued=session_pb2.QrIssued())


def test_qr_that_is_too_high_is_not_drawn() -> None:
    """In a terminal of 24 lines, where its top would scroll away, there is a hint instead, which fits."""
    frame = qr_frame(code(), SMALL, WAYS)
    assert not set(frame) & set("▀▄█")
    assert SMALL.height(frame) < SMALL.lines
    for text in (
        "80 and 24",
        f"{qr.width(qr.render_qr(code().code))} columns and 3",
        "enlarge it",
        "--image FILE.png",
        "--phone NUMBER",
        "valid until",
    ):
        assert text in frame


def test_qr_that_fits_is_drawn_whole() -> None:
    """In a terminal with as many lines as the hint asks for the QR is drawn, and in one with a line less it is not."""
    drawn = qr.render_qr(code().code, coloured=False)
    lines = LARGE.height(qr_frame(code(), LARGE, WAYS)) + 1
    assert f"and {lines} lines" in qr_frame(code(), SMALL, WAYS)
    assert drawn in qr_frame(code(), Size(80, lines), WAYS)
    assert drawn not in qr_frame(code(), Size(80, lines - 1), WAYS)


def test_hint_names_only_what_is_not_used_yet() -> None:
    """Who has the picture and the code reads where they are, and no advice to ask for them."""
    frame = qr_frame(code(), SMALL, Ways(Path("qr.png"), "--phone NUMBER"), "Pairing code: ABCD-1234")
    assert "--" not in frame
    assert "The same QR is in qr.png." in frame
    assert "ABCD-1234" in frame


@pytest.mark.parametrize("size", [Size(300, 24), Size(300, 50)], ids=["hint", "QR"])
def test_next_code_takes_the_place_of_the_one_before(size: Size) -> None:
    """A rotation leaves one QR, or one hint, on the screen, however often the code changes."""
    out = StringIO()
    LinkDisplay(Screen(out, lambda: size), lambda: size, WAYS).follow(map(shown, range(1, 7)))
    assert [line for line in displayed(out.getvalue()) if line.startswith("Code ")] == [
        line for line in qr_frame(code(6), size, WAYS).splitlines() if line.startswith("Code ")
    ]


def test_terminal_that_was_enlarged_shows_the_next_code() -> None:
    """Who follows the hint and enlarges the terminal sees the next QR."""
    out, sizes = StringIO(), [SMALL]

    def steps() -> Iterator[session_pb2.LinkSessionResponse]:
        yield shown(1)
        sizes[0] = LARGE
        yield shown(2)

    LinkDisplay(Screen(out, lambda: sizes[0]), lambda: sizes[0], WAYS).follow(steps())
    assert qr.render_qr(code(2).code, coloured=False) in out.getvalue()


def test_interrupted_link_says_that_the_session_lives_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever presses Ctrl-C while a session waits for its phone reads that it goes on, and how to end it."""

    def steps() -> Iterator[session_pb2.LinkSessionResponse]:
        yield shown(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow_link(Run(None, Output.TABLE, Identity()), steps(), WAYS)
    told = capsys.readouterr().err
    assert "lives on" in told
    assert "wadctl session remove shop --reason stuck" in told


def test_link_that_ends_is_told_how(capsys: pytest.CaptureFixture[str]) -> None:
    """A link that ends with a connection has the code for success."""
    session = session_pb2.Session(session_id="shop", user=session_pb2.User(jid="491701234567:3@s.whatsapp.net"))
    step = session_pb2.LinkSessionResponse(session=session)
    step.connected.SetInParent()
    assert follow_link(Run(None, Output.TABLE, Identity()), [step], WAYS) is ExitCode.OK
    assert "Connected as +491701234567." in capsys.readouterr().out
