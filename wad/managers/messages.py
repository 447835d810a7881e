"""Messages of sessions: what is sent through them, and what they receive."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from wad import tracing
from wad.domain.errors import EngineError, EngineUnavailable, SessionNotConnected, WorkerOutdated
from wad.domain.events import MessageSent
from wad.domain.message_errors import MessageRefused, MessageUnconfirmed
from wad.domain.recipients import parse_recipient, parse_text
from wad.domain.states import SessionState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from wad.domain.ids import SessionId
    from wad.domain.messages import Message
    from wad.managers.inbox import Inbox
    from wad.managers.reception import Reception
    from wad.managers.session_manager import SessionManager
    from wad.ports import MessagingEngine

_NUMBER = re.compile(r"\d{5,}")

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Sending(StrEnum):
    """What became of a message that was handed to the engine."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Messenger:
    """Sends messages through sessions, counts them there, and hands out what comes.

    Args:
        sessions: Keeps the sessions.
        engine: Reaches WhatsApp.
        inbox: Keeps what was sent, so that its receipts are understood.
        ended: Told what became of each message.
    """

    def __init__(
        self,
        sessions: SessionManager,
        engine: MessagingEngine,
        inbox: Inbox,
        ended: Callable[[Sending], None] = lambda _: None,
    ) -> None:
        self._sessions = sessions
        self._engine = engine
        self._inbox = inbox
        self._ended = ended

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
            MessageRefused: WhatsApp or the engine did not take it.
            MessageUnconfirmed: There was no answer: it may have been sent, or not.
            WorkerOutdated: The session's worker is of an earlier release, which could not send.
        """
        recipient, checked = parse_recipient(to), parse_text(text)
        record = (await self._sessions.get(session_id)).record
        runner = self._sessions.runners.get(session_id)
        if runner is None or record.state is not SessionState.CONNECTED:
            raise SessionNotConnected(session_id, record.state)
        message_id = await self._send(session_id, record.generation, recipient, checked)
        runner.tell(MessageSent())
        await self._inbox.note_sent(session_id, message_id, recipient)
        return message_id

    async def get(self, session_id: SessionId, message_id: str) -> Message:
        """Return a message that is kept.

        Raises:
            MessageNotFound: It is not.
            MessagesNotKept: None is.
            StorageError: It could not be read.
        """
        return await self._inbox.get(session_id, message_id)

    def receive(
        self, sessions: Sequence[SessionId], covers: Callable[[SessionId], bool] = lambda _: True
    ) -> AbstractContextManager[Reception]:
        """Hand out what sessions have received; see :meth:`wad.managers.inbox.Inbox.receive`.

        Raises:
            MessagesNotKept: The daemon keeps none.
        """
        return self._inbox.receive(sessions, covers)

    async def _send(self, session_id: SessionId, generation: int, to: str, text: str) -> str:
        outcome = Sending.UNKNOWN  # also when the caller gives up: what is on its way is not called back
        try:
            with tracing.span("message.send", session_id=session_id):
                message_id = await self._engine.send_text(session_id, generation, to, text)
            outcome = Sending.SUCCESS
        except EngineUnavailable as error:
            _log_trouble("message.unconfirmed", session_id, error)
            raise MessageUnconfirmed(session_id) from error
        except WorkerOutdated:
            outcome = Sending.FAILURE
            raise
        except EngineError as error:
            outcome = Sending.FAILURE
            _log_trouble("message.refused", session_id, error)
            raise MessageRefused(session_id) from error
        finally:
            self._ended(outcome)
        return message_id


def _log_trouble(event: str, session_id: SessionId, error: EngineError) -> None:
    """Log why a message was not sent, without whom it was for: the engine's words may name the recipient."""
    _log.warning(event, session_id=session_id, error=_NUMBER.sub("…", str(error)))
