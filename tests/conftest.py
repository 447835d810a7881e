"""Fixtures that every tier of tests shares."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop the daemon runs on."""
    return "asyncio"
