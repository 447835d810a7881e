"""What one client asks of WhatsApp while it is connected: whether it is there, and to take a message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wad.domain.errors import EngineError
from wad.worker.binding import SendRefused

if TYPE_CHECKING:
    from wad.worker.engine import Engine

MOST_WAITING = 16
"""Messages of one client that may wait for their turn: each takes memory, and more would not be sent any sooner."""


class Exchange:
    """Questions that hold a thread until they are answered: one probe and one message at a time.

    Args:
        engine: The engine of this process.
        uuid: The client's name there.
    """

    def __init__(self, engine: Engine, uuid: str) -> None:
        self._engine = engine
        self._uuid = uuid
        self._question: asyncio.Task[str] | None = None
        self._sending: asyncio.Task[str] | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def probe(self, seconds: float) -> None:
        """Return when WhatsApp has answered; whoever asks while a question is on its way waits for the same answer.

        Raises:
            EngineError: The client is not connected, or WhatsApp refused.
            TimeoutError: There was no answer within *seconds*.
        """
        if self._question is None or self._question.done():
            self._question = asyncio.create_task(self._engine.round_trip(self._uuid))
        try:
            async with asyncio.timeout(seconds):
                error = await asyncio.shield(self._question)
        except TimeoutError as timeout:
            raise TimeoutError(f"WhatsApp did not answer within {seconds:g} s.") from timeout
        if error:
            raise EngineError(f"WhatsApp did not answer: {error}")

    async def send_text(self, to: str, text: str, seconds: float) -> str:
        """Send a text to a jid, in the order of the calls, and return the message's id.

        Raises:
            EngineError: The client is not connected, too many messages wait, or WhatsApp refused.
            TimeoutError: WhatsApp had not taken it within *seconds*, and nobody can say whether it will.
        """
        if self._waiting >= MOST_WAITING:
            raise EngineError(f"{MOST_WAITING} messages of this session wait for WhatsApp already; try again later.")
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._turn.acquire()
                self._sending = asyncio.create_task(self._engine.send_text(self._uuid, to, text))
                # Its turn lasts as long as it holds a thread, which may be longer than anyone waits.
                self._sending.add_done_callback(self._end_turn)
                return await asyncio.shield(self._sending)
        except TimeoutError as timeout:
            raise TimeoutError(f"WhatsApp had not taken the message after {seconds:g} s.") from timeout
        except SendRefused as refusal:
            raise EngineError(f"The message was not sent: {refusal}") from refusal
        finally:
            self._waiting -= 1

    def _end_turn(self, sent: asyncio.Task[str]) -> None:
        self._turn.release()
        if not sent.cancelled():
            sent.exception()  # whoever waited has been told, or has given up
