"""The connections that wait for a phone to scan their QR code, or for somebody to type their pairing code."""

from collections import OrderedDict
from typing import Literal

from wad.emulator.errors import Conflict, UnknownTarget
from wad.emulator.qr import QrCode
from wad.emulator.registration import CodeRequest, Registration

NEW_QR = "Let the client show a new QR code and scan that one."
"""What helps whenever a QR code cannot be scanned."""

NEW_CODE = "Let the client ask for a new pairing code and type that one."
"""What helps whenever a pairing code cannot be used."""

_REMEMBERED = 10_000


class WaitingRoom:
    """Registrations by the references in their QR codes, and why earlier codes are no good any more.

    A pairing code is known by the number of the phone that it is for: the code itself the server never learns.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Registration] = {}
        self._spent: OrderedDict[str, Literal["used", "expired"]] = OrderedDict()

    def __len__(self) -> int:
        return len(set(self._waiting.values()))

    def __contains__(self, registration: Registration) -> bool:
        return registration.refs[0] in self._waiting

    def add(self, registration: Registration) -> None:
        """Make the codes of a connection scannable."""
        self._waiting |= dict.fromkeys(registration.refs, registration)

    def remove(self, registration: Registration, why: Literal["used", "expired"]) -> None:
        """Make the codes of a connection unscannable, if they still are scannable."""
        for ref in registration.refs:
            if self._waiting.pop(ref, None):
                self._spend(ref, why)
                if registration.code:
                    self._spend(registration.code.phone, why)

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

    def find_code(self, phone: str, now: float) -> tuple[Registration, CodeRequest]:
        """Return the latest connection that has asked for a pairing code for a phone, and its request.

        Args:
            phone: number of the phone.
            now: on the event loop's clock.

        Raises:
            UnknownTarget: no connection ever asked for one.
            Conflict: the code is used or expired.
        """
        asked = [(waits, waits.code) for waits in self._waiting.values() if waits.code and waits.code.phone == phone]
        if not asked:
            why = self._spent.get(phone)
            if why is None:
                hint = f"A code is good for one phone number only. {NEW_CODE}"
                raise UnknownTarget("code_unknown", f"No client has asked for a pairing code for {phone}.", hint)
            raise Conflict(f"code_{why}", f"The pairing code for {phone} is {why}.", NEW_CODE)
        registration, request = asked[-1]
        if now >= registration.last_end:
            raise Conflict("code_expired", f"The pairing code for {phone} is expired.", NEW_CODE)
        return registration, request

    def _spend(self, code: str, why: Literal["used", "expired"]) -> None:
        self._spent.pop(code, None)
        self._spent[code] = why
        if len(self._spent) > _REMEMBERED:
            self._spent.popitem(last=False)
