"""The steps of a link, as they are told to whoever asked for it."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from wad.rpc import convert
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.records import SessionEvent, SessionView
    from wad.ports import Clock


async def link_steps(
    events: AsyncGenerator[SessionEvent], clock: Clock
) -> AsyncGenerator[tuple[SessionView, session_pb2.LinkSessionResponse]]:
    """Follow a link until it is over, and close its events in any case.

    Args:
        events: The session's events, from the present state on.
        clock: Tells which QR is still valid.

    Yields:
        The session and what is told of it: first as it was found or begun, last its connection or its end.
    """
    view = None
    async with aclosing(events):
        async for event in events:
            now = clock.wall()
            if view is None:
                yield event.view, session_pb2.LinkSessionResponse(session=convert.session(event.view, now))
            elif (step := convert.link_step(event, now)) is not None:
                yield event.view, step
            view = event.view
    if view is not None:
        yield view, convert.link_end(view, clock.wall())
