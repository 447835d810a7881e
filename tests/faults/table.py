"""A plugin of pytest that ends a run with a table of what each fault has cost: ``pytest -p tests.faults.table``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.faults.toll import PROPERTY, Toll

if TYPE_CHECKING:
    import pytest

BEGIN: Final = "<!-- table: written by make faults -->\n"
END: Final = "<!-- end of the table -->"
_HEAD: Final = ("fault", "sessions affected", "seconds to recover", "connections dropped", "credentials lost")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--write-table", metavar="PAGE", help="write the table into this page, between its markers")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, and write it if that is asked for."""
    passed = terminalreporter.stats.get("passed", [])
    failed = terminalreporter.stats.get("failed", [])
    tolls = [
        Toll(**value)
        for report in [*passed, *failed]
        for key, value in report.user_properties
        if key == PROPERTY and report.when == "call"
    ]
    if not tolls:
        return
    table = markdown(tolls)
    terminalreporter.section("what each fault costs")
    terminalreporter.write(table)
    page = config.getoption("write_table")
    if page and not failed:
        write(Path(page), table)


def markdown(tolls: list[Toll]) -> str:
    """Return the tolls as a table, dearest last."""
    rows = [
        (toll.fault, str(toll.sessions), f"{toll.seconds:.1f}", str(toll.connections), str(toll.credentials))
        for toll in sorted(tolls, key=lambda toll: (toll.connections > 0, toll.fault))
    ]
    lines = [_HEAD, ("---", *(len(_HEAD) - 1) * ("---:",)), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write(page: Path, table: str) -> None:
    """Put the table between the page's markers.

    Raises:
        ValueError: The page has no such markers.
    """
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} has no place for the table: it needs the lines {BEGIN.strip()} and {END}")
    page.write_text(before + begin + table + end + after)
