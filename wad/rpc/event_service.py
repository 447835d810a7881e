"""EventService: see ``protos/wad/v1/event.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import anyio
import grpc
import grpc.aio

from wad.domain.errors import InvalidInput, SlowConsumer
from wad.rpc import convert, tokens, watches
from wad.rpc.access.scoped import sees_codes
from wad.rpc.call import CURRENT, caller
from wad.rpc.event_bytes import EventBytes
from wad.v1 import event_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from wad.managers.hub import EventHub, Subscription
    from wad.ports import Clock
    from wad.rpc.ports import Context, Sessions
    from wad.rpc.watches import Watch

BOOKMARK_EVERY: Final = 30.0
"""Seconds without a matching event after which a watcher gets a newer token."""

_Response = event_pb2.WatchEventsResponse
_SYNCED: Final = _Response(synced=event_pb2.Synced()).SerializeToString()
_RESET: Final = _Response(reset=event_pb2.Reset()).SerializeToString()
_BOOKMARK: Final = _Response(bookmark=event_pb2.Bookmark()).SerializeToString()


class EventService:
    """Tells what happens to sessions.

    It gives its responses out serialised: what all watchers are told alike is made once, and each watcher's own token
    is appended, for messages of protobuf that follow each other are read as one.

    Args:
        sessions: Gives the snapshots.
        hub: The log of what happened.
        clock: Tells which QR is still valid.
        bookmark_every: Seconds without a matching event after which a watcher gets a newer token.
        delivered: Told, for each event that happens while somebody watches, of the seconds until it is handed over.
    """

    def __init__(
        self,
        sessions: Sessions,
        hub: EventHub,
        clock: Clock,
        *,
        bookmark_every: float = BOOKMARK_EVERY,
        delivered: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._sessions = sessions
        self._hub = hub
        self._clock = clock
        self._bookmark_every = bookmark_every
        self._delivered = delivered
        self._events = EventBytes(clock)

    def add_to(self, server: grpc.aio.Server) -> None:
        """Have a server serve it; the contract's generated code would have it serialise all responses once more."""
        service = event_pb2.DESCRIPTOR.services_by_name["EventService"]
        library: Any = grpc  # its stubs do not know asynchronous methods
        watch = library.unary_stream_rpc_method_handler(
            self.WatchEvents, event_pb2.WatchEventsRequest.FromString, response_serializer=None
        )
        handler = library.method_handlers_generic_handler(service.full_name, {"WatchEvents": watch})
        server.add_generic_rpc_handlers((handler,))  # pyright: ignore[reportUnknownMemberType] - generic only in the stubs

    async def WatchEvents(self, request: event_pb2.WatchEventsRequest, context: Context) -> AsyncGenerator[bytes]:
        """Watch sessions: a snapshot, then what happens from then on, without a gap."""
        found = caller()
        watch = watches.watch(request, found.scope)
        start = request.WhichOneof("start")
        resumed = self._resume(request, watch) if start == "after_token" else None
        began = self._hub.last
        with resumed or self._hub.subscribe(wants=watch.wants, name=CURRENT.get().call_id) as events:
            if resumed is None:
                # The place in the log is taken before the snapshot: what happens between the two is told after it.
                if start == "after_token":
                    yield _RESET
                if start != "from_now":
                    for view in await self._sessions.list():
                        if watch.shows(view):
                            shown = convert.session(view, self._clock.wall())
                            yield _Response(snapshot=shown).SerializeToString()
                yield self._with_token(watch, events, _SYNCED)
            codes = sees_codes(found)
            while True:
                if (item := events.take()) is None:
                    with anyio.move_on_after(self._bookmark_every):
                        await events.wait()
                    item = events.take()
                if item is not None and item[0] > began:
                    self._delivered(self._clock.wall() - item[1].at)
                content = _BOOKMARK if item is None else self._events.of(*item, codes=codes)
                yield self._with_token(watch, events, content)

    def _resume(self, request: event_pb2.WatchEventsRequest, watch: Watch) -> Subscription | None:
        """Return the log from the token's place on, or None when it no longer reaches there."""
        epoch, sequence, mark = tokens.decode(request.after_token, field="after_token", count=3)
        if mark != watch.mark:
            raise InvalidInput("after_token", "This token continues a watch with other filters; keep them, or omit it.")
        place = tokens.number(sequence)
        if epoch != self._hub.epoch or place is None:
            return None
        try:
            resumed = self._hub.subscribe(place, watch.wants, name=CURRENT.get().call_id)
        except SlowConsumer:
            return None
        CURRENT.get().resume_token = request.after_token
        return resumed

    def _with_token(self, watch: Watch, events: Subscription, content: bytes) -> bytes:
        """Return a response with the token of the watcher's place, which is also told when the watch fails.

        The response is handed to gRPC before anything can interrupt the call, and gRPC sends it before the failure.
        """
        token = tokens.encode(self._hub.epoch, str(events.position), watch.mark)
        CURRENT.get().resume_token = token
        return content + _Response(token=token).SerializeToString()
