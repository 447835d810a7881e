"""One worker as the host sees it, from its spawning to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from wad.domain.errors import EngineError, EngineIncompatible, EngineUnavailable, WorkerOutdated
from wad.domain.workers import WorkerBacklog, WorkerState, WorkerView
from wad.engine.budget import usage_of
from wad.engine.connection import NoAnswer, WorkerConnection
from wad.engine.observer import NoObserver, Restart
from wad.engine.process import ENDED_IN_ORDER, LEFT, WorkerProcess
from wad.engine.telling import tell_start
from wad.engine.translation import left_client
from wad.wire.v1 import worker_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from wad.domain.adoption import LeftClient
    from wad.domain.ids import SessionId
    from wad.domain.workers import WorkerUsage
    from wad.engine.observer import EngineObserver
    from wad.engine.settings import EngineSettings

    Spawn = Callable[[str, Path, EngineSettings], Awaitable[WorkerProcess]]

_ANSWER_MARGIN = 2.0
"""Seconds that the daemon waits longer than the worker, so that the worker's own words about a time-out arrive."""
_TELLS_LATEST_FACTS = 2
"""Version of the protocol from which on a worker's Hello tells the latest fact about each client."""
_PROBES_AND_SENDS = 2
"""Version of the protocol from which on a worker can probe a client and send through it."""
_HUNG_UP_SECONDS = 5.0
"""A worker that hung up without being asked is dying; this is how long it may take."""


