"""``wad token``: who may call over TCP; through the running daemon, or in its registry while none runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wad.cli.maintenance import ConfigOption, OutputOption  # noqa: TC001 - typer reads them from the annotations
from wad.cli.output import Output, show
from wad.cli.text import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wad.cli.maintenance_run import Places

# ruff: noqa: PLC0415 - only what the help needs is imported here
# ruff: noqa: D301 - \b keeps typer from joining lines

_ROLES = ("viewer", "operator", "admin")

app = typer.Typer(
    name="token",
    no_args_is_help=True,
    help="Make, list and revoke the tokens of services.",
    rich_markup_mode=None,
)

_CODES = "Exit codes: 0 done; 1 failed; 2 wrong usage; 3 no such token; 4 no daemon answers; 78 bad configuration."


def mount(root: typer.Typer, places: Callable[[Path | None], Places]) -> None:
    """Add the commands to *root*.

    Args:
        root: The command line.
        places: Tells from a configuration file where the daemon keeps what.
    """

    @app.callback()
    def prepare(ctx: typer.Context) -> None:  # pyright: ignore[reportUnusedFunction] - typer calls it
        ctx.obj = places

    root.add_typer(app)


def _role(text: str) -> str:
    if text not in _ROLES:
        raise typer.BadParameter(f"{text!r} is not a role; use one of {', '.join(_ROLES)}.")
    return text


def _lifetime(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return duration(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a duration; write 12h, 90d.", param_hint="--lifetime") from None


@app.command(epilog=_CODES)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What to call it in lists and in the audit log.")],
    *,
    role: Annotated[str, typer.Option(parser=_role, metavar="|".join(_ROLES), help="What it may do.")],
    sessions: Annotated[
        list[str] | None,
        typer.Option(
            "--sessions", "-s", metavar="PATTERN", help="Sessions that it may reach; may be repeated.", show_default="*"
        ),
    ] = None,
    lifetime: Annotated[
        str | None, typer.Option(metavar="DURATION", help="After which it ends: 12h, 90d.", show_default="never")
    ] = None,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make a token.

    It is shown once: keep it as you keep a password.

    \b
    Examples:
      wad token create billing --role operator --sessions 'shop-*' --lifetime 90d
      wad token create grafana --role viewer > /etc/grafana/wad.token
    """
    from wad.cli import token_views
    from wad.cli.maintenance_run import placed
    from wad.cli.token_books import book

    seconds = _lifetime(lifetime)
    with placed(ctx.obj, config, output) as places, book(places, output) as tokens:
        token, secret = tokens.create(name, role, sessions or ["*"], seconds)
    if output.for_programs:
        typer.echo(output.dump({"token": token_views.as_dict(token), "secret": secret}))
        return
    typer.echo(token_views.made(token), err=True)  # so that the token alone can go into a file
    typer.echo(secret)


@app.command("list", epilog=_CODES)
def list_(
    ctx: typer.Context,
    *,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Also those that have ended or were revoked.")] = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the tokens, newest first.

    Their secrets are never shown.

    \b
    Examples:
      wad token list
      wad token list --all -o json
    """
    from wad.cli import token_views
    from wad.cli.maintenance_run import placed
    from wad.cli.token_books import book

    with placed(ctx.obj, config, output) as places, book(places, output) as tokens:
        found = tokens.list(include_ended=all_)
    if output.for_programs:
        shown: dict[str, Any] = {"tokens": [token_views.as_dict(token) for token in found]}
        typer.echo(output.dump(shown))
    else:
        show(token_views.table(found))


@app.command(epilog=_CODES)
def revoke(
    ctx: typer.Context,
    token_id: Annotated[str, typer.Argument(help="Its id, as `wad token list` shows it.")],
    *,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """End a token at once.

    The streams that were opened with it end, too.

    \b
    Examples:
      wad token revoke 3k9x02pq
    """
    from wad.cli import token_views
    from wad.cli.maintenance_run import placed
    from wad.cli.token_books import book

    with placed(ctx.obj, config, output) as places, book(places, output) as tokens:
        token = tokens.revoke(token_id)
    if output.for_programs:
        typer.echo(output.dump({"token": token_views.as_dict(token)}))
    else:
        typer.echo(f"The token {token.name} ({token.token_id}) is revoked.")
