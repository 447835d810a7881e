"""Checks what watchers are told, response by response: ordered, unique, without a gap, and resumable."""

from __future__ import annotations

from typing import Any, Self

import grpc.aio
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it
from grpc_status import rpc_status

from wad.rpc import tokens
from wad.v1 import event_pb2

Request = event_pb2.WatchEventsRequest
Response = event_pb2.WatchEventsResponse


class WatchBroken(AssertionError):
    """A watch told something that it must not tell, or left something out."""


def wanted(request: Request, event: event_pb2.Event, *, scoped: bool = False) -> bool:
    """Return True when a watch with the filters of *request* is to tell of *event*.

    Args:
        request: What is watched.
        event: What happened.
        scoped: The caller reaches some sessions only, so that no alert is for it.
    """
    kind = event_pb2.EventType.Value(f"EVENT_TYPE_{str(event.WhichOneof('what')).upper()}")
    session = event.session
    is_alert = kind == event_pb2.EVENT_TYPE_ALERT
    if is_alert == event.HasField("session") or (is_alert and scoped):
        return False
    return (
        (not request.session_ids or session.session_id in request.session_ids)
        and (not request.types or kind in request.types)
        and (not request.phone_number or session.device.phone_number == request.phone_number.lstrip("+"))
    )


class WatchValidator:
    """Feeds on the responses of one watch, and of those that resume it, and raises at the first break.

    Args:
        request: What is watched, and where the first watch begins.
        scoped: The caller reaches some sessions only, which is one more filter.

    Attributes:
        token: What the watch resumes from; empty before the first ``synced``.
        epoch: The daemon's log that the token belongs to.
        position: The place in that log that has been reached.
        events: The events since the latest ``synced``, or since the beginning of a watch from an older token.
        synced_at: The place of that ``synced``.
        resets: How many times a new snapshot took the place of a gap.
    """

    def __init__(self, request: Request | None = None, *, scoped: bool = False) -> None:
        self._request = request or Request()
        self._scoped = scoped
        self._filtered = scoped or bool(self._request.session_ids or self._request.types or self._request.phone_number)
        self.events: list[event_pb2.Event] = []
        self.resets, self.synced_at = 0, 0
        self.token, self.epoch, self.position = self._request.after_token, "", -1
        self._mark = ""
        self._shown: set[str] = set()
        self._phase = "begin"

    def resume(self) -> Request:
        """Return the request that goes on where the watch was cut, and expect its responses from now on."""
        request = Request()
        request.CopyFrom(self._request)
        if self.token:
            request.after_token = self.token
        self._phase = "begin"
        return request

    def take(self, response: Response) -> None:
        """Take the next response.

        Raises:
            WatchBroken: It must not come here.
        """
        item = response.WhichOneof("item")
        if self.token and not self.epoch:
            self._place(self.token)
        if item not in self._expected():
            self._break(f"{item} came where {' or '.join(sorted(self._expected()))} was due")
        if bool(response.token) != (item not in {"snapshot", "reset"}):
            self._break(f"{item} came {'with' if response.token else 'without'} a token")
        match item:
            case "reset":
                self.resets += 1
                self.token, self.events, self._phase = "", [], "snapshot"
                self._shown.clear()
            case "snapshot":
                self._snapshot(response)
            case "synced":
                self._synced(response)
            case "event":
                self._event(response)
            case _:
                self._move(response.token)

    def fail(self, resume_token: str) -> None:
        """Take the watch's failure, which told to go on from *resume_token*.

        Raises:
            WatchBroken: The watch had failed already, or that is another place than the last response's.
        """
        if self._phase == "over":
            self._break("a watch failed twice")
        if resume_token != self.token and (resume_token or self._phase != "begin"):
            self._break("a failure named another token than the last response")
        self._phase = "over"

    def _expected(self) -> set[str]:
        resumes = self._request.after_token or self.token
        match self._phase:
            case "begin" if resumes:
                return {"reset", "event", "bookmark"}
            case "begin" if self._request.HasField("from_now"):
                return {"synced"}
            case "begin" | "snapshot":
                return {"snapshot", "synced"}
            case "live":
                return {"event", "bookmark"}
            case _:
                return {"nothing"}

    def _snapshot(self, response: Response) -> None:
        if self._phase == "begin":
            self._shown.clear()
        self._phase = "snapshot"
        session, request = response.snapshot, self._request
        if session.session_id in self._shown:
            self._break(f"{session.session_id} is twice in one snapshot")
        if request.session_ids and session.session_id not in request.session_ids:
            self._break(f"{session.session_id} is in the snapshot, and is not watched")
        self._shown.add(session.session_id)

    def _synced(self, response: Response) -> None:
        epoch, position = self.epoch, self.position
        self._place(response.token)
        if self.epoch == epoch and self.position < position:
            self._break(f"a new snapshot stands for {self.position}, after {position}")
        self.events, self.synced_at, self._phase = [], self.position, "live"

    def _event(self, response: Response) -> None:
        event = response.event
        self._move(response.token, told=1)
        if event.sequence != self.position:
            self._break(f"event {event.sequence} came with a token for {self.position}")
        if not wanted(self._request, event, scoped=self._scoped):
            self._break(f"event {event.sequence} was not asked for")
        self.events.append(event)

    def _move(self, token: str, *, told: int = 0) -> None:
        """Go on to a token's place, for which so many events were told."""
        epoch, position = self.epoch, self.position
        self._place(token)
        self._phase = "live"
        if self.epoch != epoch:
            self._break("the log has changed without a reset")
        if self.position < position + told:
            self._break(f"event {self.position} came after {position}")
        if self.position > position + told and not self._filtered:
            self._break(f"{self.position} came after {position}, and nothing in between")

    def _place(self, token: str) -> None:
        self.token = token
        self.epoch, position, mark = tokens.decode(token, field="token", count=3)
        self.position = int(position)
        if self._mark not in ("", mark):
            self._break("the tokens of one watch are for different filters")
        self._mark = mark

    def _break(self, what: str) -> None:
        raise WatchBroken(f"{what}; the watch of {self._request} was at {self.position} ({self._phase})")


