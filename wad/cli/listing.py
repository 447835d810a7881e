"""Lists as tables that fit the terminal: what matters least is left out of a narrow one, and that is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, ConsoleOptions, RenderResult

_GAP: Final = 2
_LEAST: Final = 14
"""Columns to which a text is shortened, or wrapped, before another column is left out for it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        heading: What stands above it.
        rank: How dispensable it is: where the table is too wide, the columns of the highest rank go first. 0 stays.
        shortened: Its texts may be cut off.
        wrapped: Its texts may take several lines.
    """

    heading: str
    rank: int = 0
    shortened: bool = False
    wrapped: bool = False


class Listing:
    """A table that fits; print it on a console.

    Args:
        columns: Its columns, or the headings of those that are always shown.

    Attributes:
        rows: What is in it.
    """

    def __init__(self, *columns: Column | str) -> None:
        self._columns = [Column(column) if isinstance(column, str) else column for column in columns]
        self.rows: list[list[Text]] = []

    def add_row(self, *cells: Text | str) -> None:
        """Add a line, a cell for each column."""
        self.rows.append([Text(cell) if isinstance(cell, str) else cell for cell in cells])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Be printed on a console."""
        shown = self._fitting(options.max_width)
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        spare = max(0, options.max_width - self._width(shown))
        for place in shown:
            column, least = self._columns[place], self._least(place)
            if column.shortened or column.wrapped:
                width = min(self._longest(place), least + spare)
                spare -= width - least
                overflow = "ellipsis" if column.shortened else "fold"
                table.add_column(column.heading, width=width, overflow=overflow, no_wrap=column.shortened)
            else:
                table.add_column(column.heading, overflow="fold")
        for row in self.rows:
            table.add_row(*(row[place] for place in shown))
        yield table
        if left_out := [column.heading for place, column in enumerate(self._columns) if place not in shown]:
            text = f"Not shown, as there is no room: {', '.join(left_out)}."
            yield Text(text, style="dim", overflow="ellipsis", no_wrap=True)

    def _fitting(self, width: int) -> list[int]:
        """Return the places of the columns that are shown."""
        shown = list(range(len(self._columns)))
        while self._width(shown) > width:
            rank, place = max((self._columns[place].rank, place) for place in shown)
            if not rank:
                break
            shown.remove(place)
        return shown

    def _width(self, places: Sequence[int]) -> int:
        """Return the columns of the terminal that these take at the least."""
        return sum(map(self._least, places)) + _GAP * (len(places) - 1)

    def _least(self, place: int) -> int:
        column, longest = self._columns[place], self._longest(place)
        return max(cell_len(column.heading), min(longest, _LEAST)) if column.shortened or column.wrapped else longest

    def _longest(self, place: int) -> int:
        return max(cell_len(text) for text in (self._columns[place].heading, *(row[place].plain for row in self.rows)))
