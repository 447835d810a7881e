"""What happens around every call: its caller is let in, its request checked, its errors mapped, its end told."""

from __future__ import annotations

import asyncio
import re
import secrets
from contextlib import aclosing, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import anyio
import grpc.aio
import structlog
from google.protobuf.message import DecodeError

from wad.domain.audit import AuditRecord
from wad.domain.errors import Draining, InvalidInput, WadError
from wad.rpc.access.doorkeeper import permit, required
from wad.rpc.call import CURRENT, Call, about, detailed
from wad.rpc.errors import describe
from wad.rpc.streams import DRAIN
from wad.rpc.strictness import refuse_unknown
from wad.rpc.targets import detail_of, target_of
from wad.rpc.telling import End, Teller, span_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
    from contextlib import AbstractContextManager

    from google.protobuf.message import Message

    from wad.domain.access import Caller
    from wad.ports import Clock
    from wad.rpc.access.doorkeeper import Doorkeeper
    from wad.rpc.access.permissions import Permission
    from wad.rpc.ports import Context
    from wad.rpc.repeats import Repeats
    from wad.rpc.streams import OpenStreams

REQUEST_ID_KEY: Final = "x-request-id"
"""Metadata key of a call's id: taken from the caller, else made up, and told back in the initial metadata."""

NAMING_LIMIT: Final = 1.0
"""Seconds that a call which is refused anyway has to say what it was about; usually it has done so already."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_OWN_SERVICES = "/wad."


class CallObserver(Protocol):
    """Who is told of every call's end."""

    def __call__(self, service: str, method: str, code: str, seconds: float, /) -> None:
        """Take one call: full name of its service, its method, its status (``OK``), how long it took."""
        ...


@dataclass(frozen=True, slots=True)
class CallWatchers:
    """Who is told of calls.

    Attributes:
        begun: Told of every call's beginning: full name of its service, its method.
        ended: Told of every call's end.
        audit: Told of the end of every call of a caller who is known that changed something, or was to.
    """

    begun: Callable[[str, str], None] = lambda _service, _method: None
    ended: CallObserver = lambda _service, _method, _code, _seconds: None
    audit: Callable[[AuditRecord], None] = lambda _record: None


class CallInterceptor(grpc.aio.ServerInterceptor):  # pyright: ignore[reportMissingTypeArgument] - generic only in the stubs
    """Wraps every call.

    Args:
        clock: Measures how long calls take.
        doorkeeper: Recognises callers.
        streams: Where open streams are kept, so that they can be ended.
        repeats: Answers requests that come again.
        watchers: Who is told of calls.
    """

    def __init__(
        self, clock: Clock, doorkeeper: Doorkeeper, streams: OpenStreams, repeats: Repeats, watchers: CallWatchers
    ) -> None:
        self._clock = clock
        self._doorkeeper = doorkeeper
        self._streams = streams
        self._repeats = repeats
        self._watchers = watchers
        self._teller = Teller(clock)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Return the method's handler, wrapped."""
        handler = await continuation(handler_call_details)
        # grpc answers an unknown method by itself, and then there is no handler
        if not handler or handler.request_deserializer is None:
            return handler
        path = handler_call_details.method

        async def call(raw: AsyncIterator[bytes], context: Context) -> None:
            async with aclosing(_parsed(handler.request_deserializer, raw)) as requests:
                await self._around(path, handler, requests, context)

        # Whatever the method is: only of a stream of requests gRPC reads nothing before it is asked to, and who has not
        # been recognised is to take no memory.
        kind = "stream_stream"
        return getattr(grpc, f"{kind}_rpc_method_handler")(call, None, handler.response_serializer)

    async def _answer(self, handler: Any, path: str, requests: AsyncGenerator[Message], context: Context) -> None:
        """Have the method's own handler answer, by one response or by many."""
        if handler.response_streaming:
            argument = requests if handler.request_streaming else await _only(requests)
            own = handler.stream_stream if handler.request_streaming else handler.unary_stream
            await self._stream(path, own(argument, context), context)
            return
        with self._streams.enter(CURRENT.get(), lasts=False):
            if handler.request_streaming:
                response = await handler.stream_unary(requests, context)
            else:
                request = await _only(requests)
                response = await self._repeats.answer(request, lambda: handler.unary_unary(request, context))
        await _sent(context.write(response))

    async def _stream(self, path: str, responses: Any, context: Context) -> None:
        """Send the responses one by one; writing them here keeps the whole stream in one task and one scope."""
        if asyncio.iscoroutine(responses):  # the health service writes by itself
            await responses
            return
        ends_with_daemon = path.startswith(_OWN_SERVICES)
        scope: AbstractContextManager[None] = self._streams.enter(CURRENT.get()) if ends_with_daemon else nullcontext()
        generator: AsyncGenerator[Message] = responses
        with scope:
            async with aclosing(generator):
                async for response in generator:
                    await _sent(context.write(response))

    async def _around(self, path: str, handler: Any, requests: AsyncGenerator[Message], context: Context) -> None:
        call = Call(_call_id(context), path.removeprefix("/"))
        CURRENT.set(call)  # each call has a task of its own, so nobody else sees it
        permission = required(call.method)
        began = self._clock.monotonic()
        self._watchers.begun(*_names(path))
        end = End()
        with (
            structlog.contextvars.bound_contextvars(request_id=call.call_id),
            span_of(call, context) as span,
            self._streams.known(call),
        ):
            try:
                await _sent(context.send_initial_metadata(((REQUEST_ID_KEY, call.call_id),)))
                if permission is not None:
                    await self._let_in(call, permission, requests, context)
                with self._streams.counted() if _changes(call, permission) else nullcontext():
                    await self._answer(handler, path, requests, context)
            except grpc.aio.AbortError:
                end.code = _status(context)
                raise
            except asyncio.CancelledError:
                end.code = _cancellation(context)
                raise
            except Exception as error:  # noqa: BLE001 - the one place where any error becomes a status
                failure = describe(error, call.resume_token)
                end.code, end.failure, end.error = failure.code, failure, error
                await context.abort(failure.code, failure.message, failure.trailing_metadata)
            finally:
                seconds = self._clock.monotonic() - began
                if permission is not None and permission.changes and call.caller is not None:  # strangers fill no log
                    self._watchers.audit(_audited(call, call.caller, end, self._clock.wall(), seconds))
                looks = permission is None or not permission.changes
                quiet = looks and not handler.response_streaming
                self._teller.tell(call, end, seconds=seconds, peer=str(context.peer()), quiet=quiet, span=span)
                self._watchers.ended(*_names(path), end.code.name, seconds)

    async def _let_in(
        self, call: Call, permission: Permission, requests: AsyncGenerator[Message], context: Context
    ) -> None:
        """Recognise the caller and see whether it may do this, and do it now."""
        call.recognise = partial(self._doorkeeper.recognise, context)
        call.caller = call.recognise()
        try:
            permit(call.caller, permission)
            if self._streams.draining and _changes(call, permission):
                raise Draining
        except WadError:
            if permission.changes:
                await _name_target(requests)
            raise


