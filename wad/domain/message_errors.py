"""The part of the error tree that is about messages; see :mod:`wad.domain.errors` for the whole."""

from __future__ import annotations

from wad.domain.errors import EngineError, WadError


class MessageRefused(EngineError):
    """WhatsApp did not take a message; the chained error says why, and may name the recipient."""

    reason = "MESSAGE_REFUSED"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            f"WhatsApp did not take the message of session {session_id!r}. Is the recipient on WhatsApp? If so, try "
            "again."
        )
        self.session_id = session_id


class MessageNotFound(WadError):
    """No such message is kept."""

    reason = "MESSAGE_NOT_FOUND"

    def __init__(self, session_id: str, message_id: str) -> None:
        super().__init__(
            f"Of session {session_id!r} there is no message {message_id!r}: it was acknowledged, is older than "
            "messages are kept, or there never was one."
        )
        self.session_id = session_id


class MessagesNotKept(WadError):
    """The daemon is configured to keep no messages."""

    reason = "MESSAGES_NOT_KEPT"

    def __init__(self) -> None:
        super().__init__(
            "This daemon keeps no messages, so there are none to hand out; set messages.retention in its configuration "
            "to how long it is to keep them."
        )


class MessageUnconfirmed(EngineError):
    """There was no answer to a message: it may have been sent, may still be, or may be lost."""

    reason = "MESSAGE_UNCONFIRMED"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            f"WhatsApp has not confirmed the message of session {session_id!r}, and nobody can say whether it took it. "
            "Look into the chat before you send it again."
        )
        self.session_id = session_id
