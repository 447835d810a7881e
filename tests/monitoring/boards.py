"""The dashboards' panels and queries, as Grafana would run them."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.monitoring.stack import Stack

FEW = 2
"""Series that are shown even if they are at zero."""

MOST = 6
"""Series of a panel that are shown."""

NAMES = ("overview", "api", "workers", "host")


@dataclass(frozen=True)
class Query:
    """One query of a panel."""

    dashboard: str
    panel: str
    unit: str
    legend: str
    expression: str


def queries(window: str) -> list[Query]:
    """Return every query of every dashboard, for all daemons.

    Args:
        window: The time over which rates are taken, such as ``10s``; Grafana makes it of the scrape interval.
    """
    found: list[Query] = []
    for name in NAMES:
        text = (resources.files("wad.monitoring") / "dashboards" / f"{name}.json").read_text()
        for panel in json.loads(text)["panels"]:
            unit = panel["fieldConfig"]["defaults"]["unit"]
            for target in panel["targets"]:
                expression = target["expr"].replace("$__rate_interval", window)
                for variable in ("$job", "$instance"):
                    expression = expression.replace(variable, ".*")
                found.append(Query(name, panel["title"], unit, target["legendFormat"], expression))
    return found


async def panels(stack: Stack) -> dict[tuple[str, str, str], list[str]]:
    """Return what every panel of every dashboard shows now, by dashboard, title and unit."""
    shown: dict[tuple[str, str, str], list[str]] = {}
    for query in queries("1m"):
        series = _series(query, await stack.query(query.expression))
        shown.setdefault((query.dashboard, query.panel, query.unit), []).extend(series)
    return shown


def with_panels(page: str, shown: Mapping[tuple[str, str, str], Sequence[str]]) -> str:
    """Return a page with what the panels show between its comments for that."""
    lines: list[str] = []
    for name in NAMES:
        lines += [f"\n### {name}\n", "| panel | unit | shows |", "| --- | --- | --- |"]
        lines += [f"| {panel} | {unit} | {_brief(found)} |" for (of, panel, unit), found in shown.items() if of == name]
    begin, end = "<!-- panels: written by make panels -->", "<!-- end of the panels -->"
    before, _, rest = page.partition(begin)
    return before + begin + "\n".join(["", *lines, "", ""]) + end + rest.partition(end)[2]


def _series(query: Query, found: Sequence[Mapping[str, Any]]) -> list[str]:
    named: dict[str, float] = {}
    for series in found:
        value = float(series["value"][1])
        if not math.isnan(value):
            named[_legend(query.legend, series["metric"])] = value
    few = len(named) <= FEW
    largest_first = sorted(named.items(), key=lambda item: -item[1])
    return [f"{legend} {value:,.4g}" for legend, value in largest_first if value or few]


def _legend(text: str, labels: Mapping[str, str]) -> str:
    """Return a legend with its labels, but for the address, which is another one each time."""
    filled = re.sub(r"{{(\w+)}}", lambda match: labels.get(match[1], ""), text)
    return re.sub(r"127\.0\.0\.1:\d+ ?", "", filled).strip() or "the daemon"


def _brief(shown: Sequence[str]) -> str:
    more = f" and {len(shown) - MOST} more" if len(shown) > MOST else ""
    return ", ".join(shown[:MOST]) + more or "nothing yet"
