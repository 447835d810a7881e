"""Cleanup: session directories that nobody has used for a while go; live sessions and credentials stay.

A directory is deleted only while its session's lock is held, after a second look under that lock, by a rename into the
trash. So it is safe next to a running daemon: a session that starts meanwhile is either seen, or finds no directory and
makes a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wad.domain.directories import Holding
from wad.domain.errors import SessionBusy, WadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from wad.domain.directories import DirectoryFacts, Stranger
    from wad.domain.ids import SessionId
    from wad.maintenance.ports import Custody, Records

    Through = Callable[[Sequence[DirectoryFacts]], Iterable[DirectoryFacts]]

OLDER_THAN: Final = 600.0
"""Seconds without a change after which a directory may go; ten minutes, as in every guide to such cleanups."""


_WORTH_KEEPING: Final = {
    Holding.PAIRED: "holds the credentials of a linked device",
    Holding.SET_ASIDE: "holds damaged credentials that were set aside",
    Holding.UNREADABLE: "may hold the credentials of a linked device",
}


class Verdict(StrEnum):
    """What became of a directory, or would become of it in a dry run."""

    REMOVED = "removed"
    KEPT = "kept"
    FAILED = "failed"
    """It should have been removed, and could not be; it is still there, or in the trash."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One directory of the report.

    Attributes:
        session_id: The session.
        age: Seconds since the latest change to a file in it.
        size: Bytes.
        holding: What it holds.
        verdict: What became of it.
        reason: Why, for people.
        backup: Where its credentials were saved before it was removed; empty when they were not.
    """

    session_id: SessionId
    age: float
    size: int
    holding: Holding
    verdict: Verdict
    reason: str
    backup: str = ""


@dataclass(frozen=True, slots=True)
class CleanupReport:
    """What a cleanup found and did.

    Attributes:
        findings: Every session's directory, ordered by id.
        strangers: What is no session's directory; it was not touched.
        created: The root did not exist, and was made.
        dry_run: Nothing was done, only found out.
        forgotten: Records of removed sessions that were deleted.
    """

    findings: tuple[Finding, ...]
    strangers: tuple[Stranger, ...]
    created: bool
    dry_run: bool
    forgotten: int = 0

    def count(self, verdict: Verdict) -> int:
        """Return how many directories met that verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    @property
    def remaining(self) -> int:
        """How many directories are left."""
        return len(self.findings) - self.count(Verdict.REMOVED)


@dataclass(frozen=True, slots=True)
class CleanupRules:
    """What may go.

    Attributes:
        older_than: Seconds without a change.
        include_paired: Also directories with credentials of a linked device, set aside or not, or an unreadable store.
        save: Saves a session's credentials before they are removed and returns where; None removes them unsaved.
    """

    older_than: float = OLDER_THAN
    include_paired: bool = False
    save: Callable[[SessionId], str] | None = field(default=None, repr=False)


def clean_up(
    custody: Custody,
    records: Records,
    rules: CleanupRules,
    *,
    now: Callable[[], float],
    dry_run: bool = False,
    through: Through = iter,
) -> CleanupReport:
    """Remove the directories that may go.

    Records of removed sessions are deleted in one statement that spares those in service, whatever the daemon does.

    Args:
        custody: The directories.
        records: The registry.
        rules: What may go.
        now: Seconds since the epoch.
        dry_run: Only find out.
        through: Returns the directories one by one, as they are dealt with.

    Raises:
        StorageError: The directories' root or the registry cannot be used.
    """
    created = not dry_run and custody.ensure()
    survey = custody.survey()
    findings = tuple(_handle(custody, facts, rules, now, dry_run=dry_run) for facts in through(survey.directories))
    removed = [finding.session_id for finding in findings if finding.verdict is Verdict.REMOVED]
    forgotten = records.forget(removed) if removed and not dry_run else 0
    return CleanupReport(findings, survey.strangers, created, dry_run, forgotten)


def reason_to_keep(facts: DirectoryFacts, rules: CleanupRules, now: float) -> str | None:
    """Return why a directory stays, or None when it may go."""
    if facts.in_use:
        return "in use"
    if now - facts.changed_at <= rules.older_than:
        return "recent"
    if facts.holding is Holding.FOREIGN:
        return f"holds what wad did not write: {facts.trouble}"
    if rules.include_paired:
        return None
    if facts.holding is Holding.UNREADABLE:
        return f"{_WORTH_KEEPING[facts.holding]}: {facts.trouble}"
    return _WORTH_KEEPING.get(facts.holding)


def _handle(
    custody: Custody, facts: DirectoryFacts, rules: CleanupRules, now: Callable[[], float], *, dry_run: bool
) -> Finding:
    keep = reason_to_keep(facts, rules, now())
    if keep is not None:
        return _finding(facts, now(), Verdict.KEPT, keep)
    if dry_run:
        return _finding(facts, now(), Verdict.REMOVED, "expired; would be removed")
    try:
        return _remove(custody, facts, rules, now)
    except SessionBusy:
        return _finding(facts, now(), Verdict.KEPT, "in use")
    except (WadError, OSError) as error:
        return _finding(facts, now(), Verdict.FAILED, str(error))


def _remove(custody: Custody, seen: DirectoryFacts, rules: CleanupRules, now: Callable[[], float]) -> Finding:
    with custody.claimed(seen.session_id) as claim:
        if claim is None:
            return _finding(seen, now(), Verdict.REMOVED, "somebody else removed it")
        facts = claim.facts
        keep = reason_to_keep(facts, rules, now())  # it may have been used since it was surveyed
        if keep is not None:
            return _finding(facts, now(), Verdict.KEPT, keep)
        saved = ""
        if rules.save is not None and facts.holding is not Holding.UNPAIRED:
            saved = rules.save(facts.session_id)
        finding = _finding(facts, now(), Verdict.REMOVED, "expired", saved)
        claim.discard()
        return finding


def _finding(facts: DirectoryFacts, now: float, verdict: Verdict, reason: str, backup: str = "") -> Finding:
    age = max(0.0, now - facts.changed_at)  # a file may come from a clock that went ahead of this one
    return Finding(facts.session_id, age, facts.size, facts.holding, verdict, reason, backup)
