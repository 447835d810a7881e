"""One daemon for all tests of a module: what they leave behind is what the next ones meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from anyio.from_thread import start_blocking_portal

from tests.fuzz.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anyio.from_thread import BlockingPortal


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    """Run a loop in a thread of its own: hypothesis ends a draw by an exception that no loop's tasks survive."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, portal: BlockingPortal) -> Iterator[Target]:
    """Run the daemon that is fuzzed."""
    with portal.wrap_async_context_manager(Target.set_up(tmp_path_factory.mktemp("fuzz"))) as running:
        yield running
