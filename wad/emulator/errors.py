"""What can go wrong in the emulator.

EmulatorError
├── WireError            a client sent bytes that the protocol does not allow
├── WrongCode            the pairing code that was typed is not the one that the client shows
├── StartError           the emulator cannot start: directory, lock or port
└── RequestError         a control request cannot be carried out (4xx)
    ├── InvalidRequest   400: the request itself is wrong
    ├── UnknownTarget    404: no such device, phone or fault
    └── Conflict         409: the request is right, the state does not allow it
"""

from typing import ClassVar


class EmulatorError(Exception):
    """Base of every error that the emulator raises on purpose."""


class WireError(EmulatorError):
    """A client sent bytes that the protocol does not allow; its connection ends."""


class WrongCode(EmulatorError):
    """The pairing code that was typed is not the one that the client shows."""


class StartError(EmulatorError):
    """The emulator cannot start; the message says why and what to do."""


class RequestError(EmulatorError):
    """A control request that cannot be carried out.

    Args:
        code: short machine-readable name of the problem.
        message: what happened and why.
        hint: what the caller can do about it.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class InvalidRequest(RequestError):
    """The request itself is wrong."""


class UnknownTarget(RequestError):
    """The request names a device, phone or fault that does not exist."""

    status = 404


class Conflict(RequestError):
    """The request is right, but the present state does not allow it."""

    status = 409
