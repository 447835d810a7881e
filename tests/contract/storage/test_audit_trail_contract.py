"""What every audit log guarantees, whatever keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from wad.domain.access import Mechanism
from wad.domain.audit import AuditFilter, AuditRecord
from wad.storage.audit_log import AuditLog
from wad.storage.memory_calls import MemoryAudit

if TYPE_CHECKING:
    from pathlib import Path

    from wad.rpc.ports import AuditTrail

pytestmark = pytest.mark.anyio

PLAIN = AuditRecord(1000.25, "c0ffee", "wad.v1.AdminService/RunCleanup", "UNAUTHENTICATED", 0.001)
FULL = AuditRecord(
    at=2000.5,
    call_id="a.b:c-d_e",
    method="wad.v1.SessionService/RemoveSession",
    status="NOT_FOUND",
    seconds=1.5,
    caller='Zoë "\\ \n\u2028 🙂',
    mechanism=Mechanism.TOKEN,
    target="shop",
    reason="SESSION_NOT_FOUND",
)
ALL = AuditFilter()


@pytest.fixture(params=["memory", "files"])
def trail(request: pytest.FixtureRequest, tmp_path: Path) -> AuditTrail:
    """Return each audit log in turn; the files hold a few records each."""
    return MemoryAudit() if request.param == "memory" else AuditLog(tmp_path / "audit", largest_file=800)


async def records(trail: AuditTrail, wanted: AuditFilter = ALL, limit: int = 1000) -> list[AuditRecord]:
    """Return what is found."""
    return [entry.record for entry in await trail.find(wanted, limit=limit)]


async def test_a_new_log_is_empty(trail: AuditTrail) -> None:
    """Before anything was done there is nothing to find, and that is no error."""
    assert await records(trail) == []


async def test_records_come_back_as_they_were_newest_first(trail: AuditTrail) -> None:
    """Every field survives, and the order is that of adding, whatever the times say."""
    for record in (PLAIN, FULL, PLAIN):
        trail.add(record)
    assert await records(trail) == [PLAIN, FULL, PLAIN]


async def test_later_records_have_greater_numbers(trail: AuditTrail) -> None:
    """The number of a record says its place."""
    for _ in range(10):
        trail.add(PLAIN)
    numbers = [entry.number for entry in await trail.find(ALL, limit=1000)]
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) == 10


@pytest.mark.parametrize(
    ("wanted", "calls"),
    [
        (AuditFilter(target="shop"), ["3", "1"]),
        (AuditFilter(caller="ada"), ["2", "1"]),
        (AuditFilter(target="shop", caller="ada"), ["1"]),
        (AuditFilter(target="sho"), []),
        (AuditFilter(start=2.0), ["3", "2"]),
        (AuditFilter(end=2.0), ["1"]),
        (AuditFilter(start=2.0, end=3.0), ["2"]),
    ],
)
async def test_filters_are_combined_and_exact(trail: AuditTrail, wanted: AuditFilter, calls: list[str]) -> None:
    """Target and caller must be the very same; a start is part of its span, an end is not."""
    trail.add(replace(PLAIN, at=1.0, call_id="1", target="shop", caller="ada"))
    trail.add(replace(PLAIN, at=2.0, call_id="2", target="shop-2", caller="ada"))
    trail.add(replace(PLAIN, at=3.0, call_id="3", target="shop", caller="bob"))
    assert [record.call_id for record in await records(trail, wanted)] == calls


@pytest.mark.parametrize("size", [1, 3, 10])
async def test_pages_together_are_the_whole_log_while_it_grows(trail: AuditTrail, size: int) -> None:
    """Page after page, each begun before the last of the one before, shows every record once, whatever is added."""
    for number in range(10):
        trail.add(replace(PLAIN, call_id=str(number)))
    seen: list[str] = []
    before = None
    while page := await trail.find(ALL, before=before, limit=size):
        seen += [entry.record.call_id for entry in page]
        before = page[-1].number
        trail.add(PLAIN)
    assert seen == [str(number) for number in reversed(range(10))]
