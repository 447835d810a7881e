"""What a device has been sent, or is to be sent, and has not confirmed."""

from collections.abc import Iterator

from wad.emulator.nodes import Node

CAPACITY = 1000
"""Stanzas that wait for one device at most; it bounds what an emulator keeps for devices that never come back."""

_Key = tuple[str, str, str]


class Mailbox:
    """Stanzas in the order in which they came, each until the device confirms it.

    Like the service, the emulator sends a device whatever it has not confirmed again when it logs in. It is kept in
    memory: a restarted emulator has forgotten it.
    """

    def __init__(self) -> None:
        self._stanzas: dict[_Key, Node] = {}

    def __len__(self) -> int:
        return len(self._stanzas)

    def __iter__(self) -> Iterator[Node]:
        return iter(self._stanzas.values())

    def put(self, stanza: Node) -> bool:
        """Keep a stanza until it is confirmed; say whether there was room.

        One that comes again, as a message that is encrypted anew does, replaces the one before.
        """
        key = _key(stanza.tag, stanza.text("id"), stanza.text("from"))
        if key not in self._stanzas and len(self._stanzas) >= CAPACITY:
            return False
        self._stanzas[key] = stanza
        return True

    def confirm(self, tag: str, id_: str, sender: str) -> None:
        """Forget a stanza, if it is there.

        Args:
            tag: what it is: message, receipt or notification.
            id_: its id.
            sender: whom it came from, as the device was told.
        """
        self._stanzas.pop(_key(tag, id_, sender), None)


def _key(tag: str, id_: str, sender: str) -> _Key:
    return tag, id_, sender
