"""Linking a session: its steps as they come, and pairing codes for users who cannot scan a QR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from wad.domain.errors import EngineError, PairingCodeRefused
from wad.domain.events import PairingCodeIssued
from wad.domain.records import EventKind, SessionEvent
from wad.domain.states import SessionState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from wad.domain.ids import SessionId
    from wad.domain.records import SessionView, WatchEvent
    from wad.managers.hub import EventHub
    from wad.managers.runner import SessionRunner
    from wad.ports import PairingCodeEngine

CODE_SECONDS: Final = 160.0
"""Seconds that a code lives, counted from its client's first QR: WhatsApp ends the connection with the last of its six
QRs, of which the first is shown for 60 s and the others for 20 s each."""


@dataclass(frozen=True, slots=True)
class PairingCodes:
    """Gets pairing codes for live sessions.

    Args:
        engine: Asks WhatsApp for them.
        runners: The live sessions' runners.
    """

    engine: PairingCodeEngine
    runners: Mapping[SessionId, SessionRunner]

    async def request(self, session_id: SessionId, phone_number: str) -> SessionView | None:
        """Have the session show a code for a phone.

        Args:
            session_id: The session.
            phone_number: Digits in international format.

        Returns:
            The session with its code, or None when it shows no QR, or shows none any more.

        Raises:
            InvalidInput: The engine does not take the phone number.
            EngineError: WhatsApp gave no code, or there was no answer.
        """
        generation = self._showing(session_id)
        if generation is None:
            return None
        code = await self.engine.request_pairing_code(session_id, generation, phone_number)
        issued = PairingCodeIssued(generation, code, phone_number, CODE_SECONDS)
        runner = self.runners.get(session_id)
        view = None if runner is None else await runner.ask(issued)
        if view is None or view.record.state is not SessionState.QR_GENERATED:
            return None
        if view.pairing_code is None or view.pairing_code.code != code:
            raise PairingCodeRefused(
                f"Session {session_id!r} has another connection or another code by now; ask again."
            )
        return view

    async def offer(self, view: SessionView, phone_number: str) -> None:
        """Have a session that is being linked show a code, unless it shows one for that phone.

        Args:
            view: The session as it was; a session that has gone on since needs no code.
            phone_number: Digits in international format.

        Raises:
            InvalidInput: The engine does not take the phone number.
            EngineError: WhatsApp gave no code, or there was no answer.
        """
        record, code = view.record, view.pairing_code
        if view.qr is None or (code is not None and code.phone_number == phone_number):
            return
        try:
            await self.request(record.session_id, phone_number)
        except EngineError:
            if self._showing(record.session_id) == record.generation:
                raise

    def _showing(self, session_id: SessionId) -> int | None:
        """Return the generation of the client whose QR the session shows, or None."""
        runner = self.runners.get(session_id)
        view = None if runner is None or runner.removing else runner.view
        return None if view is None or view.record.state is not SessionState.QR_GENERATED else view.record.generation


async def follow_link(
    begun: SessionEvent, hub: EventHub, codes: PairingCodes, phone_number: str
) -> AsyncGenerator[SessionEvent]:
    """Follow a session until it is connected or over.

    Args:
        begun: The session at this moment.
        hub: Where its events are.
        codes: Gets it pairing codes.
        phone_number: Show a code for this phone with the first QR of each client; empty for none.

    Yields:
        Its events, from *begun* on; the last one is the connection or the removal.

    Raises:
        InvalidInput: The engine does not take the phone number.
        EngineError: WhatsApp gave no pairing code.
        SlowConsumer: The caller read so slowly that events were lost.
    """
    session_id = begun.view.record.session_id

    def wants(event: WatchEvent) -> bool:
        return isinstance(event, SessionEvent) and event.view.record.session_id == session_id

    with hub.subscribe(wants=wants) as events:
        yield begun
        if begun.view.record.state is SessionState.CONNECTED:
            return
        if phone_number:
            await codes.offer(begun.view, phone_number)
        async for _, happened in events:
            event = cast("SessionEvent", happened)  # no other is wanted
            yield event
            if event.kind is EventKind.REMOVED or _is_login(event):
                return
            if phone_number and event.kind is EventKind.QR_ISSUED:
                await codes.offer(event.view, phone_number)


def _is_login(event: SessionEvent) -> bool:
    """Return True for the last event of a login: after a pairing its user data, otherwise the connection itself."""
    if event.kind is EventKind.AUTH_SUCCESS:
        return True
    connected = event.kind is EventKind.STATE_CHANGED and event.view.record.state is SessionState.CONNECTED
    return connected and event.previous in (SessionState.CONNECTING, SessionState.RECONNECTING)
