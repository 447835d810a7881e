"""The engine as a simulation in memory: no process, no network, no time; a test says what the phone and WhatsApp do.

A client reports at once, within ``start``: a session that is linked logs in, another shows a QR code.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

from wad.domain import events
from wad.domain.adoption import LeftClient
from wad.domain.errors import EngineError, EngineUnavailable, InvalidInput, PairingCodeRefused, SessionBusy
from wad.domain.messages import Message, MessageStatus, Receipt
from wad.domain.recipients import parse_recipient, parse_text
from wad.engine.placement import choose

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskStatus

    from wad.domain.events import EngineEvent, UserIdentity
    from wad.domain.ids import SessionId
    from wad.ports import EngineSink

FIRST_QR_SECONDS = 60.0
NEXT_QR_SECONDS = 20.0
_SHORTEST_NUMBER = 7


class TwoClients(AssertionError):
    """A defect in whoever drives the engine: a second client was to be started while the first still lives."""


@dataclass(slots=True)
class SimulatedClient:
    """A live client.

    Attributes:
        generation: What its events carry.
        worker: Name of the worker that runs it.
        connected: It can send and receive.
        latest: The latest fact about it.
        qr_codes: QR codes that it has shown.
        pairing_codes: Its present pairing code by the phone number that it is good for.
    """

    generation: int
    worker: str
    connected: bool = False
    latest: EngineEvent | None = None
    qr_codes: list[str] = field(default_factory=list)
    pairing_codes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Place:
    """A simulated worker."""

    name: str
    load: int = 0
    accepts: bool = True


class SimulatedEngine:
    """Implements every engine port of ``wad.ports``; plays the phone's and WhatsApp's part as it is told.

    Args:
        sessions_per_worker: Clients that one simulated worker takes.

    Attributes:
        credentials: Who each linked session is logged in as; what the sessions' directories hold.
        clients: The live clients.
        silent: Sessions whose clients report nothing when they start.
        meanwhile: Happens once while the next pairing code is on its way.
    """

    def __init__(self, *, sessions_per_worker: int = 10) -> None:
        self.credentials: dict[SessionId, UserIdentity] = {}
        self.clients: dict[SessionId, SimulatedClient] = {}
        self.silent: set[SessionId] = set()
        self.meanwhile: Callable[[], None] | None = None
        self._sessions_per_worker = sessions_per_worker
        self._workers: dict[str, _Place] = {}
        self._names = (f"w{number}" for number in itertools.count(1))
        self._codes = itertools.count(1)
        self._held: set[SessionId] = set()
        self._revoked: set[SessionId] = set()
        self._mute: set[SessionId] = set()
        self._failures: list[Exception] = []
        self._refusals: list[Exception] = []
        self._sink: EngineSink | None = None
        self._left: tuple[LeftClient, ...] = ()
        self._outlive = False

    # ── the port ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self, sink: EngineSink, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled; then the clients are left, or gone after :meth:`dismiss`; the credentials stay."""
        self._left = tuple(
            LeftClient(session_id, client.generation, client.latest, ended=False)
            for session_id, client in self.clients.items()
        )
        self._sink = sink
        self._dismissed = False
        task_status.started()
        try:
            await anyio.sleep_forever()
        finally:
            self._sink = None
            if self._dismissed:
                self.clients.clear()
                self._workers.clear()

    def left_clients(self) -> tuple[LeftClient, ...]:
        """Return the clients that an earlier daemon has left."""
        return self._left

    async def resume(self) -> None:
        """There is nothing to let come: what happened without a daemon is in the latest fact about each client."""
        await anyio.lowlevel.checkpoint()

    def leave_events(self) -> None:
        """Report nothing to this daemon any more."""
        self._sink = None

    def dismiss(self) -> None:
        """Let the clients end with this daemon."""
        self._dismissed = True

    async def start(self, session_id: SessionId, generation: int, *, alone: bool = False) -> None:
        """Start a client, which reports at once.

        Raises:
            EngineUnavailable: The engine is not running.
            SessionBusy: ``hold`` was called for the session.
            Exception: What ``fail_next_start`` was told.
            TwoClients: The session's client still lives.
        """
        await anyio.lowlevel.checkpoint()
        if self._sink is None:
            raise EngineUnavailable("The engine is not running and takes no sessions.")
        if self._failures:
            raise self._failures.pop(0)
        if session_id in self.clients:
            raise TwoClients(f"session {session_id} has a client of generation {self.clients[session_id].generation}")
        if session_id in self._held:
            raise SessionBusy(f"The credentials of {session_id} are in use by process 1; end that one first.")
        self.clients[session_id] = SimulatedClient(generation, self._place(alone=alone))
        if session_id not in self.silent:
            self._report_start(session_id)

    async def stop(self, session_id: SessionId, generation: int) -> None:
        """End the client; an absent one is no error."""
        await anyio.lowlevel.checkpoint()
        client = self.clients.get(session_id)
        if client is not None and client.generation == generation:
            self._forget(session_id)

    def worker_of(self, session_id: SessionId) -> str:
        """Return the name of the simulated worker that runs the session's client; empty when none does."""
        client = self.clients.get(session_id)
        return "" if client is None else client.worker

    async def unlink(self, session_id: SessionId, generation: int) -> None:
        """Forget the session's credentials.

        Raises:
            EngineError: There is no such client, or it is not connected.
        """
        await anyio.lowlevel.checkpoint()
        client = self.clients.get(session_id)
        if client is None or client.generation != generation or not client.connected:
            raise EngineError(f"Session {session_id!r} is not connected; connect it, then unlink it.")
        client.connected = False
        del self.credentials[session_id]

    async def request_pairing_code(self, session_id: SessionId, generation: int, phone_number: str) -> str:
        """Return a pairing code.

        Raises:
            InvalidInput: The number has fewer than 7 digits or begins with 0.
            PairingCodeRefused: There is no such client, or it shows no QR.
            Exception: What ``fail_next_pairing_code`` was told.
        """
        await anyio.lowlevel.checkpoint()
        client = self.clients.get(session_id)
        if client is None or client.generation != generation or not client.qr_codes or session_id in self.credentials:
            raise PairingCodeRefused(
                f"Session {session_id!r} has no client of generation {generation} that shows a QR."
            )
        if len(phone_number) < _SHORTEST_NUMBER or phone_number.startswith("0"):
            raise InvalidInput("phone_number", "The number is too short, or not in international format.")
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
            await anyio.wait_all_tasks_blocked()  # whoever is told of it acts first
        if self._refusals:
            raise self._refusals.pop(0)
        code = f"WADX-{next(self._codes):04}".replace("0", "Z")
        client.pairing_codes = {phone_number: code}
        return code

    async def probe(self, session_id: SessionId, generation: int) -> None:
        """Return at once, if WhatsApp answers.

        Raises:
            EngineError: There is no such client, it is not connected, or ``fall_mute`` was called for the session.
        """
        try:
            await self._reach(session_id, generation)
        except EngineUnavailable as error:
            raise EngineError(str(error)) from error

    async def send_text(self, session_id: SessionId, generation: int, to: str, text: str) -> str:
        """Deliver a text to the sessions of the other phone, and return the message's id.

        Raises:
            InvalidInput: Nobody can be reached under *to*, or *text* is empty.
            EngineError: There is no such client, or it is not connected.
            EngineUnavailable: ``fall_mute`` was called for the session.
        """
        recipient = parse_recipient(to)
        parse_text(text)
        await self._reach(session_id, generation)
        number, chat = recipient.partition("@")[0], f"{self.credentials[session_id].phone_number}@s.whatsapp.net"
        message = Message(f"SIMULATED{next(self._codes)}", chat, sender=chat, text=text)
        for other, user in self.credentials.items():
            if user.phone_number == number and other in self.clients and self.clients[other].connected:
                received = events.MessageReceived(self.clients[other].generation, text=1, messages=(message,))
                self.emit(other, received)
                receipt = Receipt((message.message_id,), recipient, recipient, MessageStatus.DELIVERED, 0.0)
                self.emit(session_id, events.MessageReceived(generation, receipts=(receipt,)))
        return message.message_id

    async def _reach(self, session_id: SessionId, generation: int) -> None:
        await anyio.lowlevel.checkpoint()
        client = self.clients.get(session_id)
        if client is None or client.generation != generation or not client.connected:
            raise EngineError(f"Session {session_id!r} is not connected; connect it first.")
        if session_id in self._mute:
            raise EngineUnavailable("WhatsApp did not answer within 10 s.")

    # ── what the phone and WhatsApp do ───────────────────────────────────────────────────────────────────────────────

    def scan(self, session_id: SessionId, user: UserIdentity) -> None:
        """Let the owner of *user* scan the present QR code; the session pairs, syncs and connects."""
        client = self._client(session_id)
        if not client.qr_codes or session_id in self.credentials:
            raise AssertionError(f"session {session_id} shows no QR code")
        self.credentials[session_id] = user
        self.emit(session_id, events.PairSucceeded(client.generation, user))
        self._log_in(session_id)

    def type_code(self, session_id: SessionId, code: str, user: UserIdentity) -> bool:
        """Let the owner of *user* type a pairing code into his phone; return True when it is the one for that phone."""
        number = user.jid.partition("@")[0].partition(":")[0]
        if self._client(session_id).pairing_codes.get(number) != code:
            return False
        self.scan(session_id, user)
        return True

    def next_qr(self, session_id: SessionId) -> None:
        """Show another QR code."""
        client = self._client(session_id)
        seconds = NEXT_QR_SECONDS if client.qr_codes else FIRST_QR_SECONDS
        client.qr_codes.append(f"simulated-qr-{next(self._codes)}")
        self.emit(session_id, events.QrIssued(client.generation, client.qr_codes[-1], seconds))

    def expire_qr(self, session_id: SessionId) -> None:
        """Run out of QR codes."""
        self.emit(session_id, events.QrBatchEnded(self._client(session_id).generation))

    def lose(self, session_id: SessionId) -> None:
        """Break the connection; the engine goes on trying."""
        client = self._client(session_id)
        client.connected = False
        self.emit(session_id, events.ConnectionLost(client.generation, "The network closed the connection."))

    def restore(self, session_id: SessionId) -> None:
        """Let the engine's own attempt to reconnect succeed."""
        client = self._client(session_id)
        client.connected = True
        self.emit(session_id, events.ConnectionOpened(client.generation, self.credentials[session_id]))

    def fall_mute(self, session_id: SessionId) -> None:
        """Let WhatsApp answer this session no more, whatever it is asked; the connection stays."""
        self._mute.add(session_id)

    def speak_again(self, session_id: SessionId) -> None:
        """Let WhatsApp answer again."""
        self._mute.discard(session_id)

    def receive(self, session_id: SessionId, *, text: int = 1, media: int = 0, other: int = 0) -> None:
        """Let others send messages to the session."""
        self.emit(session_id, events.MessageReceived(self._client(session_id).generation, text, media, other))

    def logout(self, session_id: SessionId) -> None:
        """Unlink the session on the phone; when it is not connected, its next login is refused."""
        client = self.clients.get(session_id)
        if client is None or not client.connected:
            self._revoked.add(session_id)
            return
        client.connected = False
        del self.credentials[session_id]
        self.emit(session_id, events.LoggedOut(client.generation, on_connect=False, code=401))

    def replace(self, session_id: SessionId) -> None:
        """Let a foreign client take the stream."""
        client = self._client(session_id)
        client.connected = False
        self.emit(session_id, events.StreamReplaced(client.generation))

    def end(self, session_id: SessionId, message: str = "") -> None:
        """Let the engine's client return by itself."""
        generation = self._client(session_id).generation
        self._forget(session_id)
        self.emit(session_id, events.ClientEnded(generation, message))

    def emit(self, session_id: SessionId, event: EngineEvent) -> None:
        """Deliver any event, whatever it does not fit."""
        client = self.clients.get(session_id)
        if client is not None and not isinstance(event, events.MessageReceived):
            client.latest = event
        if self._sink is not None:
            self._sink.deliver(session_id, event)

    # ── what goes wrong around it ────────────────────────────────────────────────────────────────────────────────────

    def kill_worker(self, session_id: SessionId) -> None:
        """Kill the worker that runs the session's client, with all that it runs."""
        victim = self._client(session_id).worker
        for other, client in tuple(self.clients.items()):
            if client.worker == victim:
                self._forget(other)
                self.emit(other, events.WorkerExited(client.generation, victim, "signal 9 (SIGKILL)"))
        self._workers.pop(victim, None)

    def fail_next_start(self, error: Exception) -> None:
        """Let the next start raise *error*; several are raised one start after the other."""
        self._failures.append(error)

    def fail_next_pairing_code(self, error: Exception) -> None:
        """Let the next request for a pairing code raise *error*; several are raised one request after the other."""
        self._refusals.append(error)

    def hold(self, session_id: SessionId) -> None:
        """Let a foreign process hold the session's credentials."""
        self._held.add(session_id)

    def let_go(self, session_id: SessionId) -> None:
        """End that process."""
        self._held.discard(session_id)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _report_start(self, session_id: SessionId) -> None:
        if session_id not in self.credentials:
            self.next_qr(session_id)
        elif session_id in self._revoked:
            self._revoked.discard(session_id)
            del self.credentials[session_id]
            generation = self._client(session_id).generation
            self.emit(session_id, events.LoggedOut(generation, on_connect=True, code=401))
        else:
            self._log_in(session_id)

    def _log_in(self, session_id: SessionId) -> None:
        client = self._client(session_id)
        client.connected = True
        self.emit(session_id, events.SyncStarted(client.generation))
        self.emit(session_id, events.ConnectionOpened(client.generation, self.credentials[session_id]))

    def _client(self, session_id: SessionId) -> SimulatedClient:
        if session_id not in self.clients:
            raise AssertionError(f"session {session_id} has no live client")
        return self.clients[session_id]

    def _place(self, *, alone: bool) -> str:
        place = None if alone else choose(self._workers.values(), self._sessions_per_worker)
        if place is None:
            place = _Place(next(self._names), accepts=not alone)
            self._workers[place.name] = place
        place.load += 1
        return place.name

    def _forget(self, session_id: SessionId) -> None:
        client = self.clients.pop(session_id)
        self._workers[client.worker].load -= 1
