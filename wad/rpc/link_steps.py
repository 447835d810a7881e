"""The steps of a link, as they are told to whoever asked for it."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from wad.domain.states import SessionState
from wad.rpc import convert
from wad.rpc.call import came_to_nothing
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.records import SessionEvent, SessionView
    from wad.ports import Clock


NOT_LINKED: Final = "NOT_LINKED"
"""What the audit log has for the end of a link that no error led to: nobody scanned it, or the session was removed."""


async def link_steps(
    events: AsyncGenerator[SessionEvent], clock: Clock
) -> AsyncGenerator[tuple[SessionView, session_pb2.LinkSessionResponse]]:
    """Follow a link until it is over, and close its events in any case; the audit log learns what came of it.

    Args:
        events: The session's events, from the present state on.
        clock: Tells which QR is still valid.

    Yields:
        The session and what is told of it: first as it was found or begun, last its connection or its end.
    """
    view, cause = None, None
    async with aclosing(events):
        async for event in events:
            now = clock.wall()
            if view is None:
                yield event.view, session_pb2.LinkSessionResponse(session=convert.session(event.view, now))
            elif (step := convert.link_step(event, now)) is not None:
                yield event.view, step
            view, cause = event.view, event.cause
    if view is not None:
        if view.record.state is not SessionState.CONNECTED:
            came_to_nothing(NOT_LINKED if cause is None else cause.reason)
        yield view, convert.link_end(view, clock.wall())
