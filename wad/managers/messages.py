"""Messages of sessions: what is sent through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.domain.errors import SessionNotConnected
from wad.domain.events import MessageSent
from wad.domain.states import SessionState

if TYPE_CHECKING:
    from wad.domain.ids import SessionId
    from wad.managers.session_manager import SessionManager
    from wad.ports import MessagingEngine


class Messenger:
    """Sends messages through sessions, and counts them there.

    Args:
        sessions: Keeps the sessions.
        engine: Reaches WhatsApp.
    """

    def __init__(self, sessions: SessionManager, engine: MessagingEngine) -> None:
        self._sessions = sessions
        self._engine = engine

    async def send_text(self, session_id: SessionId, to: str, text: str) -> str:
        """Send a text and return the message's id, once WhatsApp has taken it.

        Args:
            session_id: The session that sends it.
            to: Who gets it: a phone number in international format, or a jid.
            text: What it says.

        Raises:
            InvalidInput: Nobody can be reached under *to*, or the text is empty or too long.
            SessionNotFound: There is no such session.
            SessionNotConnected: It cannot send now.
            EngineError: WhatsApp or the engine refused, or there was no answer.
        """
        record = (await self._sessions.get(session_id)).record
        runner = self._sessions.runners.get(session_id)
        if runner is None or record.state is not SessionState.CONNECTED:
            raise SessionNotConnected(session_id, record.state)
        message_id = await self._engine.send_text(session_id, record.generation, to, text)
        runner.tell(MessageSent())
        return message_id