class Worker:
    """A worker process and the sessions that are placed on it.

    Args:
        worker_id: Its name.
        settings: How workers are run.
        observer: Told how long it took to become ready.
        spawn: Starts the process.
    """

    def __init__(
        self, worker_id: str, settings: EngineSettings, observer: EngineObserver, spawn: Spawn = WorkerProcess.spawn
    ) -> None:
        self.id = worker_id
        self.state = WorkerState.STARTING
        self.pid = 0
        self.engine_version = ""
        self.protocol_version = 0
        self.leaked_threads = 0
        self.unacknowledged = 0
        """Events that it had not seen acknowledged when it answered last."""
        self.closed = ""
        """Why it gets no new sessions any more; empty while it does."""
        self.sessions: dict[SessionId, int] = {}
        """Sessions placed here, with the generation of their client."""
        self.replaced_for: Restart | None = None
        """Why its sessions are to go on in another one; None when it is only to get no new ones."""
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
        self._observer = observer
        self._spawn = spawn
        self._socket = settings.socket_dir / f"{worker_id}.sock"
        self._condemned = anyio.Event()
        self._connection: WorkerConnection | None = None
        self._process: WorkerProcess | None = None
        self._mute = self._retired = False
        self._resumed = anyio.Event()
        self._told_up_to = 0
        self.left: tuple[LeftClient, ...] = ()
        """Clients that it runs, or that have ended, since an earlier daemon's days; empty for a worker of our own."""

    @classmethod
    def adopted(
        cls, settings: EngineSettings, process: WorkerProcess, connection: WorkerConnection, hello: pb.Hello
    ) -> Worker:
        """Return a worker that an earlier daemon has left; its events come after :meth:`resume`."""
        worker = cls(hello.worker_id, settings, NoObserver())
        worker.pid = process.pid
        worker.engine_version, worker.protocol_version = hello.engine_version, hello.protocol_version
        worker.left = tuple(map(left_client, hello.sessions))
        if hello.protocol_version >= _TELLS_LATEST_FACTS:
            worker._told_up_to = hello.newest_sequence
        worker.sessions = {client.session_id: client.generation for client in worker.left if not client.ended}
        worker._process, worker._connection = process, connection
        return worker

    def resume(self) -> None:
        """Let the events of an adopted worker come."""
        self._resumed.set()

    def told_already(self, event: pb.Event) -> bool:
        """Return True for an event that its Hello has told; the messages that it counts are told by the event alone."""
        return event.sequence <= self._told_up_to and not event.HasField("message_received")

    def leave_events(self) -> None:
        """Leave the events that are not taken in yet to the next daemon; requests still work."""
        if self._connection is not None:
            self._connection.leave_events()

    @property
    def load(self) -> int:
        """Sessions that it has, those on their way to it included."""
        return len(self.sessions)

    @property
    def accepts(self) -> bool:
        """True while it may be given new sessions."""
        return self.state in {WorkerState.STARTING, WorkerState.READY} and not self.closed

    def usage(self) -> WorkerUsage:
        """Return what its process uses now."""
        return usage_of(self.pid, self.leaked_threads)

    def view(self) -> WorkerView:
        """Return the worker as it is now."""
        sessions, engine, protocol = tuple(self.sessions), self.engine_version, self.protocol_version
        return WorkerView(self.id, self.pid, self.state, sessions, self.usage(), self.closed, engine, protocol)

    def backlog(self) -> WorkerBacklog:
        """Return what waits between the daemon and the worker."""
        requests = () if self._connection is None else self._connection.unanswered
        return WorkerBacklog(self.id, requests, self.unacknowledged)

    def close(self, why: str, replaced_for: Restart | None = None) -> None:
        """Give the worker no new sessions any more; *replaced_for* says why its sessions are to move, if they are."""
        self.closed = self.closed or why
        self.replaced_for = self.replaced_for or replaced_for

    def reopen(self, why: str) -> None:
        """Give the worker new sessions again, if *why* was all that spoke against it."""
        if self.closed == why and self.replaced_for is None:
            self.closed = ""

    @property
    def restart(self) -> Restart | None:
        """Why another has to take its place, now that it is gone; None when it was only needed no more."""
        if isinstance(self.failure, EngineIncompatible):
            return None
        if self._mute:
            return Restart.UNRESPONSIVE
        if not self._retired and self.status != ENDED_IN_ORDER:
            return Restart.CRASHED
        return self.replaced_for

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

    async def run(self, deliver: Callable[[pb.Event], anyio.Event | None], *, leave: Callable[[], bool]) -> None:
        """Run the process until it ends; when cancelled, end it cleanly, or kill it after ``stop_timeout``.

        ``failure`` says afterwards why it never became ready, ``status`` how it ended.

        Args:
            deliver: Takes each event.
            leave: Says, when cancelled, whether a process that has clients is left running for the next daemon.
        """
        patience, stays = _HUNG_UP_SECONDS, False
        try:
            if self._process is None:
                self._process = await self._spawn(self.id, self._socket, self._settings)
                self.pid = self._process.pid
                await self._come_up(self._process)
            else:
                await self._take_over()
            patience = await self._serve(deliver)
        except EngineError as error:
            self.failure = error
            patience = 0.0
        except anyio.get_cancelled_exc_class():
            stays = leave() and self.state is WorkerState.READY and bool(self.sessions)
            if not stays:
                patience = await self._ask_to_end()
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await self._close(patience, stays=stays)
            self.up.set()

    async def _close(self, patience: float, *, stays: bool) -> None:
        self.state = WorkerState.GONE
        if self._process is None:
            self.status = "never started"
        elif stays:
            self.status = LEFT
            self._process.let_go()
        else:
            self.status = await self._process.end(patience)
            await anyio.Path(self._socket).unlink(missing_ok=True)
        if self._connection is not None:
            await self._connection.aclose()

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
            self._mute = self.state is not WorkerState.GONE and not self._hung_up
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
            if self.state is not WorkerState.GONE and not self._hung_up:
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

    async def probe(self, session_id: SessionId, generation: int) -> None:
        """Have the worker see whether WhatsApp answers a client.

        Raises:
            WorkerOutdated: The worker is of a release that cannot.
            EngineUnavailable: The worker did not say.
            EngineError: WhatsApp does not answer, or the client is not connected.
        """
        self._expect_probes_and_messages()
        seconds = self._settings.probe_timeout
        probe = pb.Probe(session_id=session_id, generation=generation, timeout_seconds=seconds)
        try:
            await self._request(pb.Request(probe=probe), seconds + _ANSWER_MARGIN)
        except NoAnswer:
            raise  # nobody asked WhatsApp
        except EngineUnavailable as error:
            raise EngineError(str(error)) from error

    async def send_text(self, session_id: SessionId, generation: int, to: str, text: str) -> str:
        """Have the worker send a text to a jid, and return the message's id.

        Raises:
            WorkerOutdated: The worker is of a release that cannot.
            EngineError: The client is not connected, WhatsApp refused, or there was no answer.
        """
        self._expect_probes_and_messages()
        seconds = self._settings.send_timeout
        send = pb.SendText(session_id=session_id, generation=generation, to=to, text=text, timeout_seconds=seconds)
        return (await self._request(pb.Request(send_text=send), seconds + _ANSWER_MARGIN)).message_id

    def _expect_probes_and_messages(self) -> None:
        if 0 < self.protocol_version < _PROBES_AND_SENDS:
            raise WorkerOutdated(self.id)

    async def retire(self) -> None:
        """Tell a worker without sessions to end; ``run`` returns when it has."""
        self.state, self._retired = WorkerState.RETIRING, True
        if self._connection is not None:
            await self._connection.say_shutdown(self._settings.stop_timeout)

    async def _come_up(self, process: WorkerProcess) -> None:
        connection, began = None, self.idle_since
        with anyio.move_on_after(self._settings.start_timeout):
            await process.ready(self._settings.log_file(self.id))
            connection = self._connection = await WorkerConnection.dial(self._socket, self.id)
            hello = await connection.hello()
            if hello.HasField("engine_failure"):
                raise EngineIncompatible(hello.engine_failure.message)
            self.engine_version, self.protocol_version = hello.engine_version, hello.protocol_version
            await connection.attach(0)
            self.state = WorkerState.READY
            self._observer.worker_started(seconds := anyio.current_time() - began)
            tell_start(self.id, self.pid, self.engine_version, seconds)
        if self.state is not WorkerState.READY:
            self._mute = True
            raise EngineUnavailable(f"Worker {self.id} was not ready within {self._settings.start_timeout:g} s.")

    async def _take_over(self) -> None:
        assert self._connection is not None  # noqa: S101 - it said Hello
        await self._resumed.wait()
        await self._connection.attach(0)
        self.state = WorkerState.READY

    async def _serve(self, deliver: Callable[[pb.Event], anyio.Event | None]) -> float:
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
        self, connection: WorkerConnection, deliver: Callable[[pb.Event], anyio.Event | None], scope: anyio.CancelScope
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
                self._mute = not self._hung_up
                return 0.0

    async def _request(self, request: pb.Request, timeout_seconds: float) -> pb.Response:
        if self._connection is None:
            raise EngineUnavailable(f"Worker {self.id} is not up.")
        response = await self._connection.request(request, timeout_seconds)
        self.leaked_threads, self.unacknowledged = response.leaked_threads, response.unacknowledged_events
        if self.leaked_threads >= self._settings.max_leaked_threads:
            # What it has leaked grows no more with that, so its sessions may stay until they end.
            self.close(f"{self.leaked_threads} leaked threads", Restart.OVER_BUDGET)
        return response

    @property
    def _hung_up(self) -> bool:
        return self._connection is None or self._connection.closed

    async def _ask_to_end(self) -> float:
        """Ask the process to end, whatever it is doing, and return the seconds that it has for that."""
        seconds = self._settings.stop_timeout
        with anyio.CancelScope(shield=True), anyio.move_on_after(seconds):
            if self._connection is not None and not self._connection.closed:
                await self._connection.say_shutdown(seconds)
            elif self._process is not None:
                self._process.terminate()
        return seconds + _ANSWER_MARGIN