def _changes(call: Call, permission: Permission | None) -> bool:
    """Return True for a call that a drain waits for, and that is refused once it has begun."""
    return permission is not None and permission.changes and call.method != DRAIN


async def _name_target(requests: AsyncGenerator[Message]) -> None:
    """Read a request that is refused, for the audit log is to say what it was about."""
    with anyio.move_on_after(NAMING_LIMIT), suppress(InvalidInput, StopAsyncIteration):
        await anext(requests)


def _audited(call: Call, who: Caller, end: End, at: float, seconds: float) -> AuditRecord:
    return AuditRecord(
        at=at,
        call_id=call.call_id,
        method=call.method,
        status=end.code.name,
        seconds=seconds,
        caller=who.name,
        mechanism=who.mechanism,
        token_id=who.token_id,
        target=call.target,
        reason=call.reason if end.failure is None else end.failure.reason,
        detail=call.detail,
    )


def _names(path: str) -> tuple[str, str]:
    """Return service and method of ``/service/method``."""
    service, _, method = path.removeprefix("/").partition("/")
    return service, method


def _parse(parse: Callable[[bytes], Message], raw: bytes) -> Message:
    try:
        request = parse(raw)
    except DecodeError as error:
        raise InvalidInput("request", "The request is not a message of this method; it is garbled.") from error
    refuse_unknown(request)
    return request


async def _sent(sending: Awaitable[None]) -> None:
    """Wait until gRPC has taken what is sent; when it cannot, the caller has gone, as if the call were cancelled."""
    try:
        await sending
    except grpc.aio.InternalError as error:
        raise asyncio.CancelledError from error


async def _only(requests: AsyncGenerator[Message]) -> Message:
    """Return the one request of a method that takes one."""
    try:
        return await anext(requests)
    except StopAsyncIteration:
        raise InvalidInput("request", "The call came without a request.") from None


async def _parsed(parse: Callable[[bytes], Message], raw: AsyncIterator[bytes]) -> AsyncGenerator[Message]:
    first = True
    async for part in raw:
        request = _parse(parse, part)
        if first:  # before anything else can refuse it
            about(target_of(request))
            detailed(detail_of(request))
        first = False
        yield request


def _call_id(context: Context) -> str:
    metadata: Any = context.invocation_metadata()
    pairs: dict[str, str | bytes] = dict(metadata or ())
    given = pairs.get(REQUEST_ID_KEY)
    if isinstance(given, str) and _REQUEST_ID.fullmatch(given):
        return given
    return secrets.token_hex(8)


def _status(context: Context) -> grpc.StatusCode:
    """Return the status that a service has set by itself; grpcio keeps it as a number."""
    number: Any = context.code()
    found = (code for code in grpc.StatusCode if number in (code, code.value[0]))
    return next(found, grpc.StatusCode.UNKNOWN)


def _cancellation(context: Context) -> grpc.StatusCode:
    """Return why the call was cancelled: its time was up, or its caller went away."""
    remaining: Any = context.time_remaining()  # None without a deadline, whatever the stubs say
    timed_out = remaining is not None and remaining <= 0
    return grpc.StatusCode.DEADLINE_EXCEEDED if timed_out else grpc.StatusCode.CANCELLED
