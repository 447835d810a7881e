"""``wad token``: who may call over TCP; through the running daemon, or in its registry while none runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wad.cli.maintenance import ConfigOption, Output, OutputOption
from wad.cli.text import duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wad.cli.maintenance_run import Places

# ruff: noqa: PLC0415 - only what the help needs is imported here
# ruff: noqa: D301 - \b keeps typer from joining lines

_ROLES = ("viewer", "operator", "admin")

app = typer.Typer(name="token", no_args_is_help=True, help="Make, list and revoke the tokens that services call with.")


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


@app.command()
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
    """Make a token. It is shown once: keep it as you keep a password.

    \b
    Examples:
      wad token create billing --role operator --sessions 'shop-*' --lifetime 90d
      wad token create grafana --role viewer > /etc/grafana/wad.token
    """
    from wad.cli import token_views
    from wad.cli.maintenance_run import placed, show_json
    from wad.cli.token_books import book

    seconds = _lifetime(lifetime)
    with placed(ctx.obj, config, output) as places, book(places, output) as tokens:
        token, secret = tokens.create(name, role, sessions or ["*"], seconds)
    if output is Output.JSON:
        show_json({"token": token_views.as_dict(token), "secret": secret})
        return
    typer.echo(token_views.made(token), err=True)  # so that the token alone can go into a file
    typer.echo(secret)


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Also those that have ended or were revoked.")] = False,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the tokens, newest first; never their secrets.

    \b
    Examples:
      wad token list
      wad token list --all -o json
    """
    from rich.console import Console

    from wad.cli import token_views
    from wad.cli.maintenance_run import placed, show_json
    from wad.cli.token_books import book

    with placed(ctx.obj, config, output) as places, book(places, output) as tokens:
        found = tokens.list(include_ended=all_)
    if output is Output.JSON:
        shown: dict[str, Any] = {"tokens": [token_views.as_dict(token) for token in found]}
        show_json(shown)
    else:
        Console(highlight=False).print(token_views.table(found))


@app.command()
def revoke(
    ctx: typer.Context,
    token_id: Annotated[str, typer.Argument(help="Its id, as `wad token list` shows it.")],
    *,
    config: ConfigOption = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """End a token at once, and the streams that were opened with it.

    \b
    Example:
      wad token revoke 3k9x02pq
    """
    from wad.cli import token_views
    from wad.cli.maintenance_run import placed, show_json
    from wad.cli.token_books import book

    with placed(ctx.obj, config, output) as places, book(places, output) as tokens:
        token = tokens.revoke(token_id)
    if output is Output.JSON:
        show_json({"token": token_views.as_dict(token)})
    else:
        typer.echo(f"The token {token.name} ({token.token_id}) is revoked.")
