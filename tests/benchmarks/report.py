"""The figures as a table, and as the page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.contenders import Name
from tests.benchmarks.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.benchmarks.measures import Measure, Results
    from tests.benchmarks.rounds import Plan

_NOTHING = "-"

_HEADINGS = ("measure", *(name.value for name in Name), "wad ÷ full", "wad ÷ thin", "aim", "met")

_PAGE = """# Benchmarks

Written by `make bench`; `make bench-quick` tries every measure with tiny sizes and writes nothing. Figures are medians
of the repetitions, with the least and the greatest in brackets; of counts the worst repetition is shown.

{table}

The three run in turns, in fresh processes, beside a fresh emulator each time:

- **wad**: the daemon as it comes, with {per_worker} sessions in a worker at most, called over its unix socket.
- **full client**: neonize's own `NewClient`, unmodified, with its default store, all sessions in one process and a
  thread for each. What the daemon stands in for.
- **thin binding**: the worker's binding with wad's store settings, all sessions in one process, without a daemon,
  isolation, or a restart of clients that stay silent. What the engine can do at best.

Sessions count as never connected when nothing has happened for {quiet:g} s, and all of a process that ended by itself.
Those are linked again, one after the other, before all are restored. The first session of a process includes what the
process does for its first one, which for the daemon is the start of a worker. The start of a process includes Python's
own. Memory is the proportional set size of every process, 1 MB = 10⁶ bytes, and idle time is taken over {idle:g} s. The
fan-out is of {watchers} watchers in one process, on one connection, that read the same events; for them and for
GetSession ({calls} calls, one after the other) the callers' own work in Python is part of the figure.

## Measured on

| | |
| --- | --- |
{facts}

`make bench` measures all of it again and writes this page, which took {minutes:.0f} minutes here;
`.venv/bin/python -m tests.benchmarks --json FILE` also writes every single value.
"""


def table(plan: Plan, results: Results) -> list[list[str]]:
    """Return the table's rows, headings first."""
    return [list(_HEADINGS), *(_row(measure, plan, results) for measure in MEASURES)]


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Return the table for a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def page(
    plan: Plan, results: Results, facts: Mapping[str, str], *, quiet: float, per_worker: int, minutes: float
) -> str:
    """Return the page of the documentation.

    Args:
        plan: How much was measured.
        results: What came out.
        facts: What the figures depend on.
        quiet: Seconds of silence after which a client counted as lost.
        per_worker: Sessions in one worker of the daemon.
        minutes: For which it was measured.
    """
    return _PAGE.format(
        table=_markdown(table(plan, results)),
        facts="\n".join(f"| {what} | {value} |" for what, value in facts.items()),
        quiet=quiet,
        per_worker=per_worker,
        idle=plan.idle_seconds,
        watchers=plan.watchers,
        calls=plan.calls,
        minutes=minutes,
    )


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    headings, *body = rows
    return "\n".join(map(_line, [headings, ["---"] * len(headings), *body]))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(measure: Measure, plan: Plan, results: Results) -> list[str]:
    met = {True: "yes", False: "**no**", None: ""}[results.met(measure)]
    ratios = [results.ratio(measure, name) if measure.unit else None for name in (Name.FULL, Name.THIN)]
    return [
        measure.title.format(n=plan.sessions),
        *(_figure(measure, results, name) for name in Name),
        *(_NOTHING if ratio is None else f"{ratio:.2f}" for ratio in ratios),
        _aim(measure),
        met,
    ]


def _figure(measure: Measure, results: Results, name: Name) -> str:
    value, values = results.summary(measure, name), results.values(measure, name)
    if value is None:
        return _NOTHING
    figure = f"{value:,.{measure.digits}f}"
    least, most = (f"{edge:,.{measure.digits}f}" for edge in (min(values), max(values)))
    spread = "" if least == most else f" ({least}…{most})"
    return f"{figure} {measure.unit}".rstrip() + spread


def _aim(measure: Measure) -> str:
    aim = measure.aim
    if aim is None:
        return ""
    if aim.of is not None:
        return f"≤ {aim.limit:g} times {aim.of}"
    return f"≤ {aim.limit:g} {measure.unit}".rstrip() if aim.limit else "0"
