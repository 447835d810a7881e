"""The audit log: one line of JSON for each call that changed something, or tried to, in files that only ever grow."""

from __future__ import annotations

import errno
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import structlog
from anyio import CapacityLimiter, to_thread

from wad.domain.audit import AuditFilter
from wad.domain.errors import StorageError
from wad.storage.audit_lines import encode, entries, lines
from wad.storage.directories import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wad.domain.audit import AuditEntry, AuditRecord

LARGEST_FILE: Final = 10 * 1024 * 1024
"""Bytes; about 40,000 records."""

MOST_FILES: Final = 10
"""With more, the oldest goes."""

_NAME: Final = "audit.jsonl"
_EARLIER: Final = "audit-{:016d}.jsonl"
"""Name of a file that is full: all its records have smaller numbers than it, and all later ones have greater."""

_APPENDING: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class AuditLog:
    """Implements :class:`wad.rpc.ports.AuditTrail`.

    Records are written at once, but not synced: they outlive the daemon's death, not the host's. The file is opened for
    each, so nothing has to be remembered of one that failed, or whose file somebody has moved.

    Args:
        directory: Where the files are; it is made with the first record.
        largest_file: Bytes after which the next file is begun.
    """

    def __init__(self, directory: Path, *, largest_file: int = LARGEST_FILE) -> None:
        self._directory = directory
        self._path = directory / _NAME
        self._largest_file = largest_file
        self._last: int | None = None
        self._reading = CapacityLimiter(1)

    def add(self, record: AuditRecord) -> None:
        """Put a record at the end; one that cannot be written goes into the daemon's log."""
        try:
            self._add(record)
        except (OSError, StorageError) as error:
            self._last = None  # the next one looks what is there then
            told = {**asdict(record), "mechanism": None if record.mechanism is None else record.mechanism.value}
            _log.error("audit.unwritable", error=str(error), **told)

    async def find(self, wanted: AuditFilter, *, before: int | None = None, limit: int) -> Sequence[AuditEntry]:
        """Return the newest records that match, newest first; they are read in a thread, a block at a time.

        Raises:
            StorageError: They cannot be read.
        """
        return await to_thread.run_sync(self._find, wanted, before, limit, limiter=self._reading)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _add(self, record: AuditRecord) -> None:
        if self._last is None:
            make_private(self._directory)
            self._last = self._find_last()
        number = self._last + 1
        line = encode(number, record)
        size = self._path.stat().st_size if self._path.exists() else 0
        if size and size + len(line) > self._largest_file:
            self._rotate(number)  # it takes a number, so that no two files can have one name
            number += 1
            line = encode(number, record)
        descriptor = os.open(self._path, _APPENDING, 0o600)
        try:
            _append(descriptor, line)
        finally:
            os.close(descriptor)
        self._last = number

    def _find_last(self) -> int:
        newest = next((entry.number for entry in self._read(AuditFilter())), 0)
        return max((newest, *(last for _, last in self._earlier()[:1])))

    def _rotate(self, last: int) -> None:
        self._path.rename(self._directory / _EARLIER.format(last))
        for path, _ in self._earlier()[MOST_FILES - 1 :]:
            path.unlink(missing_ok=True)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _find(self, wanted: AuditFilter, before: int | None, limit: int) -> list[AuditEntry]:
        found: list[AuditEntry] = []
        try:
            for entry in self._read(wanted, before):
                found.append(entry)
                if len(found) == limit:
                    break
        except OSError as error:
            raise StorageError(f"The audit log in {self._directory} cannot be read: {error}.") from error
        return found

    def _read(self, wanted: AuditFilter, before: int | None = None) -> Iterator[AuditEntry]:
        """Yield what matches, newest first."""
        try:
            newest = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            newest = None
        # Listed after the newest is open: should that become an earlier one meanwhile, it is read twice, not never.
        earlier = self._earlier()
        floors = [last for _, last in earlier] + [0]
        if newest is not None:
            for entry in entries(lines(newest), wanted, before):
                yield entry
                before = entry.number
        for (path, _), floor in zip(earlier, floors[1:], strict=True):
            if before is not None and before <= floor + 1:
                continue  # all that it holds is newer
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            except FileNotFoundError:
                return  # it has just gone, and those before it too
            for entry in entries(lines(descriptor), wanted, before):
                yield entry
                before = entry.number

    def _earlier(self) -> list[tuple[Path, int]]:
        """Return the files that are full, newest first, each with its number."""
        found = [(path, path.stem.removeprefix("audit-")) for path in self._directory.glob("audit-*.jsonl")]
        return sorted(((path, int(last)) for path, last in found if last.isdecimal()), key=lambda item: -item[1])


def _append(descriptor: int, line: bytes) -> None:
    size = os.fstat(descriptor).st_size
    torn = size and os.pread(descriptor, 1, size - 1) != b"\n"  # by a crash, or by a full disk
    data = b"\n" + line if torn else line
    if os.write(descriptor, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
