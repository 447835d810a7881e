"""``wad backup``, ``export``, ``restore`` and ``import``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import typer
from rich.console import Console

from wad.cli.failures import ExitCode
from wad.cli.maintenance_daemon import start_session
from wad.cli.maintenance_run import exit_code, placed
from wad.cli.progress import steps
from wad.cli.text import printable
from wad.domain.directories import Holding
from wad.domain.errors import StorageError, WadError
from wad.domain.ids import parse_session_id
from wad.maintenance.archive import LARGEST
from wad.maintenance.backup import back_up, save, write
from wad.maintenance.encryption import needs_passphrase
from wad.maintenance.restore import Opened, Wish, open_archive, restore
from wad.storage.directories import make_private
from wad.storage.registry import open_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from wad.cli.maintenance_keys import Opening, Sealing
    from wad.cli.maintenance_run import Places
    from wad.cli.output import Output
    from wad.domain.records import SessionRecord
    from wad.maintenance.backup import Backup

    Load = Callable[[Path | None], Places]


def run_backup(
    load: Load, config: Path | None, output: Output, *, session_ids: list[str] | None, to: Path, sealing: Sealing
) -> None:
    """Back up sessions, report, and end the command with its exit code."""
    with placed(load, config, output) as places:
        wanted = [parse_session_id(text) for text in session_ids] if session_ids else _linked(places)
        protection = sealing.protection()
        results: list[dict[str, Any]] = []
        codes: list[int] = []
        for session_id in steps("Backing up", wanted):
            try:
                made = back_up(places.custody, session_id, protection)
                results.append(_saved(made, save(made, to)))
            except WadError as error:
                results.append(_failed(error, session_id=session_id))
                codes.append(exit_code(error))
        _report(output, "backups", results, "saved as")
    raise typer.Exit(codes[0] if codes else ExitCode.OK)


def run_export(
    load: Load, config: Path | None, output: Output, *, session_id: str, file: Path, sealing: Sealing
) -> None:
    """Back up one session into *file*."""
    with placed(load, config, output) as places:
        wanted = parse_session_id(session_id)
        made = back_up(places.custody, wanted, sealing.protection())
        write(made.content, file)
        _report(output, "backups", [_saved(made, file)], "saved as")


@dataclass(frozen=True, slots=True)
class Restoring:
    """How archives are to be restored, as the options say.

    Attributes:
        session_id: The session's name here; None for the one it had.
        start: It is wanted.
        force: Also in place of newer credentials.
        opening: What the archives are opened with.
    """

    session_id: str | None
    start: bool
    force: bool
    opening: Opening


def run_restore(load: Load, config: Path | None, output: Output, *, files: list[Path], restoring: Restoring) -> None:
    """Restore archives, report, and end the command with its exit code."""
    with placed(load, config, output) as places:
        contents = {path: _read(path) for path in files}
        keys = restoring.opening.keys(passphrase_needed=any(map(needs_passphrase, contents.values())))
        results: list[dict[str, Any]] = []
        codes: list[int] = []
        for path, content in steps("Restoring", list(contents.items())):
            try:
                opened = open_archive(content, keys)
                record = anyio.run(_restore, places, opened, restoring)
                results.append(_restored(places, opened, record, path, start=restoring.start))
            except WadError as error:
                results.append(_failed(error, file=str(path)))
                codes.append(exit_code(error))
        _report(output, "sessions", results, "restored from")
    raise typer.Exit(codes[0] if codes else ExitCode.OK)


async def _restore(places: Places, opened: Opened, restoring: Restoring) -> SessionRecord:
    name = opened.session_id if restoring.session_id is None else parse_session_id(restoring.session_id)
    make_private(places.state_dir)
    runs = places.daemon_runs
    wish = Wish(name, restoring.start, restoring.force, daemon_runs=runs)
    async with open_registry(places.registry, upgrade=not runs) as registry:
        return await restore(places.custody, registry, opened, wish, now=time.time())


def _restored(places: Places, opened: Opened, record: SessionRecord, path: Path, *, start: bool) -> dict[str, Any]:
    trouble = start_session(places.socket, record.session_id) if start and places.daemon_runs else ""
    return {
        "session_id": record.session_id,
        "jid": opened.manifest.jid,
        "taken_at": opened.manifest.created,
        "file": str(path),
        "desired": record.desired,
        **({"not_started": trouble} if trouble else {}),
    }


def _linked(places: Places) -> list[Any]:
    linked = {Holding.PAIRED, Holding.UNREADABLE}
    return [found.session_id for found in places.custody.survey().directories if found.holding in linked]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error


def _saved(made: Backup, path: Path) -> dict[str, Any]:
    manifest = made.manifest
    return {
        "session_id": manifest.session_id,
        "jid": manifest.jid,
        "taken_at": manifest.created,
        "file": str(path),
        "size_bytes": len(made.content),
    }


def _failed(error: WadError, **what: str) -> dict[str, Any]:
    return {**what, "error": {"reason": error.reason, "message": str(error)}}


def _report(output: Output, name: str, results: Iterable[dict[str, Any]], verb: str) -> None:
    if output.for_programs:
        typer.echo(output.dump({name: list(results)}))
        return
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for result in results:
        subject = printable(result.get("session_id", result.get("file", "")))
        if error := result.get("error"):
            console.print(f"{subject} FAILED: {printable(error['message'])}", style="red")
            continue
        console.print(f"{subject} ({printable(result['jid'])}) {verb} {result['file']}")
        if trouble := result.get("not_started"):
            console.print(f"  It was not started: {printable(trouble)}", style="yellow")
