"""The binding as a resource of one event loop: calls that may block, callbacks that must not, and the map gate."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar

from wad.domain.errors import EngineError
from wad.worker.binding import Binding, PairingRefused, Upstream
from wad.worker.library import load
from wad.worker.naming import session_of
from wad.worker.reports import EngineEvent, LibraryReport, QrOutcome, QrShown
from wad.worker.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wad.wire.settings import WorkerSettings
    from wad.worker.binding import neonize_pb
    from wad.worker.engine_log import EngineLog

T = TypeVar("T")

_ENTRY_SECONDS = 0.25
"""How long a call that blocks may keep the gate: opening a store and entering the maps takes some 20 ms."""
_LOOKUP_SECONDS = 0.05
"""Likewise for a call that goes to the maps first of all, within microseconds, and then waits for WhatsApp."""
_STOP_ATTEMPTS = 10
_SETTLE_SECONDS = 0.02

_log = logging.getLogger("wad.worker")


class Engine:
    """The engine of this process. Everything but the callbacks runs on the loop that made it.

    The library's maps of clients are unguarded: a write next to any other access ends the process. The gate lets one
    call at a time near them. A call that then blocks for long, as a client does for its whole life, gives the gate up
    as soon as it is known, or after ``_ENTRY_SECONDS`` presumed, to be past them.

    Args:
        settings: What to load and how clients present themselves.
        log: Takes the library's log.

    Raises:
        EngineIncompatible: The library cannot be used.
    """

    def __init__(self, settings: WorkerSettings, log: EngineLog) -> None:
        library, self.version = load(settings)
        upstream = Upstream(
            settings.device_name,
            settings.platform,
            settings.log_level,
            settings.upstream.proxy_url if settings.upstream else "",
        )
        self._loop = asyncio.get_running_loop()
        self._log = log
        self._gate = asyncio.Lock()
        self._inboxes: dict[str, Callable[[LibraryReport], None]] = {}
        self._binding = Binding(library, upstream, self)
        self.leaked_threads = 0
        """Clients' threads that did not return when their client was stopped."""

    async def start(self, uuid: str, store: Path, inbox: Callable[[LibraryReport], None]) -> asyncio.Future[str]:
        """Start a client and return the future of its end, which is the error text that it ends with.

        Args:
            uuid: Name of the client, never used before in this process.
            store: Path of its credentials.
            inbox: Is called on the loop with each report; must not block.
        """
        opened = asyncio.Event()

        def first(report: LibraryReport) -> None:
            opened.set()
            inbox(report)

        async with self._gate:
            self._inboxes[uuid] = first
            returned = in_thread(lambda: self._binding.run(uuid, store), f"client {uuid}")
            returned.add_done_callback(lambda _: opened.set())
            await _bounded(opened)
        return returned

    async def stop(self, uuid: str) -> None:
        """Disconnect the client for good and forget it.

        The library may be about to reconnect by itself, in which case it would connect after a plain Stop, unknown to
        everyone. So it is disconnected until it stays so, and only then forgotten.
        """
        for _attempt in range(_STOP_ATTEMPTS):
            await self._gated(lambda: self._binding.disconnect(uuid), f"disconnect {uuid}")
            await asyncio.sleep(_SETTLE_SECONDS)
            if not await self.is_connected(uuid):
                break
        async with self._gate:
            await in_thread(lambda: self._binding.stop(uuid), f"stop {uuid}")
            self._inboxes.pop(uuid, None)

    def count_leak(self, returned: asyncio.Future[str]) -> None:
        """Count a client's thread that outlives its client, for as long as it does."""
        self.leaked_threads += 1
        returned.add_done_callback(lambda _: self._uncount_leak())

    def _uncount_leak(self) -> None:
        self.leaked_threads -= 1

    async def is_connected(self, uuid: str) -> bool:
        """Return True while the client has a socket; waits while it is connecting."""
        return await self._gated(lambda: self._binding.is_connected(uuid), f"probe {uuid}", _LOOKUP_SECONDS)

    def is_logged_in(self, uuid: str) -> bool:
        """Return True when the server accepted the login; False also while another call holds the gate."""
        return not self._gate.locked() and self._binding.is_logged_in(uuid)

    async def device(self, uuid: str) -> neonize_pb.Device | None:
        """Return the client's device, None when there is no such client any more.

        Only for a client that has reported an event: asking for one that the library does not know ends the process.
        """
        async with self._gate:
            return self._binding.me(uuid) if uuid in self._inboxes else None

    async def pair_phone(self, uuid: str, phone_number: str, *, show_push_notification: bool) -> str:
        """Return a pairing code for a phone.

        Only for a client that has shown a QR: asking for one that the library does not know ends the process.

        Raises:
            PairingRefused: The library or WhatsApp refused, or there is no such client any more.
        """
        async with self._gate:
            if uuid not in self._inboxes:
                raise PairingRefused("the client is closed")
            code = in_thread(
                lambda: self._binding.pair_phone(uuid, phone_number, show_push_notification=show_push_notification),
                f"pair {uuid}",
            )
            await asyncio.wait({code}, timeout=_ENTRY_SECONDS)
        return await code

    async def round_trip(self, uuid: str) -> str:
        """Have WhatsApp answer this client; return the error, or an empty text.

        Only for a client that has reported an event. Its thread is held until the library gives up, within 75 s.

        Raises:
            EngineError: There is no such client any more.
        """
        return await self._ask(uuid, lambda: self._binding.round_trip(uuid))

    async def send_text(self, uuid: str, to: str, text: str) -> str:
        """Send a text to a jid and return the message's id.

        Only for a client that has reported an event. A message that waits for WhatsApp across a lost connection may
        hold its thread for as long as the client lives.

        Raises:
            SendRefused: The library or WhatsApp refused.
            EngineError: There is no such client any more.
        """
        return await self._ask(uuid, lambda: self._binding.send_text(uuid, to, text))

    async def _ask(self, uuid: str, call: Callable[[], T]) -> T:
        async with self._gate:
            if uuid not in self._inboxes:
                raise EngineError(f"Client {uuid} is closed.")
            future = in_thread(call, f"ask {uuid}")
            await asyncio.wait({future}, timeout=_LOOKUP_SECONDS)
        return await future

    async def logout(self, uuid: str) -> str:
        """Unlink the client's device at WhatsApp; return the error, or an empty text."""
        return await self._gated(lambda: self._binding.logout(uuid), f"logout {uuid}")

    async def _gated(self, call: Callable[[], T], name: str, seconds: float = _ENTRY_SECONDS) -> T:
        async with self._gate:
            future = in_thread(call, name)
            await asyncio.wait({future}, timeout=seconds)
        return await future

    # Called on the library's threads.

    def on_qr(self, uuid: str, code: str) -> None:
        """Hand a QR text over to the loop."""
        self._loop.call_soon_threadsafe(self._deliver, uuid, QrShown(code))

    def on_status(self, uuid: str, word: str) -> None:
        """Hand the outcome of the QR codes over to the loop."""
        self._loop.call_soon_threadsafe(self._deliver, uuid, QrOutcome(word))

    def on_event(self, uuid: str, kind: int, payload: bytes) -> None:
        """Hand an event over to the loop."""
        self._loop.call_soon_threadsafe(self._deliver, uuid, EngineEvent(kind, payload))

    def on_log(self, uuid: str, level: str, module: str, message: str) -> None:
        """Hand a line of the library's log over to the loop."""
        self._loop.call_soon_threadsafe(self._log.add, session_of(uuid), level, module, message)

    def _deliver(self, uuid: str, report: LibraryReport) -> None:
        inbox = self._inboxes.get(uuid)
        if inbox is None:
            _log.info("a report of client %s came after its end and is ignored", uuid)
            return
        inbox(report)


async def _bounded(event: asyncio.Event) -> None:
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({waiting}, timeout=_ENTRY_SECONDS)
    finally:
        waiting.cancel()
