"""The audit log's records: who changed what, or tried to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wad.domain.access import Mechanism


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One call that changed something, or tried to.

    Attributes:
        at: When it ended, in seconds since the epoch.
        call_id: Its id, which is also in the log.
        method: The method, ``wad.v1.SessionService/RemoveSession``.
        status: Its outcome, a gRPC status such as ``OK``.
        seconds: How long it took.
        caller: Who called.
        mechanism: How the caller was recognised.
        target: What it was done to; empty when it was not one thing.
        reason: Why it failed, or ended in order but came to nothing; empty when neither is so.
        token_id: The caller's token; empty for other callers.
        detail: What more is to be known of it, such as the reason of a removal, or each key of the configuration with
            its old and its new value; empty when there is nothing.
    """

    at: float
    call_id: str
    method: str
    status: str
    seconds: float
    caller: str = ""
    mechanism: Mechanism | None = None
    target: str = ""
    reason: str = ""
    token_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A record in its place in the audit log.

    Attributes:
        number: Its place: a later record has a greater one, also after a restart. Some numbers may be missing.
        record: The record.
    """

    number: int
    record: AuditRecord


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which records are asked for: those for which all of it holds.

    Attributes:
        target: What it was done to; empty for anything.
        caller: Who called; empty for anybody.
        start: The earliest end, in seconds since the epoch; None for any.
        end: What it ended before; None for any.
    """

    target: str = ""
    caller: str = ""
    start: float | None = None
    end: float | None = None

    def matches(self, record: AuditRecord) -> bool:
        """Return True when the record is asked for."""
        return (
            self.target in {"", record.target}
            and self.caller in {"", record.caller}
            and (self.start is None or record.at >= self.start)
            and (self.end is None or record.at < self.end)
        )
