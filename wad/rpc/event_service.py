"""EventService: see ``protos/wad/v1/event.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import anyio

from wad.domain.errors import InvalidInput, SlowConsumer
from wad.rpc import convert, tokens, watches
from wad.rpc.access.scoped import visible
from wad.rpc.call import CURRENT, caller
from wad.v1 import event_pb2, event_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.records import SessionEvent
    from wad.managers.hub import EventHub, Subscription
    from wad.ports import Clock
    from wad.rpc.ports import Context, Sessions
    from wad.rpc.watches import Watch

BOOKMARK_EVERY: Final = 30.0
"""Seconds without a matching event after which a watcher gets a newer token."""


class EventService(event_pb2_grpc.EventServiceServicer):
    """Tells what happens to sessions.

    Args:
        sessions: Gives the snapshots.
        hub: The log of what happened.
        clock: Tells which QR is still valid.
        bookmark_every: Seconds without a matching event after which a watcher gets a newer token.
    """

    def __init__(
        self, sessions: Sessions, hub: EventHub, clock: Clock, *, bookmark_every: float = BOOKMARK_EVERY
    ) -> None:
        self._sessions = sessions
        self._hub = hub
        self._clock = clock
        self._bookmark_every = bookmark_every

    async def WatchEvents(
        self, request: event_pb2.WatchEventsRequest, context: Context
    ) -> AsyncGenerator[event_pb2.WatchEventsResponse]:
        """Watch sessions: a snapshot, then what happens from then on, without a gap."""
        watch = watches.watch(request, caller().scope)
        resumed = self._resume(request, watch) if request.WhichOneof("start") == "after_token" else None
        with resumed or self._hub.subscribe() as events:
            if resumed is None:
                # The place in the log is taken before the snapshot: what happens between the two is told after it.
                if request.WhichOneof("start") == "after_token":
                    yield event_pb2.WatchEventsResponse(reset=event_pb2.Reset())
                if request.WhichOneof("start") != "from_now":
                    for response in await self._snapshot(watch):
                        yield response
                yield self._response(watch, events.position, event_pb2.WatchEventsResponse(synced=event_pb2.Synced()))
            while True:
                found = await self._next(watch, events)
                yield self._response(watch, events.position, self._item(found))

    def _resume(self, request: event_pb2.WatchEventsRequest, watch: Watch) -> Subscription | None:
        """Return the log from the token's place on, or None when it no longer reaches there."""
        epoch, sequence, mark = tokens.decode(request.after_token, field="after_token", count=3)
        if mark != watch.mark:
            raise InvalidInput("after_token", "This token continues a watch with other filters; keep them, or omit it.")
        if epoch != self._hub.epoch or not sequence.isdecimal():
            return None
        try:
            return self._hub.subscribe(after=int(sequence))
        except SlowConsumer:
            return None

    async def _snapshot(self, watch: Watch) -> list[event_pb2.WatchEventsResponse]:
        views = await self._sessions.list()
        now = self._clock.wall()
        shown = [convert.session(view, now) for view in views if watch.shows(view)]
        return [event_pb2.WatchEventsResponse(snapshot=session) for session in shown]

    async def _next(self, watch: Watch, events: Subscription) -> tuple[int, SessionEvent] | None:
        """Return the next event that the watcher wants, or None when there was none for a while."""
        with anyio.move_on_after(self._bookmark_every):
            async for sequence, event in events:
                if watch.wants(event):
                    return sequence, event
        return None

    def _item(self, found: tuple[int, SessionEvent] | None) -> event_pb2.WatchEventsResponse:
        if found is None:
            return event_pb2.WatchEventsResponse(bookmark=event_pb2.Bookmark())
        sequence, event = found
        seen = replace(event, view=visible(event.view))
        return event_pb2.WatchEventsResponse(event=convert.event(sequence, seen, self._clock.wall()))

    def _response(
        self, watch: Watch, position: int, response: event_pb2.WatchEventsResponse
    ) -> event_pb2.WatchEventsResponse:
        response.token = tokens.encode(self._hub.epoch, str(position), watch.mark)
        CURRENT.get().resume_token = response.token
        return response
