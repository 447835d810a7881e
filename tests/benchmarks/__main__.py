"""``python -m tests.benchmarks [--quick] [--json FILE]``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import anyio

from tests.benchmarks import machine, report, rounds
from tests.benchmarks.contenders import QUIET, Name
from tests.benchmarks.measures import DETACHED_NEW, KILLED_NEW, MEASURES, Results
from tests.benchmarks.supervised import SESSIONS_PER_WORKER

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def main() -> None:
    """Measure, print the table, and after a full run write the page."""
    arguments = _arguments()
    plan = rounds.QUICK if arguments.quick else rounds.Plan()
    results = Results()
    before, begun = machine.load(), time.monotonic()
    anyio.run(rounds.run, plan, results, _say)
    minutes = (time.monotonic() - begun) / 60
    facts = machine.facts(Path(tempfile.gettempdir())) | {
        "load average, before and after": f"{before}, {machine.load()}"
    }
    _say(f"measured in {minutes:.1f} minutes")
    print(report.plain(report.table(plan, results)))  # noqa: T201 - what this command is for
    if arguments.json:
        arguments.json.write_text(json.dumps({"facts": facts, "values": results.raw()}, indent=2) + "\n")
    if arguments.quick:
        _say("These sizes are too small for the figures to mean anything; make bench has the real ones.")
    else:
        PAGE.write_text(
            report.page(
                plan,
                results,
                facts,
                quiet=QUIET,
                per_worker=SESSIONS_PER_WORKER,
                minutes=minutes,
            )
        )
    if missing := [measure.key for measure in MEASURES if not results.values(measure, Name.DAEMON)]:
        sys.exit(f"The daemon has no figure for {', '.join(missing)}.")
    if not (results.met(DETACHED_NEW) and results.met(KILLED_NEW)):
        sys.exit("A restart of the daemon has cost connections to WhatsApp.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure wad beside its baselines.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: try every measure, and write no page")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every single value there")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress, for people


if __name__ == "__main__":
    main()
