"""What logging guarantees: one form for all lines, and no secret in any."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from wad.observability.logging import configure_logging
from wad.observability.redaction import REDACTED, redact, redact_text

if TYPE_CHECKING:
    from collections.abc import Generator

KEY = "uKqYp3o0Jw5nq0bVY1Jm2yq2mZ8j0m3xWc4s6d7e8fA="
QR_LINK = f"https://wa.me/settings/linked_devices#2@abc,{KEY},{KEY},{KEY},1"
QR_PLAIN = f"2@Zm9vYmFyYmF6/x+y==,{KEY},{KEY},{KEY},1"


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def restored() -> Generator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("alembic", "asyncio", "uvicorn")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    logging.captureWarnings(False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def output() -> io.StringIO:
    """Return where the log goes."""
    return io.StringIO()


def lines(output: io.StringIO) -> list[dict[str, Any]]:
    """Return the lines of a log in JSON."""
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_line_is_one_json_object(output: io.StringIO) -> None:
    """Away from a terminal each event is a JSON object with its time, level, logger and values."""
    configure_logging(stream=output)
    structlog.get_logger("wad.test").info("session.removed", session_id="alpha", reason="idle")
    (line,) = lines(output)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "session.removed",
        "level": "info",
        "logger": "wad.test",
        "session_id": "alpha",
        "reason": "idle",
    }


def test_standard_loggers_write_the_same_lines(output: io.StringIO) -> None:
    """What libraries log has the same form, with its arguments filled in and its extra values kept."""
    configure_logging(stream=output)
    logging.getLogger("library").warning("%d of %d", 1, 2, extra={"worker": "w1"})
    (line,) = lines(output)
    assert (line["event"], line["level"], line["logger"], line["worker"]) == ("1 of 2", "warning", "library", "w1")


def test_context_is_in_every_line_of_a_task(output: io.StringIO) -> None:
    """What is bound to the task stands in its lines, whoever writes them."""
    configure_logging(stream=output)
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger("wad").info("one")
        logging.getLogger("library").info("two")
    structlog.get_logger("wad").info("three")
    assert [line.get("request_id") for line in lines(output)] == ["r1", "r1", None]


@pytest.mark.parametrize(("level", "written"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_level_holds_for_all_loggers(output: io.StringIO, level: str, written: int) -> None:
    """Lines below the level are not written, whoever wants to write them."""
    configure_logging(level, stream=output)
    for name in ("debug", "info", "warning", "error"):
        getattr(structlog.get_logger("wad"), name)("event")
        getattr(logging.getLogger("library"), name)("event")
    assert len(lines(output)) == 2 * written


def test_configuring_again_replaces_the_configuration(output: io.StringIO) -> None:
    """A changed level holds at once, also for loggers that were made before, and no line is doubled."""
    log = structlog.get_logger("wad")
    configure_logging("error", stream=io.StringIO())
    log.info("lost")
    configure_logging("info", stream=output)
    log.info("kept")
    assert [line["event"] for line in lines(output)] == ["kept"]


def test_terminal_gets_lines_for_people() -> None:
    """On a terminal a line is text, unless JSON is asked for."""
    terminal = Terminal()
    configure_logging(stream=terminal)
    structlog.get_logger("wad").info("session.removed", reason="idle")
    assert "session.removed" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    terminal = Terminal()
    configure_logging(stream=terminal, json=True)
    structlog.get_logger("wad").info("session.removed")
    assert lines(terminal)[0]["event"] == "session.removed"


def test_an_error_within_grpc_keeps_its_traceback(output: io.StringIO) -> None:
    """Only what a caller's bytes cause is shortened."""
    configure_logging(stream=output)
    for bad in (b"\xff", b"\xff" * 2):
        try:
            bad.decode() if len(bad) == 1 else {}[bad]
        except (UnicodeDecodeError, KeyError):
            logging.getLogger("grpc._cython.cygrpc").exception("no good: %s", bad)
    shortened, whole = lines(output)
    assert (shortened["level"], "exception" in shortened) == ("warning", False)
    assert whole["level"] == "error"
    assert "KeyError" in whole["exception"]


def test_libraries_reports_of_normal_work_are_left_out(output: io.StringIO) -> None:
    """The HTTP server's chatter is not written, its warnings are."""
    configure_logging("info", stream=output)
    logging.getLogger("uvicorn.error").info("Started server process")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    assert [line["event"] for line in lines(output)] == ["Invalid HTTP request received."]


@pytest.mark.parametrize("as_json", [True, False])
def test_no_secret_reaches_the_log(output: io.StringIO, as_json: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Secrets are taken out of events, values, arguments, nested values, objects and tracebacks, in either form."""

    class Thing:
        def __str__(self) -> str:
            return f"Thing({QR_LINK})"

        __repr__ = __str__

    configure_logging(stream=output, json=as_json)
    log = structlog.get_logger("wad")
    log.info(QR_PLAIN, qr=QR_LINK, note=QR_LINK, thing=Thing(), nested={"token": "hunter2", "list": [QR_PLAIN]})
    log.info("pair", code="ABCD1234", note="enter ABCD-1234", text="hello mum", proxy="http://u:hunter2@host:1")
    logging.getLogger("library").info("%s", QR_PLAIN, extra={"password": "hunter2", "auth_token": "hunter2"})
    try:
        raise RuntimeError(QR_LINK)  # noqa: TRY301 - the traceback is what is tested
    except RuntimeError:
        log.exception("failed", header="Bearer hunter2", given=f"wad_abcd1234_{'hunter2' * 6}x", passphrase="hunter2")
    text = output.getvalue()
    for secret in (KEY, KEY[:20], "hunter2", "ABCD1234", "ABCD-1234", "hello mum"):
        assert secret not in text
    assert text.count(REDACTED) >= 12
    assert "RuntimeError" in text
    assert "host:1" in text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("code", "NOT_FOUND"),
        ("code", 401),
        ("session_id", "alpha-1"),
        ("event", "session.removed"),
        ("path", "/var/lib/wad/sessions/alpha/creds.db"),
        ("at", "2027-01-15T08:00:00.000Z"),
        ("id", "4f0c1d52-9a1e-4f6e-8b1a-2d9d0c9d7a11"),
        ("address", "http://127.0.0.1:9464/metrics"),
        ("token", None),
        ("text", ""),
        ("seconds", 0.25),
    ],
)
def test_what_is_no_secret_stays(key: str, value: object) -> None:
    """Statuses, ids, paths, times and addresses are logged as they are."""
    assert redact(None, "info", {key: value}) == {key: value}


@given(st.text(), st.text())
def test_qr_is_found_in_any_text(before: str, after: str) -> None:
    """Whatever stands around a QR's text, its keys are taken out."""
    assert KEY not in redact_text(f"{before} {QR_LINK} {after}")
    assert KEY not in redact_text(f"{before} {QR_PLAIN} {after}")
