"""The storage ports of calls without a disk, for tests; one contract suite runs over these and the real ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wad.domain.audit import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wad.domain.audit import AuditFilter, AuditRecord
    from wad.domain.errors import StorageError
    from wad.domain.replies import Reply


class MemoryReplies:
    """Implements :class:`wad.rpc.ports.ReplyBook`.

    Attributes:
        kept: The requests by caller and id.
        failure: While this is set, every call raises it and changes nothing.
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Reply] = {}
        self.failure: StorageError | None = None

    async def begin(self, reply: Reply, *, kept_since: float) -> Reply | None:
        """Note that a request is begun, unless one is there; return that one then."""
        self._fail()
        found = self.kept.get((reply.caller, reply.request_id))
        if found is not None and found.began_at >= kept_since:
            return found
        self.kept[reply.caller, reply.request_id] = reply
        return None

    async def answer(self, caller: str, request_id: str, response: bytes) -> None:
        """Keep the answer of a request that was begun."""
        self._fail()
        found = self.kept.get((caller, request_id))
        if found is not None:
            self.kept[caller, request_id] = replace(found, response=response)

    async def withdraw(self, caller: str, request_id: str) -> None:
        """Forget a request; an absent one is no error."""
        self._fail()
        self.kept.pop((caller, request_id), None)

    async def forget(self, before: float) -> None:
        """Forget the requests that were begun before a time."""
        self._fail()
        self.kept = {key: reply for key, reply in self.kept.items() if reply.began_at >= before}

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


class MemoryAudit:
    """Implements :class:`wad.rpc.ports.AuditTrail`.

    Attributes:
        records: Every record, oldest first.
    """

    def __init__(self) -> None:
        self.records: list[AuditRecord] = []

    def add(self, record: AuditRecord) -> None:
        """Put a record at the end."""
        self.records.append(record)

    async def find(self, wanted: AuditFilter, *, before: int | None = None, limit: int) -> Sequence[AuditEntry]:
        """Return the newest records that match, newest first."""
        entries = [AuditEntry(number, record) for number, record in enumerate(self.records, start=1)]
        found = [e for e in reversed(entries) if wanted.matches(e.record) and (before is None or e.number < before)]
        return found[:limit]
