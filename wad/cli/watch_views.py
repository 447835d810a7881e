"""What a watch tells, as lines for people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from wad.cli import alert_views
from wad.cli.text import printable, zone
from wad.cli.views import reason_name, state_name, transition, trouble, who

if TYPE_CHECKING:
    from wad.v1 import event_pb2

_USUAL: Final = 24
"""Columns for a session's id, until one is longer."""


class WatchLines:
    """Makes lines of responses; ids stand in one column, which grows with the longest of them."""

    def __init__(self) -> None:
        self._width = _USUAL
        self._zone = datetime.now().astimezone().tzinfo

    def line(self, response: event_pb2.WatchEventsResponse) -> str | None:
        """Return one line, or None when there is nothing to tell a person."""
        match response.WhichOneof("item"):
            case "snapshot":
                return self._line("now", response.snapshot.session_id, state_name(response.snapshot.state))
            case "event":
                event = response.event
                when = f"{datetime.fromtimestamp(event.time.seconds, self._zone):%Y-%m-%d %H:%M:%S}"
                return self._line(when, event.session.session_id or printable(event.alert.name), _what(event))
            case "synced":
                return f"-- these are the sessions of the moment; from here on, what happens (times: {zone()}) --"
            case "reset":
                return "-- what happened meanwhile is not known; the sessions of the moment follow --"
            case _:
                return None

    def _line(self, when: str, name: str, what: str) -> str:
        self._width = max(self._width, len(name))
        return f"{when:<19}  {name:<{self._width}}  {what}"


def _what(event: event_pb2.Event) -> str:  # noqa: PLR0911 - one line a kind of event
    match event.WhichOneof("what"):
        case "state_changed":
            return transition(event.state_changed)
        case "qr_issued":
            return f"qr {event.qr_issued.qr.attempt}" if event.qr_issued.HasField("qr") else "qr (expired)"
        case "pairing_code_issued":
            return f"pairing code for +{printable(event.session.pairing_code.phone_number)}"
        case "auth_success":
            return f"linked to {who(event.auth_success.user)}"
        case "heartbeat":
            missed = event.heartbeat.failed_heartbeats
            return f"heartbeat missed ({missed} in a row)" if missed else "heartbeat"
        case "removed":
            # the latest error outlives what it was about: it is why only if it has just happened
            why = trouble(event.session) if event.session.last_error.time == event.time else ""
            return f"removed: {reason_name(event.removed.reason)}" + (f" ({why})" if why else "")
        case "alert":
            return alert_views.change(event.alert)
        case _:
            return "something that this wadctl does not know"
