"""What the daemon writes into its log on SIGQUIT, wherever that log goes."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from wad.daemon.debugging import Debugger
from wad.domain.debugging import CallFacts, DebugReport, QueueFacts, TaskFacts, TimerFacts
from wad.domain.workers import WorkerState, WorkerUsage, WorkerView
from wad.observability.journal import as_entry
from wad.observability.logging import configure_logging

if TYPE_CHECKING:
    from collections.abc import Generator

REPORT = DebugReport(
    (TaskFacts("session ada", ("wad.managers.runner.SessionRunner.run:212", "asyncio.run:1")),),
    (TimerFacts("ada", "idle", 3.5),),
    (QueueFacts("registry", 1, meaning="statements"),),
    (WorkerView("w1", 4711, WorkerState.READY, (), WorkerUsage(1, 2, 3)),),
    (CallFacts("c1", "wad.v1.AdminService/GetDebug", "root", "", 0.5),),
)


@pytest.fixture(autouse=True)
def restored() -> Generator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)


class Reported(Debugger):
    """A debugger that has looked already."""

    def __init__(self) -> None:
        """Need nothing to look at."""

    def report(self) -> DebugReport:
        """Return what there is."""
        return REPORT


def dumped(*, json_lines: bool, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a dump writes."""
    stream = io.StringIO()
    configure_logging(json=json_lines, stream=stream)
    Reported().dump()
    assert capsys.readouterr().err == "", "logging itself has failed"
    return stream.getvalue()


@pytest.mark.parametrize("json_lines", [False, True], ids=["for people", "json"])
def test_a_dump_tells_where_each_task_is(json_lines: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - a parameter of the test
    """On a terminal as in a file the line of a task names the functions that it is in."""
    told = dumped(json_lines=json_lines, capsys=capsys)
    assert len(told.splitlines()) == 6
    (task,) = (line for line in told.splitlines() if "session ada" in line)
    assert "SessionRunner.run:212" in task


def test_the_journal_has_it_in_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    """None of a dump's values has a name that the journal's own fields take."""
    for line in map(json.loads, dumped(json_lines=True, capsys=capsys).splitlines()):
        fields = json.loads(as_entry(None, "", dict(line)))
        assert {"LOGGER", *(key.upper() for key in line if key not in {"event", "level", "timestamp"})} <= fields.keys()
