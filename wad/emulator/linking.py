"""What a phone does to link a device, and the device that comes of it."""

import time
from dataclasses import dataclass

from wad.emulator.jid import LID_SERVER, USER_SERVER, Jid
from wad.emulator.phones import Device, Phone
from wad.emulator.registration import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose phone it is.

    Args:
        phone: number of the phone, digits in international format.
        push_name: the account's display name, if it is to change.
        business_name: the account's verified business name, if it is to change.
        platform: operating system of the phone, if it is to change.
    """

    phone: str
    push_name: str | None = None
    business_name: str | None = None
    platform: str | None = None

    def update(self, phone: Phone) -> None:
        """Change what is to change."""
        phone.push_name = phone.push_name if self.push_name is None else self.push_name
        phone.business_name = phone.business_name if self.business_name is None else self.business_name
        phone.platform = self.platform or phone.platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Account):
    """A phone scans a QR code.

    Args:
        qr: text of the QR code.
    """

    qr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry(Account):
    """Somebody types a pairing code into a phone.

    Args:
        code: what is typed, with or without the hyphen.
    """

    code: str


def new_device(phone: Phone, candidate: Candidate, number: int, key_index: int) -> Device:
    """Return the device that a candidate becomes.

    Args:
        phone: whose device it will be.
        candidate: who wants to be linked.
        number: the device's number.
        key_index: its position in the phone's list of device keys.
    """
    return Device(
        jid=Jid(phone.number, USER_SERVER, number),
        lid=Jid(phone.lid, LID_SERVER, number),
        noise_key=candidate.noise_key,
        identity_key=candidate.identity_key,
        key_index=key_index,
        linked_at=time.time(),
        name=candidate.name,
        platform=candidate.platform,
    )
