"""What the units promise, read from their files alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from tests.systemd.machine import CHECKOUT
from wad.daemon.config import load_config

if TYPE_CHECKING:
    from pathlib import Path

UNITS: Final = CHECKOUT / "systemd"
SERVICES: Final = sorted(path.name for path in UNITS.glob("*.service"))
WORST_EXPOSURE: Final = 1.5
"""On the scale of ``systemd-analyze security``, from 0 to 10."""

_ANALYZE: Final = shutil.which("systemd-analyze") or ""

pytestmark = pytest.mark.skipif(not _ANALYZE, reason="systemd is not here")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Return a directory with the units, whose commands are ones that this system has."""
    copy = shutil.copytree(UNITS, tmp_path / "units", ignore=shutil.ignore_patterns("install", "Makefile"))
    for path in copy.rglob("*.service"):
        path.write_text(path.read_text().replace("/usr/local/bin/wad", "/bin/true"))
    return copy


def analyze(units: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze so that it finds the units and their drop-ins."""
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"}
    return subprocess.run([_ANALYZE, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_the_units_are_without_a_flaw(units: Path) -> None:
    """systemd-analyze has nothing to say about any unit."""
    verified = analyze(
        units, "verify", *(str(path) for path in units.iterdir() if path.suffix in (".service", ".timer"))
    )
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_exposed_to_little(units: Path, service: str) -> None:
    """What systemd-analyze computes of a service's confinement is at most 1.5."""
    limit = f"--threshold={WORST_EXPOSURE * 10:.0f}"
    judged = analyze(units, "security", "--offline=true", "--no-pager", limit, str(units / service))
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_drop_ins_are_for_units_of_ours_alone() -> None:
    """None has a name that would be for units of somebody else, too, such as every one that begins with wad-."""
    drop_ins = {path.parent.name.removesuffix(".d") for path in UNITS.glob("*.service.d/*.conf")}
    assert drop_ins == set(SERVICES) - {"wad.service"}


def test_the_sample_configuration_is_good(tmp_path: Path) -> None:
    """The configuration that is installed is a valid one, and so is everything in it that is commented out."""
    sample = (UNITS / "wad.toml").read_text()
    for text in (sample, re.sub(r"(?m)^# (?=\w+ = )", "", sample)):
        path = tmp_path / "wad.toml"
        path.write_text(text)
        config = load_config(path, environ={})
        assert (str(config.daemon.state_dir), str(config.daemon.runtime_dir)) == ("/var/lib/wad", "/run/wad")
        assert config.sessions.max_sessions == 50


def test_the_service_is_installed_with_versions_that_are_tested() -> None:
    """What the service's lock pins is pinned so, with the same hashes, in the lock that the tests run with."""

    def pins(name: str) -> dict[str, str]:
        text = re.sub(r"(?m)^ +#.*\n", "", (CHECKOUT / name).read_text())
        return dict(line.split("==", 1) for line in text.replace("\\\n", "").splitlines() if line)

    tested = pins("requirements.lock")
    service = pins("requirements-service.lock")
    assert service.items() <= tested.items()
    assert "neonize" in service
    assert "pytest" not in service
