"""What the tests of maintenance share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.maintenance.rooms import Rooms

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    """Return a root, closed to others, without sessions."""
    root = tmp_path / "state" / "sessions"
    root.mkdir(mode=0o700, parents=True)
    root.parent.chmod(0o700)
    return Rooms(root)
