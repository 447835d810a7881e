"""Draw the state diagram of ``lifecycle.md`` from the transition table, or check that it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from wad.domain.states import TERMINAL, TRANSITIONS, SessionState

PAGE = Path(__file__).resolve().parent / "lifecycle.md"
BEGIN, END = "<!-- diagram: drawn by docs/generate.py -->\n", "<!-- end of the diagram -->"


def diagram() -> str:
    """Return the table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {SessionState.CONNECTING}"]
    for source, targets in TRANSITIONS.items():
        lines += [f"    {source} --> {target}" for target in SessionState if target in targets]
    lines += [f"    {state} --> [*]" for state in SessionState if state in TERMINAL]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def main() -> None:
    """Write the page, or with ``--check`` only compare it."""
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    fresh = before + BEGIN + diagram() + END + after
    if "--check" not in sys.argv:
        PAGE.write_text(fresh)
    elif fresh != page:
        raise SystemExit(f"The diagram in {PAGE.name} is stale; run `make docs` and commit.")


if __name__ == "__main__":
    main()