class ValidatedWatch:
    """A watch over a socket whose every response is checked.

    Args:
        stub: The service.
        request: What to watch; None for all.
        validator: Goes on with the watch that this one resumes; None for a new one.
        call_options: Options of the call, such as its timeout.
    """

    def __init__(
        self,
        stub: Any,
        request: Request | None = None,
        validator: WatchValidator | None = None,
        **call_options: Any,
    ) -> None:
        self.validator = validator or WatchValidator(request)
        resumed = self.validator.resume() if validator is not None else request or Request()
        self._call: grpc.aio.UnaryStreamCall[Request, Response] = stub.WatchEvents(resumed, **call_options)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Response:
        return await self.read()

    async def read(self) -> Response:
        """Return the next response; there always is one, or an error.

        Raises:
            WatchBroken: It must not come here.
            grpc.aio.AioRpcError: The watch has failed.
        """
        try:
            response = await self._call.read()
        except grpc.aio.AioRpcError as error:
            self.validator.fail(resume_token(error))
            raise
        if not isinstance(response, Response):
            raise WatchBroken("a watch has ended with OK")
        self.validator.take(response)
        return response

    async def failure(self) -> grpc.aio.AioRpcError:
        """Read on until the watch fails, and return how."""
        while True:
            try:
                await self.read()
            except grpc.aio.AioRpcError as error:
                return error

    def cancel(self) -> None:
        """End the watch."""
        self._call.cancel()


def resume_token(error: grpc.aio.AioRpcError) -> str:
    """Return the token that a failed watch goes on from; empty when it names none."""
    status = rpc_status.from_call(error)  # pyright: ignore[reportArgumentType] - the stubs know only synchronous errors
    for found in () if status is None else status.details:
        info = error_details_pb2.ErrorInfo()
        if found.Unpack(info):
            return info.metadata.get("resume_token", "")
    return ""
