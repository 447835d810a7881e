"""Sessions and health as tables and lines for people, and as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict
from rich.table import Table
from rich.text import Text

from wad.cli.listing import Column, Listing
from wad.cli.text import local_time, printable, short_time, timed
from wad.v1 import access_pb2, admin_pb2, error_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.message import Message

_STATE_STYLES = {"connected": "green", "qr_generated": "yellow", "reconnecting": "yellow", "disconnected": "red"}


def as_dict(message: Message) -> dict[str, Any]:
    """Return a message as the contract's JSON has it, with the contract's names, unset values included."""
    return MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def state_name(state: session_pb2.SessionState.ValueType) -> str:
    """Return a state as people write it."""
    return _bare(session_pb2.SessionState.Name(state), "SESSION_STATE_")


def state_text(state: session_pb2.SessionState.ValueType) -> Text:
    """Return a state in its colour."""
    name = state_name(state)
    return Text(name, style=_STATE_STYLES.get(name, ""))


def state_with_reason(session: session_pb2.Session) -> str:
    """Return a session's state, and why it is out of service if it is and the state does not say that."""
    state, reason = state_name(session.state), reason_name(session.removal_reason)
    return state if session.active or reason == state else f"{state} ({reason})"


def reason_name(reason: session_pb2.RemovalReason.ValueType) -> str:
    """Return a reason of a removal as people write it."""
    return _bare(session_pb2.RemovalReason.Name(reason), "REMOVAL_REASON_")


def _bare(name: str, prefix: str) -> str:
    return name.removeprefix(prefix).lower()


def who(user: session_pb2.User) -> str:
    """Return who a session is linked to, briefly."""
    number = user.jid.partition("@")[0].partition(":")[0]
    name = user.business_name or user.push_name
    return printable(f"+{number} {name}".rstrip()) if number else ""


def labels(session: session_pb2.Session) -> str:
    """Return a session's labels on one line."""
    return printable(" ".join(f"{key}={value}" for key, value in sorted(session.labels.items())))


def trouble(session: session_pb2.Session) -> str:
    """Return the session's last error on one line; empty when there is none."""
    if not session.HasField("last_error"):
        return ""
    error = session.last_error
    return printable(f"{_bare(error_pb2.ErrorReason.Name(error.reason), 'ERROR_REASON_').upper()}: {error.message}")


def sessions_table(sessions: Iterable[session_pb2.Session]) -> Listing:
    """Return one line for each session."""
    table = Listing(
        "SESSION",
        "STATE",
        Column("USER", 1, shortened=True),
        Column(timed("ACTIVITY"), 3),
        Column(timed("EXPIRES"), 2),
        Column("LABELS", 4, shortened=True),
    )
    for session in sessions:
        state = state_with_reason(session)
        table.add_row(
            session.session_id,
            Text(state, style=_STATE_STYLES.get(state, "")),
            who(session.user) or "-",
            short_time(session.last_activity_time),
            short_time(session.expire_time) if session.HasField("expire_time") else "-",
            labels(session) or "-",
        )
    return table


def session_details(session: session_pb2.Session) -> Table:
    """Return all there is to know of one session, a line for each thing."""
    return pairs(_session_pairs(session))


def _session_pairs(session: session_pb2.Session) -> Iterator[tuple[str, str]]:
    yield "session", session.session_id
    if session.HasField("device"):
        yield "device", f"{session.device.device_id} of +{session.device.phone_number}"
    yield from state_pairs(session)


def state_pairs(session: session_pb2.Session) -> Iterator[tuple[str, str]]:
    """Yield what a session does and has done, a name and a value for each thing."""
    yield "state", state_name(session.state)
    yield "wanted", _bare(session_pb2.DesiredState.Name(session.desired_state), "DESIRED_STATE_")
    if not session.active:
        yield "removed", reason_name(session.removal_reason)
    if session.HasField("user"):
        yield "user", who(session.user)
        yield "jid", printable(session.user.jid)
        yield "platform", printable(session.user.platform) or "-"
    yield "created", local_time(session.create_time)
    yield "last activity", local_time(session.last_activity_time)
    if session.HasField("connect_time"):
        how = " (with stored credentials)" if session.auto_reconnected else ""
        yield "connected", local_time(session.connect_time) + how
    if session.HasField("expire_time"):
        yield "expires", local_time(session.expire_time)
    counters = session.counters
    yield "messages", f"{counters.messages_sent} sent, {counters.messages_received} received"
    yield "reconnects", str(counters.reconnects)
    if session.labels:
        yield "labels", labels(session)
    if trouble(session):
        yield "last error", f"{trouble(session)} ({local_time(session.last_error.time)})"


def health_details(health: admin_pb2.GetHealthResponse) -> Table:
    """Return how the daemon is, a line for each thing."""
    return pairs(_health_pairs(health))


def _health_pairs(health: admin_pb2.GetHealthResponse) -> Iterator[tuple[str, str]]:
    counts = health.sessions
    yield "status", _bare(admin_pb2.HealthStatus.Name(health.status), "HEALTH_STATUS_")
    yield "version", printable(health.version)
    yield "up since", local_time(health.start_time)
    yield "upstream", _bare(admin_pb2.Upstream.Name(health.upstream), "UPSTREAM_")
    used = f"{100 * counts.active / counts.limit:.0f} %" if counts.limit else "no limit"
    yield "sessions", f"{counts.active} of {counts.limit} ({used})" if counts.limit else f"{counts.active}, {used}"
    for count in counts.states:
        if count.sessions:
            yield f"  {state_name(count.state)}", str(count.sessions)
    if counts.devices:
        yield "devices", f"{counts.devices} of the sessions"
    yield "timers", f"{counts.qr_timers} QR, {counts.session_timers} session"
    yield "memory", f"{health.resident_memory_bytes / (1 << 20):.0f} MiB"
    for check in health.checks:
        yield f"check {printable(check.name)}", ("ok " if check.ok else "FAILED ") + printable(check.message)


def caller_details(caller: access_pb2.Caller) -> Table:
    """Return who a caller is and what it may do, a line for each thing."""
    end = (("ends", local_time(caller.expire_time)),) if caller.HasField("expire_time") else ()
    return pairs(
        (
            ("name", printable(caller.name)),
            ("recognised by", _bare(access_pb2.AuthMechanism.Name(caller.mechanism), "AUTH_MECHANISM_")),
            ("role", _bare(access_pb2.Role.Name(caller.role), "ROLE_")),
            ("sessions", " ".join(caller.session_patterns)),
            *end,
        )
    )


def pairs(facts: Iterable[tuple[str, str]]) -> Table:
    """Return a line for each fact: its name and its value."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        table.add_row(Text(name), Text(value))
    return table


def transition(change: session_pb2.StateChanged) -> str:
    """Return a change of state on one line."""
    return (
        f"{state_name(change.from_state)} → {state_name(change.to_state)}"
        if change.from_state
        else state_name(change.to_state)
    )
