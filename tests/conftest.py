"""Fixtures that every tier of tests shares."""

import pytest
from hypothesis import settings

pytest_plugins = ["tests.leaks"]

settings.register_profile("wad", deadline=None)  # no test of this project asserts how long something takes
settings.register_profile("long", settings.get_profile("wad"), max_examples=1000, stateful_step_count=100)
settings.load_profile("wad")


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop the daemon runs on."""
    return "asyncio"
