"""What the maintenance commands ask of a running daemon, through the contract; without one they do what they can."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import grpc

from wad.cli import connection
from wad.cli.failures import explain
from wad.v1 import admin_pb2, admin_pb2_grpc, session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

PATIENCE: Final = 10.0
"""Seconds to wait for an answer that costs the daemon nothing."""

REMOVAL_PATIENCE: Final = 60.0
"""Seconds to wait for a removal, which closes the session's client first."""

_UNLINKED: Final = (
    session_pb2.SESSION_STATE_CONNECTING,
    session_pb2.SESSION_STATE_QR_GENERATED,
    session_pb2.SESSION_STATE_DISCONNECTED,
)


@dataclass
class Stuck:
    """What became of a running daemon's stuck sessions.

    Attributes:
        asked: A daemon was asked.
        note: Why none was, or why it could not say.
        removed: Sessions that were removed, or would be in a dry run.
        failed: Sessions that could not be removed, with why.
    """

    asked: bool = False
    note: str = ""
    removed: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])

    def as_text(self) -> str:
        """Return the same for people."""
        if not self.asked:
            return f"Stuck sessions: {self.note}"
        lines = [f"Stuck sessions that the daemon removed: {', '.join(self.removed) or 'none'}"]
        lines += [f"  {session_id} could not be removed: {why}" for session_id, why in self.failed.items()]
        return "\n".join(lines)


def remove_stuck(socket: Path, older_than: float, now: float, *, dry_run: bool) -> Stuck:
    """Have a running daemon remove the sessions that are not linked and get nowhere.

    Args:
        socket: The daemon's socket.
        older_than: Seconds since a session's last activity.
        now: Seconds since the epoch.
        dry_run: Only find them.
    """
    stuck = Stuck(note=_absence(socket))
    if stuck.note:
        return stuck
    address = connection.parse(f"unix://{socket}")
    with connection.open_channel(address) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        try:
            found = [session for session in live_sessions(channel, _UNLINKED) if _is_stuck(session, now - older_than)]
        except grpc.RpcError as error:
            stuck.note = f"the daemon did not answer: {_why(error, socket)}"
            return stuck
        stuck.asked = True
        for session in found:
            request = session_pb2.RemoveSessionRequest(
                session_id=session.session_id, reason=session_pb2.REMOVAL_REASON_STUCK
            )
            try:
                if not dry_run:
                    stub.RemoveSession(request, timeout=REMOVAL_PATIENCE)
                stuck.removed.append(session.session_id)
            except grpc.RpcError as error:
                failure = explain(error)
                if failure.code != grpc.StatusCode.NOT_FOUND.name:  # else it has ended by itself
                    stuck.failed[session.session_id] = failure.message
    return stuck


def live_sessions(
    channel: grpc.Channel, states: tuple[session_pb2.SessionState.ValueType, ...] = ()
) -> Generator[session_pb2.Session]:
    """Yield the daemon's live sessions, page by page."""
    stub = session_pb2_grpc.SessionServiceStub(channel)
    request = session_pb2.ListSessionsRequest(states=states)
    while True:
        page = stub.ListSessions(request, timeout=PATIENCE)
        yield from page.sessions
        request.page_token = page.next_page_token
        if not page.next_page_token:
            return


@dataclass(frozen=True, slots=True)
class Live:
    """What a running daemon says.

    Attributes:
        health: How it is.
        sessions: Its live sessions.
    """

    health: admin_pb2.GetHealthResponse
    sessions: list[session_pb2.Session]


def ask(socket: Path) -> Live | str:
    """Return what the daemon says, or why it says nothing."""
    if absence := _absence(socket):
        return absence
    with connection.open_channel(connection.parse(f"unix://{socket}")) as channel:
        try:
            health = admin_pb2_grpc.AdminServiceStub(channel).GetHealth(admin_pb2.GetHealthRequest(), timeout=PATIENCE)
            return Live(health, list(live_sessions(channel)))
        except grpc.RpcError as error:
            return f"the daemon did not answer: {_why(error, socket)}"


def _absence(socket: Path) -> str:
    """Return why nobody can be asked at that socket; empty when somebody may answer."""
    try:
        return "" if socket.exists() else "no daemon runs"
    except PermissionError:
        return " ".join(str(connection.not_allowed(connection.parse(f"unix://{socket}"))).split("\n"))


def _why(error: grpc.RpcError, socket: Path) -> str:
    """Return why the daemon did not do what it was asked."""
    failure = explain(error)
    if failure.answered:
        return failure.message
    return f"nobody serves its socket {socket}, or it does not let this user in"


def start_session(socket: Path, session_id: str) -> str:
    """Have the daemon connect a session; return an empty text, or why it did not."""
    request = session_pb2.CreateSessionRequest(session_id=session_id, wait=session_pb2.CREATE_WAIT_NONE)
    with connection.open_channel(connection.parse(f"unix://{socket}")) as channel:
        try:
            session_pb2_grpc.SessionServiceStub(channel).CreateSession(request, timeout=PATIENCE)
        except grpc.RpcError as error:
            return _why(error, socket)
    return ""


def _is_stuck(session: session_pb2.Session, before: float) -> bool:
    moment = session.last_activity_time
    return not session.HasField("user") and moment.seconds + moment.nanos / 1e9 < before
