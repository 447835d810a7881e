"""Tables that fit the terminal."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from wad.cli.listing import Column, Listing

_NAMES = st.text(alphabet="abcdefghij-", min_size=1, max_size=30)


def shown(table: Listing, width: int) -> list[str]:
    """Return the lines that a terminal of that width shows."""
    out = StringIO()
    Console(file=out, width=width, highlight=False).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def sessions() -> Listing:
    """Return a table that needs 113 columns."""
    table = Listing("SESSION", "STATE", Column("USER", 1, shortened=True), Column("EXPIRES", 2), Column("LABELS", 3))
    table.add_row("shop-in-the-north-of-berlin", "connected", "+491701234567 Ada Lovelace", "04:49:47", "c" * 30)
    return table


@pytest.mark.parametrize(
    ("width", "left_out"), [(120, ""), (80, "LABELS"), (60, "EXPIRES, LABELS"), (40, "USER, EXPIRES, LABELS")]
)
def test_what_matters_least_is_left_out_first_and_named(width: int, left_out: str) -> None:
    """In a narrow terminal the most dispensable columns go, the last line says which, and no line wraps."""
    heading, row, *note = shown(sessions(), width)
    assert note == ([f"Not shown, as there is no room: {left_out}."[:width]] if left_out and width >= 60 else note)
    assert all(name not in heading for name in left_out.split(", ") if name)
    assert row.startswith("shop-in-the-north-of-berlin  connected")


def test_ids_are_whole_in_the_narrowest_terminal() -> None:
    """What never goes is folded rather than cut off: an id has to be copied whole."""
    assert "".join(line.split("  ")[0].strip() for line in shown(sessions(), 20)[1:-1]).startswith("shop-in-the")


@given(st.lists(st.tuples(_NAMES, _NAMES, _NAMES), max_size=5), st.sampled_from([80, 100, 120]))
def test_each_row_takes_one_line(rows: list[tuple[str, str, str]], width: int) -> None:
    """With ids of a usual length no row wraps, at 80 columns as at 120."""
    table = Listing("SESSION", Column("STATE", 1), Column("USER", 2, shortened=True))
    for row in rows:
        table.add_row(*row)
    lines = shown(table, width)
    assert len([line for line in lines if not line.startswith("Not shown")]) == 1 + len(rows)
    assert all(len(line) <= width for line in lines)
