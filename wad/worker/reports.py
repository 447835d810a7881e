"""What reaches a client's queue: the library's reports, and what the worker itself notices."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class QrShown:
    """The library has a QR text to be shown."""

    code: str = field(repr=False)  # an error's text must not carry it into the log


@dataclass(frozen=True, slots=True)
class QrOutcome:
    """The showing of QR codes has come to something, for which the library has a word."""

    word: str


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """One of the subscribed events: its number and its serialised message."""

    kind: int
    payload: bytes = field(repr=False)  # likewise: it may be a message


@dataclass(frozen=True, slots=True)
class LoginSeen:
    """The client was found to be logged in."""


@dataclass(frozen=True, slots=True)
class LoginStalled:
    """The client was linked, and was found neither connected nor connecting."""


@dataclass(frozen=True, slots=True)
class FoundDead:
    """The client was found without a connection that it had."""


@dataclass(frozen=True, slots=True)
class MessagesWait:
    """Messages or receipts came, and the client has them."""


@dataclass(frozen=True, slots=True)
class StoreLost:
    """The client's files were found to be no longer where they were."""

    message: str


@dataclass(frozen=True, slots=True)
class Returned:
    """The client's thread returned with this error, empty for none."""

    message: str


@dataclass(frozen=True, slots=True)
class CloseRequested:
    """The client is to be closed."""


LibraryReport = QrShown | QrOutcome | EngineEvent
Report = LibraryReport | LoginSeen | LoginStalled | MessagesWait | FoundDead | StoreLost | Returned | CloseRequested
