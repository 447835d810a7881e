"""Spans, which say how long each part of a call takes, for those who collect traces; by default nobody does.

A layer only says what begins and ends. Who collects is decided once, where the daemon is put together.
"""

from __future__ import annotations

from contextlib import nullcontext
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Side(Enum):
    """Which end of a call a span is."""

    SERVER = "server"
    INTERNAL = "internal"
    CLIENT = "client"


class Span(Protocol):
    """A part of a call that is under way."""

    def note(self, key: str, value: str, /) -> None:
        """Keep *value*, which must be no secret, under *key*."""
        ...

    def fail(self, why: str, /) -> None:
        """Note that it failed; *why* is a word, not a text that could hold a secret."""
        ...


class Recorder(Protocol):
    """Collects spans; never blocks, never raises."""

    def span(self, name: str, side: Side, caused_by: str, notes: dict[str, str], /) -> AbstractContextManager[Span]:
        """Record a part of what the present task does; *caused_by* is as for :func:`span`."""
        ...

    def present(self) -> object:
        """Return what :meth:`resume` takes: the present task's span."""
        ...

    def resume(self, cause: object, /) -> None:
        """Let the present task go on under another's span."""
        ...


class _Nobody:
    """Records nothing."""

    def span(self, _name: str, _side: Side, _caused_by: str, _notes: dict[str, str], /) -> AbstractContextManager[Span]:
        return nullcontext(self)

    def present(self) -> object:
        return None

    def resume(self, _cause: object, /) -> None:
        pass

    def note(self, _key: str, _value: str, /) -> None:
        pass

    def fail(self, _why: str, /) -> None:
        pass


NOBODY: Final[Recorder] = _Nobody()
_recorder: Recorder = NOBODY


def record_with(recorder: Recorder) -> None:
    """Give the spans of this process to *recorder* from now on; :data:`NOBODY` ends that."""
    global _recorder  # noqa: PLW0603 - like logging's configuration, there is one for the process
    _recorder = recorder


def span(name: str, side: Side = Side.INTERNAL, *, caused_by: str = "", **notes: str) -> AbstractContextManager[Span]:
    """Return a context that is a part of what the present task does.

    Args:
        name: What is done; there must not be many different ones.
        side: Which end of a call it is.
        caused_by: The caller's own span as ``traceparent`` of W3C's Trace Context has it; empty for none.
        notes: What else is worth knowing; no secrets, no phone numbers.
    """
    return _recorder.span(name, side, caused_by, notes)


def present() -> object:
    """Return what :func:`resume` takes: the span of the present task."""
    return _recorder.present()


def resume(cause: object) -> None:
    """Let the present task go on under the span in which :func:`present` gave *cause*."""
    _recorder.resume(cause)
