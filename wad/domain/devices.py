"""Device sessions: the linked devices of one phone, side by side.

A device is a session like any other, with a phone number that was declared for it. What sets it apart is its policy (it
has heartbeats), its name (``<phone>_<device>``), and that only that phone may link it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wad.domain.errors import InvalidInput
from wad.domain.ids import SessionId, parse_session_id
from wad.domain.phone_numbers import parse_phone_number

if TYPE_CHECKING:
    from wad.domain.events import UserIdentity

_LONGEST_TEXT = 256
_DEVICE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What the owner of a device says of it; nothing of it reaches WhatsApp.

    Attributes:
        name: What people call it.
        user_agent: The program that uses it.
        ip_address: Where that program runs.
        platform: What it runs on.
    """

    name: str = ""
    user_agent: str = ""
    ip_address: str = ""
    platform: str = ""

    def __post_init__(self) -> None:
        """Refuse a text of more than 256 characters.

        Raises:
            InvalidInput: One is longer.
        """
        for name in ("name", "user_agent", "ip_address", "platform"):
            if len(getattr(self, name)) > _LONGEST_TEXT:
                raise InvalidInput(f"info.{name}", f"{name} is longer than {_LONGEST_TEXT} characters; shorten it.")


@dataclass(frozen=True, slots=True)
class Device:
    """What makes a session a device.

    Attributes:
        phone_number: The only phone that may link it, digits in international format.
        device_id: Its name among the devices of that phone.
        info: What its owner says of it.
    """

    phone_number: str
    device_id: str
    info: DeviceInfo = field(default_factory=DeviceInfo)

    @classmethod
    def declared(cls, phone_number: str, device_id: str, info: DeviceInfo | None = None) -> Device:
        """Return a device as its owner declares it.

        Raises:
            InvalidInput: That is no phone number, or no device id.
        """
        if not _DEVICE_ID.fullmatch(device_id):
            raise InvalidInput(
                "device_id",
                "This is not a device id: one has 1 to 48 letters (A-Z, a-z), digits, '.', '_' or '-', and begins with "
                "a letter or a digit.",
            )
        return cls(parse_phone_number(phone_number), device_id, info or DeviceInfo())

    def after(self, stored: Device | None) -> Device:
        """Return the device with what its owner said of it earlier, unless there is something new."""
        return stored if stored is not None and self.info == DeviceInfo() else self

    @property
    def session_id(self) -> SessionId:
        """The id of its session, ``<phone>_<device>``."""
        return parse_session_id(f"{self.phone_number}_{self.device_id}")

    def belongs_to(self, user: UserIdentity) -> bool:
        """Return False when it is known to be linked to another phone than the one that was declared for it.

        A user whose number is not known is no proof of that, and a refusal deletes credentials.
        """
        return user.phone_number in {"", self.phone_number}
