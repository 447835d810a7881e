"""``wad cleanup`` and ``wad emergency-cleanup``."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import typer
from rich.text import Text

from wad.cli.failures import ExitCode
from wad.cli.listing import Column, Listing
from wad.cli.maintenance_daemon import Stuck, remove_stuck
from wad.cli.maintenance_run import placed
from wad.cli.output import people, show
from wad.cli.progress import steps
from wad.cli.text import age, printable, size
from wad.maintenance.backup import back_up, save
from wad.maintenance.cleanup import CleanupReport, CleanupRules, Verdict, clean_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wad.cli.maintenance_keys import Sealing
    from wad.cli.maintenance_run import Places
    from wad.cli.output import Output
    from wad.domain.ids import SessionId

_STYLES = {Verdict.REMOVED: "yellow", Verdict.KEPT: "green", Verdict.FAILED: "bold red"}


@dataclass(frozen=True, slots=True)
class Saving:
    """What becomes of credentials, as the options say.

    Attributes:
        include_paired: They go too.
        to: Directory for their backups; None for the usual one.
        no_backup: They are not backed up.
        sealing: How backups are sealed.
    """

    include_paired: bool
    to: Path | None
    no_backup: bool
    sealing: Sealing

    def rules(self, places: Places, older_than: float, *, dry_run: bool) -> CleanupRules:
        """Return what may go.

        Raises:
            BadParameter: Options contradict each other, or it is not said how backups are sealed.
        """
        if self.no_backup and not self.include_paired:
            raise typer.BadParameter("--no-backup only makes sense with --include-paired.")
        if not self.include_paired or self.no_backup or dry_run:
            return CleanupRules(older_than, self.include_paired)
        directory = self.to or places.state_dir / "backups"
        protection = self.sealing.protection("--plaintext, --no-backup")

        def saved(session_id: SessionId) -> str:
            return str(save(back_up(places.custody, session_id, protection), directory))

        return CleanupRules(older_than, include_paired=True, save=saved)


def run_cleanup(
    load: Callable[[Path | None], Places],
    config: Path | None,
    output: Output,
    *,
    older_than: float,
    saving: Saving,
    dry_run: bool,
    emergency: bool,
) -> None:
    """Clean up, report, and end the command with its exit code."""
    with placed(load, config, output) as places:
        rules = saving.rules(places, older_than, dry_run=dry_run)
        stuck = remove_stuck(places.socket, older_than, time.time(), dry_run=dry_run) if emergency else None
        report = clean_up(
            places.custody,
            places.records,
            rules,
            now=time.time,
            dry_run=dry_run,
            through=lambda found: steps("Cleaning up", found),
        )
        if output.for_programs:
            typer.echo(output.dump(_as_json(report, places, older_than, stuck)))
        else:
            _show(report, places, older_than, stuck)
    failed = report.count(Verdict.FAILED) > 0 or (stuck is not None and bool(stuck.failed))
    raise typer.Exit(ExitCode.FAILED if failed else ExitCode.OK)


def _as_json(report: CleanupReport, places: Places, older_than: float, stuck: Stuck | None) -> dict[str, Any]:
    return {
        "sessions_dir": str(places.sessions_dir),
        "created": report.created,
        "dry_run": report.dry_run,
        "older_than_seconds": older_than,
        **({} if stuck is None else {"stuck": asdict(stuck)}),
        "directories": [
            {
                "session_id": found.session_id,
                "age_seconds": round(found.age, 3),
                "size_bytes": found.size,
                "holding": found.holding,
                "verdict": found.verdict,
                "reason": found.reason,
                "backup": found.backup,
            }
            for found in report.findings
        ],
        "skipped": [asdict(stranger) for stranger in report.strangers],
        "total": len(report.findings),
        "removed": report.count(Verdict.REMOVED),
        "failed": report.count(Verdict.FAILED),
        "remaining": report.remaining,
        "records_deleted": report.forgotten,
    }


def _show(report: CleanupReport, places: Places, older_than: float, stuck: Stuck | None) -> None:
    console = people()
    console.print(f"Session directory: {places.sessions_dir}")
    console.print(f"Age threshold: {age(older_than)}")
    if report.created:
        console.print("The session directory did not exist; it was created.")
    if stuck is not None:
        console.print(stuck.as_text())
    if report.findings:
        show(_table(report))
    for stranger in report.strangers:
        console.print(f"Skipped {printable(stranger.name)}: {stranger.what}")
    removed = "would be removed" if report.dry_run else "removed"
    console.print(
        f"Total {len(report.findings)}, {removed} {report.count(Verdict.REMOVED)}, "
        f"failed {report.count(Verdict.FAILED)}, remaining {report.remaining}."
    )
    if report.dry_run:
        console.print("This was a dry run; nothing was changed.")


def _table(report: CleanupReport) -> Listing:
    table = Listing("SESSION", Column("AGE", 2), Column("SIZE", 3), Column("HOLDS", 1), "VERDICT", "WHY")
    for found in report.findings:
        why = found.reason + (f"; saved as {found.backup}" if found.backup else "")
        table.add_row(
            found.session_id,
            age(found.age),
            size(found.size),
            found.holding,
            Text(found.verdict, style=_STYLES[found.verdict]),
            printable(why),
        )
    return table
