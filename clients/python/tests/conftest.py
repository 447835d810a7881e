"""The stage, and a client of its daemon."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.stage import Stage
from wad_client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stage() -> Stage:
    """Find the stage."""
    if "WAD_STAGE" not in os.environ:
        pytest.skip("WAD_STAGE is not set: this suite needs a live daemon; `make clients-test` brings one")
    return Stage.find()


@pytest.fixture
def client(stage: Stage) -> Iterator[Client]:
    """Connect to the daemon as its own user."""
    with Client(stage.unix) as client:
        yield client
