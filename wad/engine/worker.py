"""One worker as the host sees it, from its spawning to its end."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import anyio

from wad.domain.errors import EngineError, EngineIncompatible, EngineUnavailable
from wad.engine.connection import NoAnswer, WorkerConnection
from wad.engine.process import WorkerProcess
from wad.wire.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad.domain.ids import SessionId
    from wad.engine.settings import EngineSettings

_ANSWER_MARGIN = 2.0
"""Seconds that the daemon waits longer than the worker, so that the worker's own words about a time-out arrive."""
_HUNG_UP_SECONDS = 5.0
"""A worker that hung up without being asked is dying; this is how long it may take."""


class WorkerState(Enum):
    """Where a worker is in its life."""

    STARTING = "starting"
    READY = "ready"
    RETIRING = "retiring"
    GONE = "gone"


class Worker:
    """A worker process and the sessions that are placed on it.

    Args:
        worker_id: Its name.
        settings: How workers are run.
        started: Told how many seconds it took to become ready.
    """

    def __init__(
        self, worker_id: str, settings: EngineSettings, started: Callable[[float], None] = lambda _: None
    ) -> None:
        self.id = worker_id
        self.state = WorkerState.STARTING
        self.pid = 0
        self.engine_version = ""
        self.leaked_threads = 0
        self.sessions: dict[SessionId, int] = {}
        """Sessions placed here, with the generation of their client."""
        self.unconfirmed: set[SessionId] = set()
        """Those of them whose client the worker has not yet taken."""
        self.up = anyio.Event()
        """Set when the worker is ready, or has failed to become it."""
        self.gone = anyio.Event()
        """Set when the process is no more and everybody has been told."""
        self.failure: EngineError | None = None
        self.status = ""
        self.idle_since = anyio.current_time()
        self._settings = settings
        self._started = started
        self._socket = settings.socket_dir / f"{worker_id}.sock"
        self._condemned = anyio.Event()
        self._connection: WorkerConnection | None = None

    @property
    def load(self) -> int:
        """Sessions that it has, those on their way to it included."""
        return len(self.sessions)

    @property
    def accepts(self) -> bool:
        """True while it may be given new sessions."""
        return self.state in {WorkerState.STARTING, WorkerState.READY} and not self.is_spent

    @property
    def is_spent(self) -> bool:
        """True once it has leaked as much as it may: it gets no new sessions, and ends when it has none."""
        return self.leaked_threads >= self._settings.max_leaked_threads

    def reserve(self, session_id: SessionId, generation: int) -> None:
        """Keep a place for a session."""
        self.sessions[session_id] = generation
        self.unconfirmed.add(session_id)

    def release(self, session_id: SessionId, generation: int) -> None:
        """Give a session's place up, unless a later generation has it."""
        if self.sessions.get(session_id) == generation:
            del self.sessions[session_id]
            self.unconfirmed.discard(session_id)
            self.idle_since = anyio.current_time()

    async def run(self, deliver: Callable[[pb.Event], None]) -> None:
        """Run the process until it ends; when cancelled, end it cleanly, or kill it after ``stop_timeout``.

        ``failure`` says afterwards why it never became ready, ``status`` how it ended.
        """
        process: WorkerProcess | None = None
        patience = _HUNG_UP_SECONDS
        try:
            process = await WorkerProcess.spawn(self.id, self._socket, self._settings)
            self.pid = process.pid
            await self._come_up(process)
            patience = await self._serve(deliver)
        except EngineError as error:
            self.failure = error
            patience = 0.0
        except anyio.get_cancelled_exc_class():
            patience = await self._ask_to_end(process)
            raise
        finally:
            self.state = WorkerState.GONE
            with anyio.CancelScope(shield=True):
                self.status = await process.end(patience) if process else "never started"
                if self._connection is not None:
                    await self._connection.aclose()
                await anyio.Path(self._socket).unlink(missing_ok=True)
            self.up.set()

    async def start(self, session_id: SessionId, generation: int) -> None:
        """Have the worker take a client, for which a place is reserved.

        Raises:
            EngineUnavailable: The worker did not come up, went away, or did not answer.
            EngineIncompatible: The engine's library cannot be used.
            SessionBusy: Another process holds the session's credentials.
        """
        await self.up.wait()
        if self.failure is not None:
            raise type(self.failure)(str(self.failure)) from self.failure
        request = pb.Request(start=pb.Start(session_id=session_id, generation=generation))
        try:
            await self._request(request, self._settings.start_timeout)
        except NoAnswer:
            # The client may run there or not. The end of the process settles it, and frees the credentials.
            self._condemned.set()
            await self.gone.wait()
            raise
        if self.state is WorkerState.GONE:
            raise EngineUnavailable(f"Worker {self.id} went away as it took session {session_id!r}; try again.")
        self.unconfirmed.discard(session_id)

    async def stop(self, session_id: SessionId, generation: int) -> None:
        """Have the worker close a client; one that went with the worker's process is closed.

        Raises:
            EngineUnavailable: The worker did not answer, or the client is not closed yet.
        """
        await self.up.wait()
        seconds = self._settings.stop_timeout
        stop = pb.Stop(session_id=session_id, generation=generation, timeout_seconds=seconds)
        try:
            await self._request(pb.Request(stop=stop), seconds + _ANSWER_MARGIN)
        except EngineUnavailable:
            if self.state is not WorkerState.GONE and self._connection is not None and not self._connection.closed:
                raise
            await self.gone.wait()

    async def unlink(self, session_id: SessionId, generation: int) -> None:
        """Have the worker unlink a client's device.

        Raises:
            EngineError: The client is not linked, WhatsApp refused, or there was no answer.
        """
        seconds = self._settings.unlink_timeout
        unlink = pb.Unlink(session_id=session_id, generation=generation, timeout_seconds=seconds)
        await self._request(pb.Request(unlink=unlink), seconds + _ANSWER_MARGIN)

    async def request_pairing_code(self, session_id: SessionId, generation: int, phone_number: str) -> str:
        """Have the worker ask WhatsApp for a pairing code.

        Raises:
            InvalidInput: The engine does not take the phone number.
            EngineError: The client shows no QR, WhatsApp refused, or there was no answer.
        """
        seconds = self._settings.pairing_code_timeout
        request = pb.PairCode(
            session_id=session_id,
            generation=generation,
            phone_number=phone_number,
            show_push_notification=True,
            timeout_seconds=seconds,
        )
        return (await self._request(pb.Request(pair_code=request), seconds + _ANSWER_MARGIN)).pairing_code

    async def retire(self) -> None:
        """Tell a worker without sessions to end; ``run`` returns when it has."""
        self.state = WorkerState.RETIRING
        if self._connection is not None:
            await self._connection.say_shutdown(self._settings.stop_timeout)

    async def _come_up(self, process: WorkerProcess) -> None:
        connection, began = None, self.idle_since
        with anyio.move_on_after(self._settings.start_timeout):
            await process.configure(self._settings)
            connection = self._connection = await WorkerConnection.dial(self._socket, self.id)
            hello = await connection.hello()
            if hello.HasField("engine_failure"):
                raise EngineIncompatible(hello.engine_failure.message)
            self.engine_version = hello.engine_version
            await connection.attach(0)
            self.state = WorkerState.READY
            self._started(anyio.current_time() - began)
        if self.state is not WorkerState.READY:
            raise EngineUnavailable(f"Worker {self.id} was not ready within {self._settings.start_timeout:g} s.")

    async def _serve(self, deliver: Callable[[pb.Event], None]) -> float:
        """Read until the worker hangs up; return the seconds that its process then has to end."""
        assert self._connection is not None  # noqa: S101 - it came up
        patience = _HUNG_UP_SECONDS
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._read, self._connection, deliver, tasks.cancel_scope)
            self.up.set()
            patience = await self._watch()
            tasks.cancel_scope.cancel()
        return patience

    async def _read(
        self, connection: WorkerConnection, deliver: Callable[[pb.Event], None], scope: anyio.CancelScope
    ) -> None:
        await connection.read(deliver)
        scope.cancel()

    async def _watch(self) -> float:
        """Ask the worker again and again whether it is alive; return when it is not."""
        while True:
            with anyio.move_on_after(self._settings.ping_interval):
                await self._condemned.wait()
                return 0.0
            try:
                await self._request(pb.Request(ping=pb.Ping()), self._settings.ping_timeout)
            except EngineUnavailable:
                return 0.0

    async def _request(self, request: pb.Request, timeout_seconds: float) -> pb.Response:
        if self._connection is None:
            raise EngineUnavailable(f"Worker {self.id} is not up.")
        response = await self._connection.request(request, timeout_seconds)
        self.leaked_threads = response.leaked_threads
        return response

    async def _ask_to_end(self, process: WorkerProcess | None) -> float:
        """Ask the process to end, whatever it is doing, and return the seconds that it has for that."""
        seconds = self._settings.stop_timeout
        with anyio.CancelScope(shield=True), anyio.move_on_after(seconds):
            if self._connection is not None and not self._connection.closed:
                await self._connection.say_shutdown(seconds)
            elif process is not None:
                process.terminate()
        return seconds + _ANSWER_MARGIN
