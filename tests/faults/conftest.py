"""Faults happen in the same house as the users' stories, and what each costs is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.conftest import house as house  # noqa: PLC0414 - a fixture is used by its name
from tests.faults.toll import Tolls

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


@pytest.fixture
def tolls(record_property: Callable[[str, Any], None]) -> Tolls:
    """Measure what the test's faults cost, and keep it with the test's report."""
    return Tolls(record_property)
