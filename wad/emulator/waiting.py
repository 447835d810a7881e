"""The connections that wait for a phone to scan their QR code."""

from collections import OrderedDict
from typing import Literal

from wad.emulator.errors import Conflict, UnknownTarget
from wad.emulator.qr import QrCode
from wad.emulator.registration import REFS, Registration

NEW_QR = "Let the client show a new QR code and scan that one."
"""What helps whenever a QR code cannot be scanned."""

_REMEMBERED = 10_000


class WaitingRoom:
    """Registrations by the references in their QR codes, and why earlier references are no good any more."""

    def __init__(self) -> None:
        self._waiting: dict[str, Registration] = {}
        self._spent: OrderedDict[str, Literal["used", "expired"]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting) // REFS

    def add(self, registration: Registration) -> None:
        """Make the codes of a connection scannable."""
        self._waiting |= dict.fromkeys(registration.refs, registration)

    def remove(self, registration: Registration, why: Literal["used", "expired"]) -> None:
        """Make the codes of a connection unscannable, if they still are scannable."""
        for ref in registration.refs:
            if self._waiting.pop(ref, None):
                self._spent[ref] = why
        while len(self._spent) > _REMEMBERED:
            self._spent.popitem(last=False)

    def find(self, code: QrCode, now: float) -> Registration:
        """Return the connection that shows a code; `now` is on the event loop's clock.

        Raises:
            UnknownTarget: no connection ever showed it.
            Conflict: it is used or expired, or holds other keys than the connection's.
        """
        registration = self._waiting.get(code.ref)
        if registration is None:
            why = self._spent.get(code.ref)
            if why is None:
                raise UnknownTarget("qr_unknown", "No client of this emulator shows that QR code.", NEW_QR)
            raise Conflict(f"qr_{why}", f"The QR code is {why}.", NEW_QR)
        if registration.expired(code.ref, now):
            raise Conflict("qr_expired", "The QR code is expired.", NEW_QR)
        candidate = registration.candidate
        if (code.noise_key, code.identity_key) != (candidate.noise_key, candidate.identity_key):
            raise Conflict("qr_mismatch", "The QR code holds other keys than the client that shows it.", NEW_QR)
        return registration
