"""The engine as worker processes: one crash takes only the sessions of one worker with it."""

from __future__ import annotations

import itertools
import os
from contextlib import aclosing
from contextvars import Context
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from wad.domain.errors import EngineError, EngineUnavailable, PairingCodeRefused, SessionBusy, WorkerNotFound
from wad.domain.events import ClientEnded, WorkerExited
from wad.domain.ids import SessionId
from wad.domain.recipients import parse_recipient, parse_text
from wad.domain.workers import WorkerState
from wad.engine.adoption import adopt_workers
from wad.engine.budget import proportional_bytes
from wad.engine.observer import NoObserver
from wad.engine.placement import choose
from wad.engine.replacement import Replacements
from wad.engine.telling import tell_exit
from wad.engine.translation import event_from_wire
from wad.engine.upkeep import keep_up
from wad.engine.worker import Worker
from wad.engine.zygote import Zygote

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from anyio.abc import TaskGroup, TaskStatus

    from wad.domain.adoption import LeftClient
    from wad.domain.workers import Move, Replaced, WorkerBacklog, WorkerView
    from wad.engine.observer import EngineObserver
    from wad.engine.settings import EngineSettings
    from wad.ports import EngineSink
    from wad.wire.v1 import worker_pb2 as pb

_SOCKET_PATH_BYTES = 107  # sockaddr_un.sun_path on Linux, less its final zero


