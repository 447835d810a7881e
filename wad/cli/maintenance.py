"""``wad cleanup``, ``backup``, ``restore`` and their kin: maintenance of this host's sessions, next to a daemon or not.

Only what the commands' help needs is imported here; a command loads its libraries when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wad.cli.output import Output
from wad.cli.text import duration

# ruff: noqa: PLC0415 - see above
# ruff: noqa: D301 - \b keeps typer from joining lines

_CLEANUP_CODES = "Exit codes: 0 done; 1 some directory could not be removed; 2 wrong usage; 78 bad configuration."
_BACKUP_CODES = (
    "Exit codes: 0 done; 1 failed; 2 wrong usage, key or archive; 3 no such session; 5 in use, try again later; "
    "78 bad configuration."
)


def _seconds(text: str) -> float:
    try:
        return duration(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a duration; write 90s, 10m, 1h30m, or 0.", param_hint="--older-than"
        ) from None


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        help="Configuration file (TOML) of the daemon.",
        envvar="WAD_CONFIG",
        show_default="/etc/wad/wad.toml, or else ~/.config/wad/wad.toml",
    ),
]
OutputOption = Annotated[
    Output, typer.Option("--output", "-o", help="Form of the report: for people, or JSON or YAML for programs.")
]
OlderThanOption = Annotated[
    str, typer.Option(metavar="DURATION", help="What changed within this time stays; 90s, 10m, 1h30m.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
IncludePairedOption = Annotated[
    bool,
    typer.Option("--include-paired", help="Also credentials of linked devices; they are backed up first."),
]
NoBackupOption = Annotated[
    bool, typer.Option("--no-backup", help="With --include-paired: without a backup. Nothing brings them back.")
]
BackupToOption = Annotated[
    Path | None,
    typer.Option("--backup-to", help="Directory for those backups.", show_default="backups, in the state directory"),
]
RecipientOption = Annotated[
    list[str] | None,
    typer.Option("--recipient", "-r", metavar="KEY", help="Seal for this public key (age1…); may be repeated."),
]
RecipientsFileOption = Annotated[
    list[Path] | None, typer.Option("--recipients-file", help="Seal for the public keys in this file, one a line.")
]
PassphraseFileOption = Annotated[
    Path | None,
    typer.Option(
        help="File with the passphrase; otherwise the variable WAD_BACKUP_PASSPHRASE, otherwise a prompt.",
        show_default=False,
    ),
]
PlaintextOption = Annotated[
    bool, typer.Option("--plaintext", help="Do not seal it: whoever reads the file owns the session.")
]
IdentityOption = Annotated[
    list[Path] | None,
    typer.Option("--identity", "-i", help="File with the secret key, as age-keygen writes it; may be repeated."),
]
StartOption = Annotated[bool, typer.Option("--start", help="Connect it: now, or when the daemon starts.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Also in place of newer credentials; those go into the trash.")
]


def mount(app: typer.Typer) -> None:
    """Add the commands to *app*, whose context tells from a configuration file where the daemon keeps what."""
    app.command(epilog=_CLEANUP_CODES)(cleanup)
    app.command(epilog=_CLEANUP_CODES)(emergency_cleanup)
    app.command(epilog="Exit codes: 0 healthy; 1 there are findings; 2 wrong usage; 78 bad configuration.")(
        health_report
    )
    for command in (backup, restore, export):
        app.command(epilog=_BACKUP_CODES)(command)
    app.command("import", epilog=_BACKUP_CODES)(import_)


def cleanup(
    ctx: typer.Context,
    *,
    older_than: OlderThanOption = "10m",
    dry_run: DryRunOption = False,
    include_paired: IncludePairedOption = False,
    backup_to: BackupToOption = None,
    recipient: RecipientOption = None,
    recipients_file: RecipientsFileOption = None,
    passphrase_file: PassphraseFileOption = None,
    plaintext: PlaintextOption = False,
    no_backup: NoBackupOption = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Remove session directories that nobody uses.

    It is safe next to a running daemon. A directory that a client uses is never touched, and credentials of linked
    devices stay, as do those that cannot be read.

    \b
    Examples:
      wad cleanup --dry-run
      wad cleanup --older-than 1h -o json
      wad cleanup --include-paired --recipient age1… --older-than 30d
    """
    from wad.cli.maintenance_cleanup import Saving, run_cleanup
    from wad.cli.maintenance_keys import Sealing

    sealing = Sealing(recipient, recipients_file, passphrase_file, plaintext)
    saving = Saving(include_paired, backup_to, no_backup, sealing)
    run_cleanup(
        ctx.obj, config, output, older_than=_seconds(older_than), saving=saving, dry_run=dry_run, emergency=False
    )


