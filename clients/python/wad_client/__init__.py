"""Client of wad, the supervisor daemon for WhatsApp linked-device sessions.

:class:`Client` is where to begin; the messages of the contract are in :mod:`wad_client.v1`.
"""

from wad_client.client import Client
from wad_client.errors import Violation, WadError
from wad_client.inbox import Inbox
from wad_client.watch import Watch

__all__ = ["Client", "Inbox", "Violation", "WadError", "Watch"]
