"""The worker's side of the wire: one daemon at a time on a unix socket."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from wad.domain.errors import (
    EngineError,
    EngineUnavailable,
    InvalidInput,
    PairingCodeRefused,
    SessionBusy,
    StorageError,
)
from wad.wire import PROTOCOL_VERSION
from wad.wire.framing import FrameBuffer, FrameError, encode
from wad.wire.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from wad.worker.engine import Engine
    from wad.worker.engine_log import EngineLog
    from wad.worker.outbox import Outbox
    from wad.worker.sessions import Sessions

_READ_BYTES = 64 << 10
_HANDOVER_SECONDS = 0.5
_DELIVERY_SECONDS = 2.0
_REASONS: tuple[tuple[type[Exception], pb.FailureReason], ...] = (
    (SessionBusy, pb.FAILURE_REASON_SESSION_BUSY),
    (StorageError, pb.FAILURE_REASON_STORAGE),
    (EngineUnavailable, pb.FAILURE_REASON_SHUTTING_DOWN),
    (PairingCodeRefused, pb.FAILURE_REASON_PAIRING_CODE_REFUSED),
    (EngineError, pb.FAILURE_REASON_REFUSED),
    (TimeoutError, pb.FAILURE_REASON_TIMEOUT),
    (InvalidInput, pb.FAILURE_REASON_BAD_REQUEST),
)

_log = logging.getLogger("wad.worker")


class Server:
    """Speaks with the daemon that is attached, and keeps events for the next one while none is.

    Args:
        worker_id: Name of this worker.
        engine: The loaded engine, or None when it cannot be used.
        engine_error: Why it cannot be used.
        sessions: The clients of this worker.
        outbox: Where events are kept.
        engine_log: Lines of the engine's log.
    """

    def __init__(
        self,
        worker_id: str,
        engine: Engine | None,
        engine_error: str,
        sessions: Sessions | None,
        outbox: Outbox,
        *,
        engine_log: EngineLog,
    ) -> None:
        self._worker_id = worker_id
        self._engine = engine
        self._engine_error = engine_error
        self._sessions = sessions
        self._outbox = outbox
        self._engine_log = engine_log
        self.shutdown: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        """Done when the daemon asks for the end; its result is the seconds that the clients have for closing."""
        self._writer: asyncio.StreamWriter | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self.last_attached = asyncio.get_running_loop().time()
        """When a daemon was attached for the last time, on the loop's clock."""

    @property
    def attached(self) -> bool:
        """True while a daemon is attached."""
        return self._writer is not None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one daemon until it hangs up; a second one is turned away while the first is there."""
        if not await self._vacant():
            _log.warning("a second daemon dialled and was turned away")
            writer.close()
            return
        self._writer = writer
        self._idle.clear()
        answers: set[asyncio.Task[None]] = set()
        try:
            await self._converse(reader, writer, answers)
        except (ConnectionError, FrameError) as error:
            _log.warning("the daemon's connection failed: %s", error)
        finally:
            self._writer = None
            self._idle.set()
            self.last_attached = asyncio.get_running_loop().time()
            writer.close()
            # What was begun for a daemon that has gone is carried through; only its answer goes nowhere.
            await asyncio.gather(*answers)

    async def _vacant(self) -> bool:
        # The daemon that dials may well be the successor of one whose end has not been noticed yet.
        with suppress(TimeoutError):
            async with asyncio.timeout(_HANDOVER_SECONDS):
                await self._idle.wait()
        return not self.attached

    async def hang_up(self) -> None:
        """End the conversation with the daemon that is attached, if one is."""
        if self._writer is not None:
            self._writer.close()
            await self._idle.wait()

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: set[asyncio.Task[None]]
    ) -> None:
        writer.write(encode(pb.Frame(hello=self._hello())))
        frames = _frames(reader)
        first = await anext(frames, None)
        if first is None:
            return
        if first.attach.protocol_version != PROTOCOL_VERSION:
            raise FrameError(
                f"The daemon speaks version {first.attach.protocol_version} of the protocol, this worker "
                f"{PROTOCOL_VERSION}."
            )
        pump = asyncio.create_task(self._pump(writer, first.attach.resume_after))
        try:
            async for frame in frames:
                if frame.HasField("ack"):
                    self._outbox.acknowledge(frame.ack.sequence)
                elif frame.HasField("request"):
                    answer = asyncio.create_task(self._answer(frame.request, writer))
                    answers.add(answer)
                    answer.add_done_callback(answers.discard)
        finally:
            pump.cancel()
            await asyncio.wait({pump})

    def _hello(self) -> pb.Hello:
        hello = pb.Hello(
            protocol_version=PROTOCOL_VERSION,
            worker_id=self._worker_id,
            pid=os.getpid(),
            engine_version=self._engine.version if self._engine else "",
            oldest_sequence=self._outbox.oldest,
            newest_sequence=self._outbox.newest,
            sessions=self._sessions.running() if self._sessions else [],
        )
        if self._engine is None:
            hello.engine_failure.reason = pb.FAILURE_REASON_ENGINE_INCOMPATIBLE
            hello.engine_failure.message = self._engine_error
        return hello

    async def _pump(self, writer: asyncio.StreamWriter, resume_after: int) -> None:
        sent = resume_after
        try:
            while True:
                self._outbox.news.clear()
                for event in self._outbox.after(sent):
                    writer.write(encode(pb.Frame(event=event)))
                    sent = event.sequence
                    self._outbox.sent(event)
                    await writer.drain()
                for line in self._engine_log.take():
                    writer.write(encode(pb.Frame(log_line=line)))
                    await writer.drain()
                await self._outbox.news.wait()
        except ConnectionError:
            return  # the reading side sees it too, and ends the conversation

    async def _answer(self, request: pb.Request, writer: asyncio.StreamWriter) -> None:
        response = pb.Response(id=request.id)
        try:
            await self._do(request, response)
        except tuple(kind for kind, _ in _REASONS) as error:
            response.failure.reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
            if isinstance(error, InvalidInput) and error.field == "phone_number":
                response.failure.reason = pb.FAILURE_REASON_INVALID_PHONE_NUMBER
            response.failure.message = str(error) or "There was no answer in time."
        response.leaked_threads = self._engine.leaked_threads if self._engine else 0
        response.unacknowledged_events = len(self._outbox)
        if not writer.is_closing():
            writer.write(encode(pb.Frame(response=response)))

    async def _do(self, request: pb.Request, response: pb.Response) -> None:
        """Do what is asked for, and put into the response what it yields."""
        action = request.WhichOneof("action")
        if action == "ping":
            return
        if action == "shutdown":
            if not self.shutdown.done():
                self.shutdown.set_result(request.shutdown.timeout_seconds)
            return
        if self._sessions is None:
            raise EngineUnavailable("The engine cannot be used in this worker.")
        await _do_to(self._sessions, request, response)
        if action == "stop" and self.attached:
            # Whoever waits for the client's end may end the daemon, or this process, next.
            with suppress(TimeoutError):
                async with asyncio.timeout(_DELIVERY_SECONDS):
                    await self._outbox.delivered(request.stop.session_id)


async def _do_to(sessions: Sessions, request: pb.Request, response: pb.Response) -> None:
    action = request.WhichOneof("action")
    if action == "start":
        await sessions.start(request.start.session_id, request.start.generation)
    elif action == "stop":
        stop = request.stop
        await sessions.stop(stop.session_id, stop.generation, stop.timeout_seconds)
    elif action == "unlink":
        unlink = request.unlink
        await sessions.unlink(unlink.session_id, unlink.generation, unlink.timeout_seconds)
    elif action == "pair_code":
        response.pairing_code = await sessions.pair_code(request.pair_code)
    elif action == "probe":
        probe = request.probe
        await sessions.exchange(probe.session_id, probe.generation).probe(probe.timeout_seconds)
    elif action == "send_text":
        send = request.send_text
        exchange = sessions.exchange(send.session_id, send.generation)
        response.message_id = await exchange.send_text(send.to, send.text, send.timeout_seconds)
    else:
        raise InvalidInput("action", "The request has no action that this worker knows.")


async def _frames(reader: asyncio.StreamReader) -> AsyncIterator[pb.Frame]:
    buffer = FrameBuffer()
    while data := await reader.read(_READ_BYTES):
        for frame in buffer.feed(data):
            yield frame
