"""Requests that come again: under one id of its caller's a request is done once, and answered with its first answer."""

from __future__ import annotations

import math
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

import anyio
import structlog

from wad.domain.access_errors import RequestIdReused
from wad.domain.errors import SessionNotFound, StorageError
from wad.domain.ids import SessionId
from wad.domain.message_errors import MessageUnconfirmed
from wad.domain.replies import Reply
from wad.rpc import repeatable
from wad.rpc.access.scoped import within_reach
from wad.rpc.call import CURRENT, caller

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from anyio.abc import TaskGroup
    from google.protobuf.message import Message

    from wad.ports import Clock
    from wad.rpc.call import Call
    from wad.rpc.ports import ReplyBook

    Work = Callable[[], Awaitable[Message]]

KEPT: Final = 24 * 3600.0
"""Seconds for which an answer is kept."""

_CLEARED_EVERY: Final = 3600.0
_UNWATCHED: Final = 60.0
"""Seconds for which work goes on whose callers have all hung up: more than sending or removing takes, but no creation
waits for a phone for days."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class _Doing:
    """A request that is being done, for all who ask for it meanwhile."""

    def __init__(self, reply: Reply, request: Message, call: Call) -> None:
        self.reply = reply
        self.request = request
        self.call = call
        self.scope = anyio.CancelScope(shield=True)  # neither its caller's end nor the server's grace cuts it off
        self.response: Message | None = None
        self.error: Exception | None = None
        self.over = anyio.Event()
        self._waiting = 0

    async def until_over(self) -> None:
        """Wait for its end."""
        self._waiting += 1
        self.scope.deadline = math.inf
        try:
            await self.over.wait()
        finally:
            self._waiting -= 1
            if not self._waiting:
                self.scope.deadline = anyio.current_time() + _UNWATCHED


class Repeats:
    """Does each request with an id once.

    It is noted before anything is done, and its answer when there is one. What fails is forgotten, so that it can be
    tried again; but a message that may have been sent is never sent again. What was begun when the daemon died is done
    again: it comes to the same, except for a message.

    Args:
        book: Where requests and answers last.
        clock: Tells their age.
    """

    def __init__(self, book: ReplyBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._doing: dict[tuple[str, str], _Doing] = {}
        self._tasks: TaskGroup

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Be ready for requests inside this context; at its end cut off what no call waits for any more."""
        failure: Exception | None = None
        async with anyio.create_task_group() as self._tasks:
            self._tasks.start_soon(self._clear)
            try:
                yield
            except Exception as error:  # noqa: BLE001 - raised below, where the group does not wrap it
                failure = error
            finally:
                for doing in self._doing.values():
                    doing.scope.cancel()
                self._tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def answer(self, request: Message, work: Work) -> Message:
        """Return the answer to the present call's request; a request without an id is just done.

        Args:
            request: The request.
            work: Does it.

        Raises:
            InvalidInput: The id is no UUID.
            RequestIdReused: The caller has used it for another request.
            StorageError: The request could not be noted, so it was not done.
        """
        request_id = repeatable.request_id_of(request)
        if not request_id:
            return await work()
        call, key = CURRENT.get(), (caller().key, request_id)
        fingerprint = repeatable.fingerprint(call.method, request)
        while True:
            doing = self._doing.get(key)
            if doing is None:
                reply = Reply(*key, call.method, fingerprint, self._clock.wall())
                doing = self._doing[key] = _Doing(reply, request, call)
                self._tasks.start_soon(self._do, key, doing, work)
            elif doing.reply.fingerprint != fingerprint:
                raise RequestIdReused
            await doing.until_over()
            if doing.call.target:
                within_reach(SessionId(doing.call.target))
            if doing.error is not None:
                raise doing.error
            if doing.response is not None:
                return doing.response

    async def _do(self, key: tuple[str, str], doing: _Doing, work: Work) -> None:
        try:
            with doing.scope:
                doing.response = await self._once(doing, work)
        except Exception as error:  # noqa: BLE001 - it is raised for those who wait
            doing.error = error
        finally:
            del self._doing[key]
            doing.over.set()

    async def _once(self, doing: _Doing, work: Work) -> Message:
        reply, request = doing.reply, doing.request
        kept = await self._book.begin(reply, kept_since=reply.began_at - KEPT)
        if kept is None:
            return await self._try(doing, work)
        if kept.fingerprint != reply.fingerprint:
            raise RequestIdReused
        if kept.response is not None:
            response = repeatable.parse_response(reply.method, kept.response, self._clock.wall())
            within_reach(repeatable.target_of(request, response))
            return response
        if repeatable.once_only(request):
            raise MessageUnconfirmed(within_reach(repeatable.target_of(request)))
        gone = repeatable.when_gone(request)
        return await self._try(doing, work if gone is None else partial(_remove_again, work, gone))

    async def _try(self, doing: _Doing, work: Work) -> Message:
        reply, request = doing.reply, doing.request
        repeatable.name_device(request, reply.caller, reply.request_id)
        try:
            response = await work()
        except BaseException as error:
            if not (repeatable.once_only(request) and repeatable.may_be_done(error)):
                with anyio.CancelScope(shield=True):
                    await self._note(self._book.withdraw(reply.caller, reply.request_id))
            raise
        with anyio.CancelScope(shield=True):
            await self._note(self._book.answer(reply.caller, reply.request_id, response.SerializeToString()))
        return response

    async def _note(self, writing: Awaitable[None]) -> None:
        """Write what has become of a request; if that fails it stays begun, which its repetition can live with."""
        try:
            await writing
        except StorageError as error:
            _log.error("repeats.unwritable", error=str(error))

    async def _clear(self) -> None:
        """Forget what is too old to come again, now and every hour."""
        while True:
            await self._note(self._book.forget(self._clock.wall() - KEPT))
            await self._clock.sleep(_CLEARED_EVERY)


async def _remove_again(work: Work, gone: Message) -> Message:
    """Remove what an earlier try may have removed: that there is nothing to remove is what was asked for."""
    try:
        return await work()
    except SessionNotFound:
        return gone
