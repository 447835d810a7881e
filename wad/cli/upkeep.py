"""``wadctl session stop|reconnect|touch|inspect|set-aside``: what a linked session needs over its life."""

from __future__ import annotations

import typer  # noqa: TC002 - typer reads the annotations

from wad.cli import upkeep_views, views
from wad.cli.output import OutputOption  # noqa: TC001 - typer reads it from the annotation
from wad.cli.run import TimeoutOption, started
from wad.cli.sessions import SessionArgument  # noqa: TC001 - likewise
from wad.v1 import session_pb2, session_pb2_grpc

# ruff: noqa: D301 - \b keeps typer from joining lines


def stop(
    ctx: typer.Context, session_id: SessionArgument, timeout: TimeoutOption = 60, output: OutputOption = None
) -> None:
    """Take a session out of service and keep its files.

    It stays down until it is reconnected or created again.

    \b
    Examples:
      wadctl session stop shop
      wadctl session stop shop && wadctl session reconnect shop
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = session_pb2.StopSessionRequest(session_id=session_id)
        response = session_pb2_grpc.SessionServiceStub(channel).StopSession(request, timeout=timeout)
    run.show(response, views.session_details(response.session))


def reconnect(
    ctx: typer.Context, session_id: SessionArgument, timeout: TimeoutOption = 30, output: OutputOption = None
) -> None:
    """Have a linked session connect now, without a QR.

    One that waits tries at once, one that is down begins again.

    \b
    Examples:
      wadctl session reconnect shop
      wadctl session reconnect shop -o json | jq .attempted     # false: it was connected or on its way
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = session_pb2.ReconnectSessionRequest(session_id=session_id)
        response = session_pb2_grpc.SessionServiceStub(channel).ReconnectSession(request, timeout=timeout)
    run.show(response, views.session_details(response.session))


def touch(
    ctx: typer.Context, session_id: SessionArgument, timeout: TimeoutOption = 30, output: OutputOption = None
) -> None:
    """Count as activity.

    The session's idle time begins anew.

    \b
    Examples:
      wadctl session touch shop
      wadctl session touch shop -o json | jq -r .session.expire_time
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = session_pb2.TouchSessionRequest(session_id=session_id)
        response = session_pb2_grpc.SessionServiceStub(channel).TouchSession(request, timeout=timeout)
    run.show(response, views.session_details(response.session))


def inspect(
    ctx: typer.Context, session_id: SessionArgument, timeout: TimeoutOption = 30, output: OutputOption = None
) -> None:
    """Look into a session's directory.

    That is whose credentials there are, how many keys, which files, and who uses them.

    \b
    Examples:
      wadctl session inspect shop
      wadctl session inspect shop -o json | jq .counts.pre_keys
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = session_pb2.InspectSessionRequest(session_id=session_id)
        response = session_pb2_grpc.SessionServiceStub(channel).InspectSession(request, timeout=timeout)
    run.show(response, upkeep_views.inspection(response))


def set_aside(
    ctx: typer.Context, session_id: SessionArgument, timeout: TimeoutOption = 60, output: OutputOption = None
) -> None:
    """Put a session's DAMAGED credentials aside.

    It can then be linked anew. They are kept, and sound ones are refused. Restore a backup instead if there is one.
    What is set aside stays in the session's directory, below set-aside, until the session is removed.

    \b
    Examples:
      wadctl session set-aside shop && wadctl session link shop
      wadctl session inspect shop | grep "set aside"
    """
    run = started(ctx, output)
    with run.channel() as channel:
        request = session_pb2.SetAsideCredentialsRequest(session_id=session_id)
        response = session_pb2_grpc.SessionServiceStub(channel).SetAsideCredentials(request, timeout=timeout)
    run.show(response, views.session_details(response.session))


COMMANDS = (stop, reconnect, touch, inspect, set_aside)
"""They belong to ``wadctl session``."""
