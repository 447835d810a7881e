"""``wadctl session …``: create, link, look at, watch and remove sessions."""

from __future__ import annotations

from typing import Annotated

import typer

from wad.cli import completion, events, views
from wad.cli.link import Ways, code_text, follow_link, show_qr
from wad.cli.options import ImageOption, LabelOption, LimitOption, Reason, State, Wait, parse_labels, parse_policy
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.v1 import session_pb2, session_pb2_grpc

# ruff: noqa: D301 - \b keeps typer from joining lines

app = typer.Typer(no_args_is_help=True, help="Create, link, look at, watch and remove sessions.", rich_markup_mode=None)

SessionArgument = Annotated[
    str,
    typer.Argument(
        metavar="SESSION_ID",
        help="The session's name.",
        show_default=False,
        autocompletion=completion.session_ids,
    ),
]


@app.command()
def create(
    ctx: typer.Context,
    session_id: SessionArgument,
    *,
    wait: Annotated[
        Wait, typer.Option(help="When to answer: at once, at the first QR or connection, or once linked.")
    ] = Wait.QR,
    image: ImageOption = None,
    limit: LimitOption = None,
    label: LabelOption = None,
    timeout: TimeoutOption = 120,
    output: OutputOption = None,
) -> None:
    """Make a session live.

    It is joined, reconnected with its stored credentials, or shows a QR.

    \b
    Examples:
      wadctl session create shop
      wadctl session create shop --limit idle=0 --limit max_age=0     # always on
      wadctl session create shop --label team=sales --wait connected --timeout 300
    """
    run = started(ctx, output)
    request = session_pb2.CreateSessionRequest(
        session_id=session_id, policy=parse_policy(limit), labels=parse_labels(label), wait=wait.number
    )
    with run.channel() as channel:
        response = session_pb2_grpc.SessionServiceStub(channel).CreateSession(request, timeout=timeout)
        run.show(response, views.session_details(response.session))
        if response.session.HasField("qr") and not run.for_programs:
            show_qr(response.session.qr, Ways(image, f"`wadctl session pair-code {session_id} NUMBER`"))


@app.command()
def link(
    ctx: typer.Context,
    session_id: SessionArgument,
    *,
    image: ImageOption = None,
    phone: Annotated[
        str,
        typer.Option(metavar="NUMBER", help="Also show a pairing code to type into this phone.", show_default=False),
    ] = "",
    limit: LimitOption = None,
    label: LabelOption = None,
    timeout: TimeoutOption = 600,
    output: OutputOption = None,
) -> None:
    """Show a session's QR until a phone has scanned it.

    It is made live first, and the command ends once it is connected.

    \b
    Examples:
      wadctl session link shop
      wadctl session link shop --image qr.png     # or qr.svg
      wadctl session link shop --phone +4915112345678
      wadctl session link shop -o json | jq -r 'select(.session.qr) | .session.qr.code'
    """
    run = started(ctx, output)
    request = session_pb2.LinkSessionRequest(
        session_id=session_id, policy=parse_policy(limit), labels=parse_labels(label), phone_number=phone
    )
    with run.channel() as channel:
        steps = session_pb2_grpc.SessionServiceStub(channel).LinkSession(request, timeout=timeout)
        code = follow_link(run, steps, Ways(image, "--phone NUMBER"))
    raise typer.Exit(code)


