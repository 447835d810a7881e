"""WhatsApp addresses."""

import re
from dataclasses import dataclass
from typing import Self

USER_SERVER = "s.whatsapp.net"
LID_SERVER = "lid"

_TEXT = re.compile(r"(?P<user>[^@:]*)(?::(?P<device>\d{1,5}))?@(?P<server>[^@]+)")


@dataclass(frozen=True, slots=True)
class Jid:
    """An address: `user@server` or, for a linked device, `user:device@server`.

    Args:
        user: phone number, lid or group; empty for the server itself.
        server: namespace of the user, such as `s.whatsapp.net` or `lid`.
        device: number of the linked device; 0 is the phone.
    """

    user: str
    server: str
    device: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the written form.

        Raises:
            ValueError: `text` is not an address.
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a jid such as 4915112345678:1@{USER_SERVER}")
        return cls(match["user"], match["server"], int(match["device"] or 0))

    @property
    def account(self) -> "Jid":
        """The address of the account whose device this is."""
        return Jid(self.user, self.server)

    def __str__(self) -> str:
        if not self.user:
            return self.server
        device = f":{self.device}" if self.device else ""
        return f"{self.user}{device}@{self.server}"


SERVER = Jid("", USER_SERVER)
"""The WhatsApp server itself."""
