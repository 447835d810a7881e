"""An ordinary user without a configuration, and a way to write one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the environment of an ordinary user without a configuration of the system."""
    monkeypatch.setattr("wad.daemon.config.places.SYSTEM_CONFIG", tmp_path / "etc" / "wad.toml")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return {"HOME": str(tmp_path)}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a configuration file."""

    def write(text: str) -> Path:
        path = tmp_path / "wad.toml"
        path.write_text(text)
        return path

    return write
