"""What the alert rules guarantee."""

from __future__ import annotations

import re
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.monitoring.boards import NAMES
from tests.monitoring.stack import PROMTOOL, missing
from wad.__main__ import app
from wad.cli.wadctl import app as wadctl
from wad.daemon.clock import SystemClock
from wad.daemon.reporting import Reporter
from wad.domain.alerts import TERMS, Alert

ROOT = Path(__file__).parent.parent.parent
RULES = resources.files("wad.monitoring") / "wad.rules.yml"
WITHOUT_THRESHOLD = {"WadDown", "WadNotReady"}

needs_prometheus = pytest.mark.skipif(bool(missing()), reason="prometheus or alertmanager is not installed")


def rules() -> dict[str, str]:
    """Return the text of each rule by the alert's name."""
    parts = re.split(r"^      - alert: (\w+)\n", RULES.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_alert_has_a_rule_that_compares_with_its_published_threshold() -> None:
    """A rule has no number of its own for what the daemon's configuration says."""
    assert rules().keys() == {alert.value for alert in Alert} | WITHOUT_THRESHOLD
    for alert, terms in TERMS.items():
        assert f'wad_alert_threshold{{alert="{alert}"}}' in rules()[alert]
        assert (" < on" in rules()[alert] or "\n          < on" in rules()[alert]) is terms.below


def test_a_daemon_is_ready_for_the_rules_when_it_is_for_itself() -> None:
    """The rule asks for the very checks of ``/readyz``."""
    engine: Any = None
    reporter = Reporter(SystemClock(), engine, Path(), custom_upstream=False)
    checks = "|".join(reporter.ready._checks)  # pyright: ignore[reportPrivateUsage] - nobody else has to know
    assert f'check=~"{checks}"' in rules()["WadNotReady"]


def test_every_rule_has_a_runbook() -> None:
    """Whoever is woken finds out what it means, how to look, and what to do."""
    pages = {page.stem: page.read_text("utf-8") for page in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert pages.keys() == rules().keys()
    for alert, rule in rules().items():
        assert f"runbook_url: docs/runbooks/{alert}.md\n" in rule
        headings = [line for line in pages[alert].splitlines() if line.startswith("#")]
        assert headings == [f"# {alert}", "## Meaning", "## Impact", "## Diagnosis", "## Remedy"]


def test_every_command_of_the_runbooks_exists() -> None:
    """Nobody is woken at night by a page that names a command which was renamed."""
    commands = {
        line.removeprefix("$ ")
        for page in (ROOT / "docs" / "runbooks").glob("*.md")
        for line in page.read_text("utf-8").splitlines()
        if line.startswith("$ wad")
    }
    assert len(commands) > 10
    for command in commands:
        program, *words = command.partition(" |")[0].split()
        names = [word for word in words if word.isalpha() and word.islower()]
        options = [word for word in words if word.startswith("--")]
        result = CliRunner().invoke({"wad": app, "wadctl": wadctl}[program], [*names[:2], "--help"])
        assert result.exit_code == 0, command
        assert all(option in result.stdout for option in options), command


@needs_prometheus
def test_every_rule_fires_when_it_should_and_is_silent_when_it_should() -> None:
    """Prometheus itself judges a daemon that is over the threshold, one that is close, and either one early."""
    cases = (ROOT / "tests" / "monitoring" / "rules_test.yml").read_text("utf-8")
    assert re.findall(r"^  - name: (\w+)$", cases, re.MULTILINE) == list(rules())
    for alert in rules():
        assert re.search(rf"alertname: {alert}\n        eval_time: \w+\n        exp_alerts: \[\]", cases)
        assert re.search(rf"alertname: {alert}\n        eval_time: \w+\n        exp_alerts:\n", cases)
    command = [*PROMTOOL, "test", "rules", "rules_test.yml"]
    found = subprocess.run(command, cwd=ROOT / "tests" / "monitoring", capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@needs_prometheus
def test_what_is_exported_is_taken_by_prometheus_with_the_runbooks_address(tmp_path: Path) -> None:
    """``wad monitoring export`` writes the rules and every dashboard."""
    result = CliRunner().invoke(
        app, ["monitoring", "export", str(tmp_path), "--runbooks", "https://example.com/books/"]
    )
    assert result.exit_code == 0
    written = [tmp_path / "wad.rules.yml", *(tmp_path / "dashboards" / f"wad-{name}.json" for name in sorted(NAMES))]
    assert [Path(line) for line in result.stdout.split()] == written
    assert all(path.stat().st_size for path in written)
    exported = written[0].read_text()
    assert exported.count("runbook_url: https://example.com/books/Wad") == len(rules())
    checked = subprocess.run(
        [*PROMTOOL, "check", "rules", str(written[0])], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The error names the place, without a traceback."""
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["monitoring", "export", str(tmp_path / "file")])
    assert result.exit_code == 1
    assert f"{tmp_path}/file" in result.stderr