@app.command(name="pair-code")
def pair_code(
    ctx: typer.Context,
    session_id: SessionArgument,
    phone: Annotated[
        str, typer.Argument(metavar="PHONE", help="Its number in international format.", show_default=False)
    ],
    timeout: TimeoutOption = 60,
    output: OutputOption = None,
) -> None:
    """Show a code to type into the phone, to link a session.

    It does the same as scanning the QR.

    \b
    Examples:
      wadctl session create shop && wadctl session pair-code shop +4915112345678
      wadctl session pair-code shop 4915112345678 -o json | jq -r .session.pairing_code.code
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = session_pb2.RequestPairingCodeRequest(session_id=session_id, phone_number=phone)
        response = session_pb2_grpc.SessionServiceStub(channel).RequestPairingCode(request, timeout=timeout)
    run.show(response, views.session_details(response.session))
    if not run.for_programs:
        typer.echo(f"\n{code_text(response.session.pairing_code)}")


@app.command()
def get(
    ctx: typer.Context, session_id: SessionArgument, timeout: TimeoutOption = 30, output: OutputOption = None
) -> None:
    """Show one session, live or kept.

    \b
    Examples:
      wadctl session get shop
      wadctl session get shop -o json | jq .session.state
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = session_pb2.GetSessionRequest(session_id=session_id)
        response = session_pb2_grpc.SessionServiceStub(channel).GetSession(request, timeout=timeout)
    run.show(response, views.session_details(response.session))


@app.command(name="list")
def list_(
    ctx: typer.Context,
    *,
    state: Annotated[list[State] | None, typer.Option(help="Only sessions in this state; may be repeated.")] = None,
    label: LabelOption = None,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Also sessions of which only the record is kept.")] = False,
    timeout: TimeoutOption = 30,
    output: OutputOption = None,
) -> None:
    """List sessions.

    \b
    Examples:
      wadctl session list
      wadctl session list --state connected --label team=sales
      wadctl session list --all -o json | jq -r '.sessions[].session_id'
    """
    run = started(ctx, output)
    counting = run.on_terminal and not all_
    request = session_pb2.ListSessionsRequest(
        states=[wanted.number for wanted in state or ()], labels=parse_labels(label), include_inactive=all_ or counting
    )
    found = session_pb2.ListSessionsResponse()
    with run.channel() as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        while True:
            page = stub.ListSessions(request, timeout=timeout)
            found.sessions.extend(page.sessions)
            request.page_token = page.next_page_token
            if not page.next_page_token:
                break
    listed = [session for session in found.sessions if session.active or all_]
    run.show(found, views.sessions_table(listed))
    if hidden := len(found.sessions) - len(listed):
        run.remark(f"{hidden} out of service: --all shows {'it' if hidden == 1 else 'them'}.")


@app.command()
def remove(
    ctx: typer.Context,
    session_id: SessionArgument,
    reason: Annotated[
        Reason,
        typer.Option(
            help="manual and logout unlink it and delete its credentials; stuck keeps them.", show_default=False
        ),
    ],
    timeout: TimeoutOption = 60,
    output: OutputOption = None,
) -> None:
    """Take a session out of service.

    \b
    Examples:
      wadctl session remove shop --reason manual    # unlink it and delete its credentials
      wadctl session remove shop --reason stuck     # end it, keep the credentials for the next create
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = session_pb2.RemoveSessionRequest(session_id=session_id, reason=reason.number)
        response = session_pb2_grpc.SessionServiceStub(channel).RemoveSession(request, timeout=timeout)
    run.show(response, views.session_details(response.session))


@app.command()
def watch(
    ctx: typer.Context,
    session_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SESSION_ID]...", help="Default: all.", autocompletion=completion.session_ids),
    ] = None,
    *,
    type_: events.TypesOption = None,
    phone: Annotated[
        str, typer.Option(metavar="NUMBER", help="Only the devices of this phone.", show_default=False)
    ] = "",
    from_now: events.FromNowOption = False,
    after: events.AfterOption = "",
    output: OutputOption = None,
) -> None:
    """Show whatever happens to sessions, until interrupted.

    First they are shown as they are.

    \b
    Examples:
      wadctl session watch
      wadctl session watch shop --type state_changed --type removed
      wadctl session watch --phone 4915112345678 --type heartbeat
      wadctl session watch -o json --from-now | jq -c .event
    """
    wanted = events.request(type_, from_now=from_now, after=after)
    wanted.session_ids.extend(session_ids or ())
    wanted.phone_number = phone
    events.follow(started(ctx, output), wanted)
