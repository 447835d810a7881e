"""Write what the documentation has from the code, or check that it is up to date: a diagram, metrics, alerts, keys."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families as parse

from wad.daemon.config.keys import SECTIONS
from wad.daemon.config.quantities import parse_duration, parse_size
from wad.daemon.effects import LIVE
from wad.domain.alerts import TERMS, Thresholds, threshold_of
from wad.domain.policy import Policy
from wad.domain.states import TERMINAL, TRANSITIONS, SessionState
from wad.domain.workers import WorkerState
from wad.observability.health import Result
from wad.observability.metrics import Metrics
from wad.observability.snapshot import Snapshot
from wad.observability.worker_metrics import WorkerMetrics

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

DOCS = Path(__file__).resolve().parent


def diagram() -> str:
    """Return the transition table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {SessionState.CONNECTING}"]
    for source, targets in TRANSITIONS.items():
        lines += [f"    {source} --> {target}" for target in SessionState if target in targets]
    lines += [f"    {state} --> [*]" for state in SessionState if state in TERMINAL]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def metrics() -> str:
    """Return the metrics as a table."""
    snapshot = Snapshot({}, 0, workers=dict.fromkeys(WorkerState, 0))
    shown = Metrics(WorkerMetrics(), lambda: snapshot, version="", engine_version="", custom_upstream=False)
    shown.health.show([Result("any", None)])
    rows: list[str] = []
    for family in sorted(parse(shown.exposition("")[0].decode()), key=lambda family: family.name):
        if family.name.startswith(("process_", "python_")):
            continue
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = sorted({label for sample in family.samples for label in sample.labels} - {"le"})
        rows.append(
            f"| `{name}` | {family.type} | {' '.join(f'`{label}`' for label in labels)} | {family.documentation} |"
        )
    return "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"


def alerts() -> str:
    """Return the alerts as a table."""
    rows: list[str] = []
    for alert, terms in TERMS.items():
        default = _amount(threshold_of(alert, Thresholds()), terms.measures)
        raised = f"{'<' if terms.below else '>'} `alerts.{terms.threshold}` ({default})"
        rows.append(
            f"| [{alert}](runbooks/{alert}.md) | {terms.measures} | {raised} | {'yes' if terms.looks else ''} |"
        )
    head = "| alert | what is measured | raised at (default) | also by the daemon |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(rows) + "\n"


def _amount(value: float, measures: str) -> str:
    if "bytes" in measures:
        return f"{value / 2**20:.0f} MiB"
    if "seconds" in measures:
        return f"{value:g} s" if value < 3600 else f"{value / 3600:g} h"  # noqa: PLR2004 - an hour
    return f"{value:g}"


def keys() -> str:
    """Return the keys of the configuration, a table for each section, explained as the code explains them."""
    text = ""
    for name, section in SECTIONS.items():
        explained = _attributes(Policy) | _attributes(Thresholds) | _attributes(section)
        text += f"\n### `[{name}]`\n\n| key | default | live | meaning |\n| --- | --- | --- | --- |\n"
        for key, field in section.model_fields.items():
            live = "yes" if f"{name}.{key}" in LIVE else ""
            text += f"| `{key}` | {_default(field)} | {live} | {explained[key]} |\n"
    return text + "\n"


def _attributes(kind: type) -> dict[str, str]:
    """Return what the docstring of a class says of each of its attributes, as Markdown."""
    _, _, listed = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    found: dict[str, str] = {}
    for name, text in re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", listed, re.MULTILINE):
        plain = re.sub(r":\w+:`[\w.~]*?(\w+)`", r"`\1`", " ".join(text.split())).replace("``", "`")
        found[name] = plain.replace("|", "\\|")
    return found


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return f"`{field.examples[0]}`" if field.examples else ""
    readers = {getattr(one, "func", None) for one in field.metadata}
    value = field.default
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if parse_duration in readers:
        return f"`{_duration(value)}`"
    return f"`{value / 2**20:g}MiB`" if parse_size in readers else f"`{value}`"


def _duration(seconds: float) -> str:
    if not seconds:
        return "0"
    units = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
    unit, size = next((unit for unit in units if seconds % unit[1] == 0), ("ms", 0.001))
    return f"{seconds / size:g}{unit}"


PARTS = {
    "configuration.md": {"keys": keys},
    "lifecycle.md": {"diagram": diagram},
    "monitoring.md": {"metrics": metrics, "alerts": alerts},
}
"""The parts of pages that are written here, each between two comments with its name."""


def main() -> None:
    """Write the pages, or with ``--check`` only compare them."""
    for name, parts in PARTS.items():
        page = (DOCS / name).read_text()
        fresh = page
        for part, write in parts.items():
            begin, end = f"<!-- {part}: written by docs/generate.py -->\n", f"<!-- end of the {part} -->"
            before, _, rest = fresh.partition(begin)
            _, _, after = rest.partition(end)
            fresh = before + begin + write() + end + after
        if "--check" not in sys.argv:
            (DOCS / name).write_text(fresh)
        elif fresh != page:
            raise SystemExit(f"{name} is stale; run `make docs` and commit.")


if __name__ == "__main__":
    main()