class WorkerEngine:
    """Implements ``wad.ports.Engine``, ``PairingCodeEngine``, ``ProbingEngine`` and ``MessagingEngine`` with processes.

    Args:
        settings: How workers are run.
        observer: Told what becomes of the workers.
    """

    def __init__(self, settings: EngineSettings, observer: EngineObserver | None = None) -> None:
        self._settings = settings
        self._observer = observer or NoObserver()
        self._workers: dict[str, Worker] = {}
        self._tasks: TaskGroup | None = None
        self._sink: EngineSink | None = None
        self._unclosed: dict[SessionId, int] = {}
        self._replacements = Replacements(settings)
        self._dismissed = False
        self.zygote = Zygote(settings)
        """What workers are forked from."""

    def workers(self) -> tuple[WorkerView, ...]:
        """Return every worker that has not ended."""
        return tuple(worker.view() for worker in self._workers.values())

    def backlogs(self) -> tuple[WorkerBacklog, ...]:
        """Return what waits between the daemon and each of them."""
        return tuple(worker.backlog() for worker in self._workers.values())

    async def inspect_workers(self) -> tuple[WorkerView, ...]:
        """Return the same, with each one's share of the memory that they have in common."""
        views = self.workers()
        shares = await anyio.to_thread.run_sync(lambda: [proportional_bytes(view.pid) for view in views])
        return tuple(
            replace(view, usage=replace(view.usage, proportional_bytes=share))
            for view, share in zip(views, shares, strict=True)
        )

    async def run(self, sink: EngineSink, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled; then workers that have clients are left to the next daemon, and the others end.

        After :meth:`dismiss` every worker closes its clients and ends, or is killed after ``stop_timeout``.
        Workers that an earlier daemon has left are taken over; their events come after :meth:`resume`. If there are
        none, a first worker is started at once: it proves that the engine can be used, and has the first session
        waiting for nothing.

        Raises:
            EngineIncompatible: The engine's library cannot be used on this machine.
            EngineUnavailable: Not even one worker can be started, or its directories cannot be made.
        """
        await self._prepare_directories()
        failure: EngineError | None = None
        async with aclosing(self.zygote), anyio.create_task_group() as tasks:
            self._tasks, self._sink = tasks, sink
            try:
                for worker in await adopt_workers(self._settings, self._observer):
                    self._take(worker)
                if not self._workers:
                    first = self._spawn()
                    await first.up.wait()
                    failure = first.failure
                if failure is None:
                    task_status.started()
                    await keep_up(self._workers, lambda: self._settings, self._replacements, sink)
            finally:
                self._tasks = None
                tasks.cancel_scope.cancel()
        if failure is not None:
            raise failure

    def set_budgets(self, *, max_resident_bytes: int, max_worker_age: float) -> None:
        """Let workers use so much memory and grow so old from the next look on; 0 is no budget.

        Args:
            max_resident_bytes: Memory of one worker.
            max_worker_age: Seconds.
        """
        self._settings = replace(self._settings, max_resident_bytes=max_resident_bytes, max_worker_age=max_worker_age)

    def left_clients(self) -> tuple[LeftClient, ...]:
        """Return the clients that an earlier daemon has left."""
        return tuple(client for worker in self._workers.values() for client in worker.left)

    async def resume(self) -> None:
        """Let the events of adopted workers come; returns once they can be asked for things."""
        for worker in tuple(self._workers.values()):
            worker.resume()
            await worker.up.wait()

    def leave_events(self) -> None:
        """Leave what the workers report from now on to the next daemon; requests still work."""
        for worker in self._workers.values():
            worker.leave_events()

    def dismiss(self) -> None:
        """End the workers with their clients when ``run`` is cancelled, for whoever ends them wants it so."""
        self._dismissed = True

    async def start(self, session_id: SessionId, generation: int, *, alone: bool = False) -> None:
        """Start a client on a worker with a free place, or on a new one; *alone* on one that takes no other.

        Raises:
            EngineUnavailable: The engine is not running, no worker could be started, or it went away.
            EngineIncompatible: The engine's library cannot be used on this machine.
            SessionBusy: Another process, or an earlier client that is not closed yet, holds the session's credentials.
        """
        if (holder := self._worker_of(session_id)) is not None:
            await self._await_close(holder, session_id)
        free = None if alone else choose(self._workers.values(), self._settings.sessions_per_worker)
        worker = free or self._spawn()
        if alone:
            worker.close("it runs a session that is suspected of ending workers")
        worker.reserve(session_id, generation)
        try:
            await worker.up.wait()
            # Bounded by start_timeout. Were it cancelled half-way, nobody could say whether the client runs.
            with anyio.CancelScope(shield=True):
                await worker.start(session_id, generation)
        except BaseException:
            worker.release(session_id, generation)
            raise

    async def _await_close(self, holder: Worker, session_id: SessionId) -> None:
        """Return when an earlier client has closed that had not when it was stopped; nobody else tells of that.

        Raises:
            EngineUnavailable: It still has not.
            SessionBusy: It was never stopped.
        """
        generation = holder.sessions[session_id]
        if self._unclosed.get(session_id) != generation:
            raise SessionBusy(
                f"Session {session_id!r} still has a client of generation {generation} in worker {holder.id}; stop it "
                "first."
            )
        try:
            await self.stop(session_id, generation)
        except EngineUnavailable as error:
            raise EngineUnavailable(
                f"The engine still waits for an answer to the latest connection of session {session_id!r}, and can "
                "begin no other before that ends. Is WhatsApp, or the proxy, reachable?"
            ) from error

    async def stop(self, session_id: SessionId, generation: int) -> None:
        """End the client; returns once it is closed and its credentials are free. An absent client is no error.

        Raises:
            EngineUnavailable: The worker did not answer, or the client is not closed yet and still closing.
        """
        worker = self._worker_of(session_id)
        if worker is None or worker.sessions[session_id] != generation:
            return
        # Bounded by stop_timeout. Were it cancelled half-way, the place would be taken for ever.
        self._unclosed[session_id] = generation
        self._replacements.left(session_id)
        with anyio.CancelScope(shield=True):
            await worker.stop(session_id, generation)
        self._unclosed.pop(session_id, None)
        worker.release(session_id, generation)
        if worker.closed and not worker.sessions and self._tasks is not None:
            self._tasks.start_soon(worker.retire)

    def worker_of(self, session_id: SessionId) -> str:
        """Return the name of the worker that runs the session's client; empty when none does."""
        worker = self._worker_of(session_id)
        return "" if worker is None else worker.id

    async def unlink(self, session_id: SessionId, generation: int) -> None:
        """Tell WhatsApp that this device is linked no more.

        Raises:
            EngineError: There is no such client, it is not connected, or WhatsApp refused.
        """
        await self._running(session_id, generation).unlink(session_id, generation)

    async def probe(self, session_id: SessionId, generation: int) -> None:
        """Return when WhatsApp has answered this client, within ``probe_timeout``.

        Raises:
            EngineError: It did not, there is no such client, or it is not connected.
        """
        await self._running(session_id, generation).probe(session_id, generation)

    async def send_text(self, session_id: SessionId, generation: int, to: str, text: str) -> str:
        """Send a text and return the message's id once WhatsApp has taken it, within ``send_timeout``.

        Raises:
            InvalidInput: Nobody can be reached under *to*, or *text* is empty.
            EngineUnavailable: There was no answer; whether the message was or will be sent is not known.
            EngineError: There is no such client, it is not connected, or WhatsApp refused.
        """
        recipient, checked = parse_recipient(to), parse_text(text)
        return await self._running(session_id, generation).send_text(session_id, generation, recipient, checked)

    async def request_pairing_code(self, session_id: SessionId, generation: int, phone_number: str) -> str:
        """Return a pairing code that links the session when it is typed into that phone.

        Raises:
            InvalidInput: The engine does not take the phone number.
            EngineError: There is no such client, it shows no QR, WhatsApp refused, or there was no answer.
        """
        worker = self._worker_of(session_id)
        if worker is None or worker.sessions[session_id] != generation:
            raise PairingCodeRefused(f"Session {session_id!r} has no client of generation {generation}.")
        return await worker.request_pairing_code(session_id, generation, phone_number)

    def drain_worker(self, worker_id: str) -> WorkerView:
        """Give a worker no new sessions, so that it ends once those that it has are gone; return it as it is then.

        Raises:
            WorkerNotFound: There is no such worker.
        """
        worker = self._worker(worker_id)
        worker.close("it was told to drain")
        if not worker.sessions and worker.state is WorkerState.READY and self._tasks is not None:
            self._tasks.start_soon(worker.retire)
        return worker.view()

    async def replace_workers(self, worker_id: str | None = None) -> AsyncGenerator[Move | Replaced]:
        """Move the sessions of one worker, or of all, to new ones one by one; stop at the first session that fails.

        Yields:
            What became of each session, and of each worker when its turn is over.

        Raises:
            WorkerNotFound: There is no such worker.
        """
        everyone = [worker for worker in self._workers.values() if worker.state is not WorkerState.RETIRING]
        workers = everyone if worker_id is None else [self._worker(worker_id)]
        if self._sink is None:
            return
        async with aclosing(self._replacements.replace(workers, self._sink)) as steps:
            async for step in steps:
                yield step

    def _worker(self, worker_id: str) -> Worker:
        worker = self._workers.get(worker_id)
        if worker is None:
            raise WorkerNotFound(worker_id)
        return worker

    def _running(self, session_id: SessionId, generation: int) -> Worker:
        worker = self._worker_of(session_id)
        if worker is None or worker.sessions[session_id] != generation:
            raise EngineError(f"Session {session_id!r} has no client of generation {generation}; connect it first.")
        return worker

    def _worker_of(self, session_id: SessionId) -> Worker | None:
        return next((worker for worker in self._workers.values() if session_id in worker.sessions), None)

    def _spawn(self) -> Worker:
        if self._tasks is None:
            raise EngineUnavailable("The engine is not running and takes no sessions.")
        return self._take(Worker(self._free_name(), self._settings, self._observer, self.zygote.spawn))

    def _take(self, worker: Worker) -> Worker:
        assert self._tasks is not None  # noqa: S101 - whoever calls has seen to it
        self._workers[worker.id] = worker
        apart = Context()  # it outlives the call for which it is started
        apart.run(self._tasks.start_soon, self._own, worker, name=f"worker {worker.id}")
        return worker

    def _free_name(self) -> str:
        # A socket that is left is one of a worker which would not end: its name stays its own.
        names = (f"w{number}" for number in itertools.count(1))
        sockets = self._settings.socket_dir
        return next(name for name in names if name not in self._workers and not (sockets / f"{name}.sock").exists())

    async def _own(self, worker: Worker) -> None:
        try:
            await worker.run(self._receiver(worker), leave=lambda: not self._dismissed)
            self._report_exit(worker)
            if worker.restart is not None:
                self._observer.worker_restarted(worker.restart)
        finally:
            tell_exit(worker, self._settings.log_file(worker.id))
            del self._workers[worker.id]
            worker.gone.set()

    def _receiver(self, worker: Worker) -> Callable[[pb.Event], anyio.Event | None]:
        def receive(wire: pb.Event) -> anyio.Event | None:
            event = event_from_wire(wire)
            if event is None or self._sink is None or worker.told_already(wire):
                return None
            session_id = SessionId(wire.session_id)
            if isinstance(event, ClientEnded):
                worker.release(session_id, event.generation)
            self._replacements.heard(worker, session_id, event)
            return self._sink.deliver(session_id, event)

        return receive

    def _report_exit(self, worker: Worker) -> None:
        # Whoever waits for a client that the worker has not taken is told by an exception instead.
        if self._sink is None:
            return
        for session_id, generation in worker.sessions.items():
            if session_id not in worker.unconfirmed:
                self._sink.deliver(session_id, WorkerExited(generation, worker.id, worker.status))

    async def _prepare_directories(self) -> None:
        settings = self._settings
        longest = len(os.fsencode(settings.socket_dir / "w99999.sock"))
        if longest > _SOCKET_PATH_BYTES:
            raise EngineUnavailable(
                f"The runtime directory {settings.runtime_dir} makes for sockets with a path of {longest} bytes, and "
                f"the system allows {_SOCKET_PATH_BYTES}; choose a shorter one."
            )
        try:
            for directory in (settings.socket_dir, settings.log_dir):
                await anyio.Path(directory).mkdir(mode=0o700, parents=True, exist_ok=True)
            # Whoever can reach a socket can unlink every session behind it.
            await anyio.Path(settings.socket_dir).chmod(0o700)
        except OSError as error:
            raise EngineUnavailable(
                f"The workers' directory {error.filename} cannot be made: {error.strerror}"
            ) from error
