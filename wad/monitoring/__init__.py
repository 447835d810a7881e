"""What Prometheus and Grafana take: rules for alerts and dashboards, as files beside this one."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

RUNBOOKS: Final = "docs/runbooks"
"""Where the alerts' runbooks are, as the rules are written here: a place in wad's sources."""

_RULES: Final = "wad.rules.yml"


def export(directory: Path, *, runbooks: str = RUNBOOKS) -> list[Path]:
    """Write the rules and the dashboards below *directory*; files that are there are replaced.

    Args:
        directory: Made if it is missing.
        runbooks: The address that the runbooks' names are appended to.

    Returns:
        The files that were written.

    Raises:
        OSError: One cannot be written.
    """
    here = resources.files(__name__)
    rules = (
        (here / _RULES).read_text("utf-8").replace(f"runbook_url: {RUNBOOKS}/", f"runbook_url: {runbooks.rstrip('/')}/")
    )
    contents = {directory / _RULES: rules}
    for dashboard in sorted((here / "dashboards").iterdir(), key=lambda file: file.name):
        contents[directory / "dashboards" / f"wad-{dashboard.name}"] = dashboard.read_text("utf-8")
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return list(contents)
