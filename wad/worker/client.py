"""One client of the engine, from the lock on its credentials to the release of that lock."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from wad.wire.v1 import worker_pb2 as pb
from wad.worker import messages, reports
from wad.worker.exchange import Exchange
from wad.worker.locking import LOCK_FILE
from wad.worker.naming import client_name
from wad.worker.presence import Presence
from wad.worker.translation import CONNECTED, KEEP_ALIVE_RESTORED, MESSAGE, PAIR_STATUS, RECEIPT, Translator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wad.worker.engine import Engine
    from wad.worker.locking import SessionLock
    from wad.worker.translation import Fact

STORE_FILE = "creds.db"

_QUEUE_LIMIT = 1000
"""Reports that may wait; ten times what the library itself holds back before it blocks."""
_RETURN_SECONDS = 2.0
_OPENING_POLL_SECONDS = 0.1
_FINAL = frozenset({"logged_out", "temporarily_banned", "client_outdated"})
"""Facts that say why a client ended; that it ended says no more."""
_MAIL = {MESSAGE: messages.received, RECEIPT: messages.receipt}
_NEEDS_DEVICE = (PAIR_STATUS, CONNECTED, KEEP_ALIVE_RESTORED)

_log = logging.getLogger("wad.worker")


class Client:
    """A session's client. All that happens to it passes through one queue, in the order in which it happened.

    Args:
        engine: The engine of this process.
        session_id: The session that it serves.
        generation: Generation that its events carry.
        directory: The session's directory.
        lock: The held lock on that directory; the client releases it when it is closed.
        emit: Takes each event; must not block.
        watch_login: Is called when the client's login is to be looked for.
    """

    def __init__(
        self,
        engine: Engine,
        session_id: str,
        generation: int,
        *,
        directory: Path,
        lock: SessionLock,
        emit: Callable[[pb.Event], None],
        watch_login: Callable[[], None],
    ) -> None:
        self.session_id = session_id
        self.generation = generation
        self.uuid = client_name(session_id, generation)
        self.facts = Translator()
        self.started = asyncio.Event()
        """Set when the engine has taken the client."""
        self.closed = asyncio.Event()
        """Set when the client is gone from the library and the lock is free."""
        self.closing = False
        self.ended_of_itself = False
        """Nobody had asked for its end when it came."""
        self._engine = engine
        self.exchange = Exchange(engine, self.uuid)
        """What the client asks of WhatsApp."""
        self.presence = Presence(directory / LOCK_FILE, directory / STORE_FILE)
        """Whether its files are still where they were."""
        self._store = directory / STORE_FILE
        self._lock = lock
        self._emit = emit
        self._watch_login = watch_login
        self._queue: asyncio.Queue[reports.Report] = asyncio.Queue()
        self._mail: list[pb.MessageReceived] = []
        self._heard = False
        self._returned: asyncio.Future[str] | None = None
        self._latest: pb.Event | None = None
        self._latest_at = 0.0

    def latest(self) -> pb.Event | None:
        """Return the latest fact that was passed on, messages aside; a QR code with the time it has left."""
        if self._latest is None:
            return None
        latest = pb.Event()
        latest.CopyFrom(self._latest)
        if latest.HasField("qr_issued"):
            left = self._latest_at + latest.qr_issued.valid_for_seconds - asyncio.get_running_loop().time()
            latest.qr_issued.valid_for_seconds = max(0.0, left)
        return latest

    async def _start(self) -> None:
        self._returned = await self._engine.start(self.uuid, self._store, self.tell)
        self._returned.add_done_callback(lambda done: self._put(reports.Returned(_outcome(done))))
        self.presence.note()
        self.started.set()

    def tell(self, report: reports.Report) -> None:
        """Queue a report; one more than ``_QUEUE_LIMIT`` is dropped, for the worker must outlive a flood.

        Messages and receipts wait apart: however many there are, they are one report.
        """
        self._heard = True
        if isinstance(report, reports.EngineEvent) and report.kind in _MAIL:
            self._take(report)
            return
        if self._queue.qsize() >= _QUEUE_LIMIT:
            _log.error("client %s: %s is dropped, %d reports wait", self.uuid, type(report).__name__, _QUEUE_LIMIT)
            return
        self._put(report)

    def _take(self, report: reports.EngineEvent) -> None:
        try:
            fact = _MAIL[report.kind](report.payload)
        except DecodeError:
            _log.exception("client %s: a message of the engine could not be read", self.uuid)
            return
        if fact is None:
            return
        if not self._mail:
            self._put(reports.MessagesWait())
        self._mail.append(fact)

    def close(self) -> None:
        """Ask for the client to be closed; ``closed`` is set when it is. What it still reports is not passed on."""
        if not self.closing:
            self.closing = True
            self._put(reports.CloseRequested())

    def lose_store(self, trouble: str) -> None:
        """End the client because its files are no longer where they were: what it stored from now on could be lost."""
        if not self.closing:
            self._put(reports.StoreLost(trouble))

    async def serve(self) -> None:
        """Hand the client to the engine, and pass on what it reports until it has ended and is closed."""
        await self._start()
        ended = pb.ClientEnded()
        while True:
            report = await self._queue.get()
            if isinstance(report, reports.CloseRequested):
                break
            if isinstance(report, reports.Returned):
                ended.message = report.message
                break
            if isinstance(report, reports.StoreLost):
                _log.error("client %s is ended, its store is lost: %s", self.uuid, report.message)
                ended = pb.ClientEnded(message=report.message, store_lost=True)
                break
            if not self.closing:
                self._pass_on(await self._translate(report))
                if self.facts.awaits_login:
                    self._watch_login()
        self.ended_of_itself = not self.closing
        await self._shut()
        if self.ended_of_itself:
            self._pass_on([ended])

    async def probe(self) -> bool:
        """Return True when a client that is open is neither connected nor logged in any more."""
        if not self.facts.open or self.closing:
            return False
        connected = await self._engine.is_connected(self.uuid)
        return self.facts.open and not (connected and self._engine.is_logged_in(self.uuid))

    async def _translate(self, report: reports.Report) -> Sequence[Fact]:  # noqa: PLR0911 - one a kind of report
        match report:
            case reports.QrShown(code):
                return self.facts.qr(code)
            case reports.QrOutcome(word):
                return self.facts.status(word)
            case reports.EngineEvent(kind, payload):
                return await self._translate_event(kind, payload)
            case reports.LoginSeen():
                return self.facts.logged_in()
            case reports.LoginStalled():
                return self.facts.stalled()
            case reports.MessagesWait():
                mail, self._mail = self._mail, []
                return mail
            case reports.FoundDead():
                return self.facts.lost("The engine is no longer connected, and did not say so.")
            case _:
                return []

    async def _translate_event(self, kind: int, payload: bytes) -> Sequence[Fact]:
        device = None
        if kind in _NEEDS_DEVICE:
            self.presence.note()  # the store is there by now, and is missed from now on
            device = await self._engine.device(self.uuid)
        try:
            return self.facts.event(kind, payload, device)
        except DecodeError:
            _log.exception("client %s: event %d of the engine could not be read", self.uuid, kind)
            return []

    def _pass_on(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            event = event_of(self.session_id, self.generation, fact)
            self._remember(fact, event)
            self._emit(event)

    def _remember(self, fact: Fact, event: pb.Event) -> None:
        why_it_ended = self._latest is not None and self._latest.WhichOneof("fact") in _FINAL
        if not isinstance(fact, pb.MessageReceived) and not (isinstance(fact, pb.ClientEnded) and why_it_ended):
            self._latest, self._latest_at = event, asyncio.get_running_loop().time()

    def _put(self, report: reports.Report) -> None:
        self._queue.put_nowait(report)

    async def _shut(self) -> None:
        """Take the client out of the library, then release the lock; never the other way round."""
        self.closing = True
        await self._past_opening()
        await self._engine.stop(self.uuid)
        await self._await_return()
        mail, self._mail = self._mail, []
        self._pass_on(mail)  # WhatsApp will not tell of it again
        self._lock.release()
        self.closed.set()

    async def _past_opening(self) -> None:
        # Stopping a client that is not yet in the library's maps does nothing, and it would connect afterwards. It is
        # in there once it has reported anything, is connected, or has returned; every dial ends in one of these.
        while not (self._heard or self._has_returned()):
            if await self._engine.is_connected(self.uuid):
                return
            await asyncio.sleep(_OPENING_POLL_SECONDS)

    async def _await_return(self) -> None:
        # A client that shows a QR code never returns: the library waits for a channel that it no longer closes.
        if self._returned is None or self._has_returned():
            return
        if self.facts.linked:
            await asyncio.wait({self._returned}, timeout=_RETURN_SECONDS)
        if not self._has_returned():
            self._engine.count_leak(self._returned)

    def _has_returned(self) -> bool:
        return self._returned is not None and self._returned.done()


def event_of(session_id: str, generation: int, fact: Fact) -> pb.Event:
    """Wrap *fact* as an event, without number or time."""
    event = pb.Event(session_id=session_id, generation=generation)
    getattr(event, _FIELDS[type(fact).DESCRIPTOR.full_name]).CopyFrom(fact)
    return event


_FIELDS = {
    field.message_type.full_name: field.name
    for field in pb.Event.DESCRIPTOR.oneofs_by_name["fact"].fields
    if field.message_type is not None
}


def _outcome(done: asyncio.Future[str]) -> str:
    if done.cancelled():
        return "cancelled"
    error = done.exception()
    return f"{type(error).__name__}: {error}" if error is not None else done.result()