def emergency_cleanup(
    ctx: typer.Context,
    *,
    older_than: OlderThanOption = "10m",
    dry_run: DryRunOption = False,
    include_paired: IncludePairedOption = False,
    backup_to: BackupToOption = None,
    recipient: RecipientOption = None,
    recipients_file: RecipientsFileOption = None,
    passphrase_file: PassphraseFileOption = None,
    plaintext: PlaintextOption = False,
    no_backup: NoBackupOption = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Clean up, and first end the daemon's stuck sessions.

    Stuck is what is not linked, and has been connecting, disconnected or showing a QR for longer than --older-than.

    \b
    Examples:
      wad emergency-cleanup --dry-run
      wad emergency-cleanup --older-than 5m
    """
    from wad.cli.maintenance_cleanup import Saving, run_cleanup
    from wad.cli.maintenance_keys import Sealing

    sealing = Sealing(recipient, recipients_file, passphrase_file, plaintext)
    saving = Saving(include_paired, backup_to, no_backup, sealing)
    run_cleanup(
        ctx.obj, config, output, older_than=_seconds(older_than), saving=saving, dry_run=dry_run, emergency=True
    )


def health_report(ctx: typer.Context, *, config: ConfigOption = None, output: OutputOption = Output.TABLE) -> None:
    """Report how the sessions, the disk and the daemon are.

    This is the daily report.

    \b
    Examples:
      wad health-report
      wad health-report -o json | jq .findings
    """
    from wad.cli.maintenance_health import run_health_report

    run_health_report(ctx.obj, config, output)


def backup(
    ctx: typer.Context,
    session_ids: Annotated[list[str] | None, typer.Argument(metavar="SESSION_ID", show_default=False)] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Every session that is linked.")] = False,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Directory for the archives.")],
    recipient: RecipientOption = None,
    recipients_file: RecipientsFileOption = None,
    passphrase_file: PassphraseFileOption = None,
    plaintext: PlaintextOption = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Save credentials as archives, one for each session.

    Sessions may be connected meanwhile. Archives are sealed with age: for public keys (age-keygen makes a pair), or
    with a passphrase.

    \b
    Examples:
      wad backup --all --to /backups --recipient age1…
      wad backup shop sales-1 --to /backups --passphrase-file /etc/wad/passphrase
    """
    from wad.cli.maintenance_backup import run_backup
    from wad.cli.maintenance_keys import Sealing

    if bool(session_ids) is all_:
        raise typer.BadParameter("Name the sessions, or say --all.")
    sealing = Sealing(recipient, recipients_file, passphrase_file, plaintext)
    run_backup(ctx.obj, config, output, session_ids=session_ids, to=to, sealing=sealing)


def export(
    ctx: typer.Context,
    session_id: Annotated[str, typer.Argument(show_default=False)],
    file: Annotated[Path, typer.Argument(help="The archive to make; it must not exist.", show_default=False)],
    *,
    recipient: RecipientOption = None,
    recipients_file: RecipientsFileOption = None,
    passphrase_file: PassphraseFileOption = None,
    plaintext: PlaintextOption = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Save one session in a file, for another host.

    \b
    Examples:
      wad export shop shop.tar.age --recipient age1…
    """
    from wad.cli.maintenance_backup import run_export
    from wad.cli.maintenance_keys import Sealing

    sealing = Sealing(recipient, recipients_file, passphrase_file, plaintext)
    run_export(ctx.obj, config, output, session_id=session_id, file=file, sealing=sealing)


def restore(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", show_default=False)],
    *,
    identity: IdentityOption = None,
    passphrase_file: PassphraseFileOption = None,
    start: StartOption = False,
    force: ForceOption = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Put archived credentials back.

    The session connects with them, without a QR. Credentials in use are never replaced, and credentials that were used
    after the archive was made only with --force.

    \b
    Examples:
      wad restore shop-20270115T080000123Z.tar.age --identity key.txt
      wad restore /backups/*.tar.age --passphrase-file /etc/wad/passphrase --start
    """
    from wad.cli.maintenance_backup import Restoring, run_restore
    from wad.cli.maintenance_keys import Opening

    restoring = Restoring(None, start, force, Opening(identity, passphrase_file))
    run_restore(ctx.obj, config, output, files=files, restoring=restoring)


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(show_default=False)],
    *,
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="SESSION_ID", help="The session's name here.", show_default="as it was"),
    ] = None,
    identity: IdentityOption = None,
    passphrase_file: PassphraseFileOption = None,
    start: StartOption = False,
    force: ForceOption = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Take over a session that was exported elsewhere.

    It must not run there any more.

    \b
    Examples:
      wad import shop.tar.age --identity key.txt --as shop-berlin --start
    """
    from wad.cli.maintenance_backup import Restoring, run_restore
    from wad.cli.maintenance_keys import Opening

    restoring = Restoring(as_, start, force, Opening(identity, passphrase_file))
    run_restore(ctx.obj, config, output, files=[file], restoring=restoring)
