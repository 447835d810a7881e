"""Fixtures that every tier of tests shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

pytest_plugins = ["tests.leaks"]

settings.register_profile("wad", deadline=None)  # no test of this project asserts how long something takes
settings.register_profile("long", settings.get_profile("wad"), max_examples=1000, stateful_step_count=100)
settings.load_profile("wad")

LOG_TAIL = 8000
"""Characters of a daemon's log that a failure shows."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what its daemons have logged."""
    report = yield
    arguments: dict[str, Any] = getattr(item, "funcargs", {})
    directory: Path | None = arguments.get("tmp_path")
    if report.failed and directory is not None:
        for log in sorted(directory.rglob("daemon*.log")):
            report.sections.append((f"end of {log.name}", log.read_text(errors="replace")[-LOG_TAIL:]))
    return report


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop the daemon runs on."""
    return "asyncio"
