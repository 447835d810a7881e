"""The lines of the audit log: how a record is written, and how records are read back, newest first."""

from __future__ import annotations

import json
import math
import os
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from wad.domain.access import Mechanism
from wad.domain.audit import AuditEntry, AuditRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wad.domain.audit import AuditFilter

_BLOCK: Final = 64 * 1024
"""Bytes that are read at a time."""

_BEGINNING = re.compile(rb'\{"number":(\d{1,18}),"at":(\d{1,18}(?:\.\d{1,18})?),', re.ASCII)


def encode(number: int, record: AuditRecord) -> bytes:
    """Return the line of a record."""
    mechanism = None if record.mechanism is None else record.mechanism.value
    return _json({"number": number, **asdict(record), "mechanism": mechanism}) + b"\n"


def lines(descriptor: int) -> Iterator[bytes]:
    """Yield the lines of a file from the last to the first, without their ends; it is closed then."""
    try:
        position, rest = os.fstat(descriptor).st_size, b""
        while position:
            start = max(0, position - _BLOCK)
            rest, *complete = (os.pread(descriptor, position - start, start) + rest).split(b"\n")
            yield from reversed(complete)
            position = start
        yield rest
    finally:
        os.close(descriptor)


def entries(found: Iterable[bytes], wanted: AuditFilter, before: int | None) -> Iterator[AuditEntry]:
    """Yield the records in these lines that match; a line that a crash or a full disk has torn is none.

    Args:
        found: Lines, newest first.
        wanted: Which records match.
        before: Only those with a smaller number; None for all.
    """
    texts = tuple(_json(text) for text in (wanted.target, wanted.caller) if text)
    start, end = wanted.start or 0.0, math.inf if wanted.end is None else wanted.end
    for line in found:
        match = _BEGINNING.match(line)
        if match is None or (before is not None and int(match[1]) >= before):
            continue
        # All this is far cheaper than to parse every line, which would hold the daemon up.
        if not start <= float(match[2]) < end or not all(text in line for text in texts):
            continue
        entry = _decode(line)
        if entry is not None and wanted.matches(entry.record):
            yield entry


def _decode(line: bytes) -> AuditEntry | None:
    try:
        found: dict[str, Any] = json.loads(line)
        mechanism = found["mechanism"]
        record = AuditRecord(
            at=float(found["at"]),
            call_id=str(found["call_id"]),
            method=str(found["method"]),
            status=str(found["status"]),
            seconds=float(found["seconds"]),
            caller=str(found["caller"]),
            mechanism=None if mechanism is None else Mechanism(mechanism),
            target=str(found["target"]),
            reason=str(found["reason"]),
            token_id=str(found["token_id"]),
            detail=str(found.get("detail", "")),  # lines of earlier releases have none
        )
        return AuditEntry(int(found["number"]), record)
    except (KeyError, TypeError, ValueError):
        return None


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
