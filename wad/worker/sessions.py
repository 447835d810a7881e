"""The clients of one worker process."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from wad.domain.errors import (
    EngineError,
    EngineUnavailable,
    InvalidInput,
    PairingCodeRefused,
    SessionBusy,
    StorageError,
)
from wad.domain.ids import parse_session_id
from wad.wire.v1 import worker_pb2 as pb
from wad.worker import reports
from wad.worker.binding import PairingRefused
from wad.worker.client import Client
from wad.worker.locking import SessionLock
from wad.worker.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad.worker.engine import Engine
    from wad.worker.exchange import Exchange

_LOGIN_POLL_SECONDS = 0.05
_STALL_LOOK_SECONDS = 0.1
_STALL_LOOKS = 3
"""Looks in a row that find a linked client without a connection, until it is taken for stalled.

WhatsApp asks a client that has just been linked for a new login, and closes the connection. whatsmeow (client.go,
``handlerQueueLoop``) forgets the request if the end of the connection is seen first, and expects that end, so nothing
follows. A client that does connect holds ``socketLock`` all the while, so that a look waits for it, however slow the
network is: between the end of the one connection and the begin of the next there are microseconds.
"""
_PROBE_SECONDS = 10.0
_PRESENCE_SECONDS = 2.0
_ENDED_KEPT = 100
_PROBE_AGAIN_SECONDS = 1.0
"""A client is given up only when two probes in a row find it dead: the first may have met it while it reconnected."""

_log = logging.getLogger("wad.worker")


class Sessions:
    """Starts and ends clients, one per session.

    Args:
        engine: The engine of this process.
        sessions_dir: Directory that holds one directory per session.
        emit: Takes each event; must not block.
    """

    def __init__(self, engine: Engine, sessions_dir: str, emit: Callable[[pb.Event], None]) -> None:
        self._engine = engine
        self._sessions_dir = Path(sessions_dir)
        self._emit = emit
        self._clients: dict[str, Client] = {}
        self._ended: dict[str, Client] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._login_awaited = asyncio.Event()
        self._watched: set[str] = set()
        self._draining = False

    async def run(self) -> None:
        """Serve every client until cancelled, and look after those that say nothing."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self._watch_logins())
            tasks.create_task(self._watch_stores())
            while True:
                await asyncio.sleep(_PROBE_SECONDS)
                for client in tuple(self._clients.values()):
                    if client.facts.open:
                        tasks.create_task(self._probe(client))

    async def start(self, session_id: str, generation: int) -> None:
        """Start a client; returns once the engine has taken the request.

        Raises:
            InvalidSessionId: The id names no session.
            SessionBusy: A client of this or another process holds the session's credentials.
            StorageError: The session's directory cannot be used.
            EngineUnavailable: The worker is on its way out.
        """
        directory = self._sessions_dir / parse_session_id(session_id)
        if self._draining or self._tasks is None:
            raise EngineUnavailable("The worker is on its way out and starts no more clients.")
        if session_id in self._clients:
            running = self._clients[session_id]
            raise SessionBusy(
                f"Session {session_id!r} has a client of generation {running.generation} in this worker; stop it first."
            )
        if not directory.is_dir():
            raise StorageError(f"The session's directory {directory} does not exist; make it before its client.")
        client = Client(
            self._engine,
            session_id,
            generation,
            directory=directory,
            lock=SessionLock(directory),
            emit=self._stamp_and_emit,
            watch_login=self._login_awaited.set,
        )
        self._ended.pop(session_id, None)
        self._clients[session_id] = client
        # The client is served from here on whatever becomes of this request: its end gives the credentials up.
        self._tasks.create_task(self._serve(client), name=client.uuid)
        await client.started.wait()

    async def stop(self, session_id: str, generation: int, timeout_seconds: float) -> None:
        """End a client; one that is absent or of another generation is no error.

        Raises:
            TimeoutError: It is not closed yet; it goes on closing, and holds its credentials until it is closed.
        """
        client = self._clients.get(session_id)
        if client is None or client.generation != generation:
            return
        client.close()
        async with asyncio.timeout(timeout_seconds):
            await client.closed.wait()

    async def unlink(self, session_id: str, generation: int, timeout_seconds: float) -> None:
        """Tell WhatsApp that the device is linked no more.

        Raises:
            EngineError: There is no such client, it is not linked, or WhatsApp or the engine refused.
            TimeoutError: There was no answer in time.
        """
        client = self._clients.get(session_id)
        if client is None or client.generation != generation or client.closing or not client.facts.linked:
            raise EngineError(
                f"Session {session_id!r} has no linked client in this worker; connect it, then unlink it."
            )
        async with asyncio.timeout(timeout_seconds):
            error = await self._engine.logout(client.uuid)
        if error:
            raise EngineError(f"WhatsApp or the engine did not unlink the device: {error}")

    async def pair_code(self, request: pb.PairCode) -> str:
        """Return a pairing code for the phone that the request names.

        Raises:
            InvalidInput: The engine does not take the phone number.
            PairingCodeRefused: There is no such client, it shows no QR, or WhatsApp refused.
            TimeoutError: There was no answer in time.
        """
        client = self._clients.get(request.session_id)
        if client is None or client.generation != request.generation or client.closing or not client.facts.shows_qr:
            raise PairingCodeRefused(f"Session {request.session_id!r} has no client that shows a QR in this worker.")
        try:
            async with asyncio.timeout(request.timeout_seconds):
                return await self._engine.pair_phone(
                    client.uuid, request.phone_number, show_push_notification=request.show_push_notification
                )
        except PairingRefused as error:
            raise _pairing_error(str(error)) from error

    def exchange(self, session_id: str, generation: int) -> Exchange:
        """Return what a linked client asks WhatsApp with.

        Raises:
            EngineError: There is no such client, or it is not linked.
        """
        client = self._clients.get(session_id)
        if client is None or client.generation != generation or client.closing or not client.facts.linked:
            raise EngineError(f"Session {session_id!r} has no linked client of generation {generation} in this worker.")
        return client.exchange

    async def drain(self, timeout_seconds: float) -> None:
        """End every client and start no more; returns when all are closed or the time is up."""
        self._draining = True
        clients = tuple(self._clients.values())
        for client in clients:
            client.close()
        waiting = [asyncio.ensure_future(client.closed.wait()) for client in clients]
        if waiting:
            _done, late = await asyncio.wait(waiting, timeout=timeout_seconds)
            if late:
                _log.warning("%d clients were not closed within %.1f s", len(late), timeout_seconds)

    def running(self) -> list[pb.RunningSession]:
        """Return what Hello says of the clients."""
        return [
            pb.RunningSession(
                session_id=client.session_id,
                generation=client.generation,
                connected=client.facts.open,
                logged_in=client.facts.linked,
                latest=client.latest(),
            )
            for client in (*self._clients.values(), *self._ended.values())
        ]

    async def _serve(self, client: Client) -> None:
        try:
            await client.serve()
        finally:
            del self._clients[client.session_id]
            if client.ended_of_itself:  # whoever stopped it knows; to a later daemon it would look alive
                self._ended[client.session_id] = client
            if len(self._ended) > _ENDED_KEPT:
                del self._ended[next(iter(self._ended))]

    def _stamp_and_emit(self, event: pb.Event) -> None:
        event.at_unix_ms = time.time_ns() // 1_000_000
        self._emit(event)

    async def _watch_logins(self) -> None:
        # The library reports a login only when the device is ready, so the start of that work has to be looked for.
        while True:
            await self._login_awaited.wait()
            await asyncio.sleep(_LOGIN_POLL_SECONDS)
            waiting = [client for client in self._clients.values() if client.facts.awaits_login and not client.closing]
            for client in waiting:
                if self._engine.is_logged_in(client.uuid):
                    client.tell(reports.LoginSeen())
                elif client.facts.is_to_log_in and client.uuid not in self._watched and self._tasks is not None:
                    self._watched.add(client.uuid)
                    self._tasks.create_task(self._watch_first_login(client))
            if not waiting:
                self._login_awaited.clear()

    async def _watch_first_login(self, client: Client) -> None:
        unconnected = 0
        while unconnected < _STALL_LOOKS and client.facts.is_to_log_in and not client.closing:
            await asyncio.sleep(_STALL_LOOK_SECONDS)
            unconnected = 0 if await self._engine.is_connected(client.uuid) else unconnected + 1
        client.tell(reports.LoginStalled())  # of no effect if it is known to log in by now
        self._watched.discard(client.uuid)

    async def _watch_stores(self) -> None:
        # In a thread, as a network disk that is gone may keep whoever asks for a file waiting for long.
        while True:
            await asyncio.sleep(_PRESENCE_SECONDS)
            clients = [client for client in self._clients.values() if not client.closing]
            troubles = await in_thread(lambda: [client.presence.trouble() for client in clients], "presence")  # noqa: B023 - it is awaited here
            for client, trouble in zip(clients, troubles, strict=True):
                if trouble:
                    client.lose_store(trouble)

    async def _probe(self, client: Client) -> None:
        if await client.probe():
            await asyncio.sleep(_PROBE_AGAIN_SECONDS)
            if await client.probe():
                client.tell(reports.FoundDead())


def _pairing_error(message: str) -> InvalidInput | PairingCodeRefused:
    # The library refuses two kinds of numbers by itself, with these words in the error.
    if "too short" in message or "international" in message:
        hint = "Give all its digits, beginning with the country code."
        return InvalidInput("phone_number", f"The engine does not take the phone number: {message}. {hint}")
    return PairingCodeRefused(f"WhatsApp gave no pairing code: {message}")
