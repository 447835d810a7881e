"""The times at which a session's machine wants to be called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DeadlineKind(StrEnum):
    """What a deadline is for; the first two are counted in the metrics."""

    QR = "qr"
    SESSION = "session"
    STATE = "state"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """A time at which the machine wants to be called.

    Attributes:
        at: Monotonic seconds.
        kind: What it is for.
    """

    at: float
    kind: DeadlineKind
