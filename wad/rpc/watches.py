"""What a watcher may ask for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wad.domain.errors import InvalidInput
from wad.domain.ids import SessionId, parse_session_id
from wad.rpc import tokens
from wad.rpc.convert import EVENT_TYPES
from wad.rpc.requests import phone_filter
from wad.v1 import event_pb2

if TYPE_CHECKING:
    from wad.domain.access import Scope
    from wad.domain.records import EventKind, SessionEvent, SessionView

MOST_WATCHED_IDS: Final = 1000

_KINDS_BY_NUMBER = {number: kind for kind, number in EVENT_TYPES.items()}


@dataclass(frozen=True)
class Watch:
    """What a watcher wants to see.

    Attributes:
        session_ids: Only these sessions; empty means all.
        kinds: Only events of these kinds; empty means all.
        phone_number: Only devices of this phone; empty means all sessions.
        scope: Only sessions that the watcher may reach.
        mark: Stands for the filters in the watch's tokens.
    """

    session_ids: frozenset[SessionId]
    kinds: frozenset[EventKind]
    phone_number: str
    scope: Scope
    mark: str

    def shows(self, view: SessionView) -> bool:
        """Return True when the session is one of those that are watched."""
        if not self.scope.covers(view.record.session_id):
            return False
        device = view.record.device
        if self.phone_number and (device is None or device.phone_number != self.phone_number):
            return False
        return not self.session_ids or view.record.session_id in self.session_ids

    def wants(self, event: SessionEvent) -> bool:
        """Return True when the watcher wants to be told of *event*."""
        return (not self.kinds or event.kind in self.kinds) and self.shows(event.view)


def watch(request: event_pb2.WatchEventsRequest, scope: Scope) -> Watch:
    """Return what a watcher asked for.

    Args:
        request: What it asked for.
        scope: The sessions that it may reach. Naming others is no error: those that a watcher names need not exist.

    Raises:
        InvalidInput: A filter cannot be used.
    """
    if len(request.session_ids) > MOST_WATCHED_IDS:
        raise InvalidInput("session_ids", f"At most {MOST_WATCHED_IDS} sessions can be named; omit them to watch all.")
    for index, number in enumerate(request.types):
        if number not in _KINDS_BY_NUMBER:
            raise InvalidInput(f"types[{index}]", "A type to watch must be named; omit types to watch all.")
    phone_number = phone_filter(request)
    filters = event_pb2.WatchEventsRequest(
        session_ids=sorted(set(request.session_ids)), types=sorted(set(request.types)), phone_number=phone_number
    )
    return Watch(
        session_ids=frozenset(_watched_id(index, text) for index, text in enumerate(request.session_ids)),
        kinds=frozenset(_KINDS_BY_NUMBER[number] for number in request.types),
        phone_number=phone_number,
        scope=scope,
        mark=tokens.fingerprint(filters),
    )


def _watched_id(index: int, text: str) -> SessionId:
    try:
        return parse_session_id(text)
    except InvalidInput as error:
        raise InvalidInput(f"session_ids[{index}]", str(error)) from error
