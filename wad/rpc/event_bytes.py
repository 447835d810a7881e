"""Events as watchers are sent them: each is made and serialised once, however many watch."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Final

from wad.domain.records import SessionEvent
from wad.rpc import convert
from wad.v1 import event_pb2

if TYPE_CHECKING:
    from wad.domain.records import PairingCode, QrCode, WatchEvent
    from wad.ports import Clock

KEPT: Final = 1024
"""Serialised events that are kept at most. Watchers that keep up read the newest; for one that is further behind an
event is made again, which costs time and no memory."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A serialised event.

    Attributes:
        content: A WatchEventsResponse with nothing but the event.
        until: When a code in it ends, in seconds since the epoch; from then on it must not be shown any more.
    """

    content: bytes
    until: float


class EventBytes:
    """The newest events, serialised.

    Args:
        clock: Tells which codes are still valid.
        kept: How many serialised events are kept.
    """

    def __init__(self, clock: Clock, *, kept: int = KEPT) -> None:
        self._clock = clock
        self._kept = kept
        self._made: OrderedDict[tuple[int, bool], _Made] = OrderedDict()

    def of(self, sequence: int, event: WatchEvent, *, codes: bool) -> bytes:
        """Return a WatchEventsResponse with an event and no token, serialised; codes that have ended are left out.

        Args:
            sequence: The event's number in the log.
            event: The event.
            codes: The watcher may see QRs and pairing codes.
        """
        now = self._clock.wall()
        key = (sequence, codes and bool(_codes(event)))
        made = self._made.get(key)
        if made is None or now >= made.until:
            made = self._made[key] = _make(sequence, event if key[1] else _without_codes(event), now)
            if len(self._made) > self._kept:
                self._made.popitem(last=False)
        return made.content


def _make(sequence: int, event: WatchEvent, now: float) -> _Made:
    response = event_pb2.WatchEventsResponse(event=convert.event(sequence, event, now))
    ends = (code.expires_at for code in _codes(event))
    return _Made(response.SerializeToString(), min((end for end in ends if end > now), default=inf))


def _codes(event: WatchEvent) -> tuple[QrCode | PairingCode, ...]:
    codes = (event.view.qr, event.view.pairing_code) if isinstance(event, SessionEvent) else ()
    return tuple(code for code in codes if code is not None)


def _without_codes(event: WatchEvent) -> WatchEvent:
    if not isinstance(event, SessionEvent) or not _codes(event):
        return event
    return replace(event, view=replace(event.view, qr=None, pairing_code=None))
