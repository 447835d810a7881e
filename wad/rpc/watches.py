"""What a watcher may ask for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wad.domain.errors import InvalidInput
from wad.domain.records import SessionEvent
from wad.rpc import tokens
from wad.rpc.convert import EVENT_TYPES
from wad.rpc.requests import listed_ids, phone_filter
from wad.v1 import event_pb2

if TYPE_CHECKING:
    from wad.domain.access import Scope
    from wad.domain.ids import SessionId
    from wad.domain.records import SessionView, WatchEvent

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
    kinds: frozenset[str]
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

    def wants(self, event: WatchEvent) -> bool:
        """Return True when the watcher wants to be told of *event*."""
        if self.kinds and event.kind not in self.kinds:
            return False
        return self.shows(event.view) if isinstance(event, SessionEvent) else self._is_of_all()

    def _is_of_all(self) -> bool:
        """Return True when somebody who may reach all sessions watches all: such a watcher is told of alerts."""
        return self.scope.everything and not self.session_ids and not self.phone_number


def watch(request: event_pb2.WatchEventsRequest, scope: Scope) -> Watch:
    """Return what a watcher asked for.

    Args:
        request: What it asked for.
        scope: The sessions that it may reach. Naming others is no error: those that a watcher names need not exist.

    Raises:
        InvalidInput: A filter cannot be used.
    """
    session_ids = listed_ids("session_ids", request.session_ids)
    for index, number in enumerate(request.types):
        if number not in _KINDS_BY_NUMBER:
            raise InvalidInput(f"types[{index}]", "A type to watch must be named; omit types to watch all.")
    phone_number = phone_filter(request)
    filters = event_pb2.WatchEventsRequest(
        session_ids=sorted(set(request.session_ids)), types=sorted(set(request.types)), phone_number=phone_number
    )
    return Watch(
        session_ids=frozenset(session_ids),
        kinds=frozenset(_KINDS_BY_NUMBER[number] for number in request.types),
        phone_number=phone_number,
        scope=scope,
        mark=tokens.fingerprint(filters),
    )
