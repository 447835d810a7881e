"""What a logged-in device asks for, and the answers."""

from wad.emulator import stanzas
from wad.emulator.nodes import Node
from wad.emulator.phones import Device, Phones
from wad.emulator.stream import End, Outgoing, Pause


class Requests:
    """Answers the requests of one device.

    Args:
        device: who asks.
        phones: where devices and their pre-keys are kept.
        linger: how long the connection stays open after a logout, in seconds.
    """

    def __init__(self, device: Device, phones: Phones, *, linger: float) -> None:
        self._device = device
        self._phones = phones
        self._linger = linger

    def answer(self, node: Node) -> tuple[Outgoing, ...]:
        """Return what to send in answer to a node, in order; nothing for a node that needs no answer."""
        match node.tag:
            case "iq" if node.text("type") in {"get", "set"}:
                return self._answer_iq(node)
            case "receipt" | "notification" | "call":
                return (stanzas.ack(node),)
            case _:
                return ()

    def _answer_iq(self, node: Node) -> tuple[Outgoing, ...]:
        match node.text("type"), node.text("xmlns"):
            case "get", "encrypt" if node.child("count"):
                return (stanzas.result(node, Node("count", {"value": str(self._device.pre_keys)})),)
            case "set", "encrypt" if keys := node.child("list"):
                self._phones.add_pre_keys(self._device, len(keys.children))
                return (stanzas.result(node),)
            case "set", "md" if removal := node.child("remove-companion-device"):
                return self._remove(node, removal)
            case _:
                # Clients ask for settings and properties that the emulator has none of.
                return (stanzas.result(node),)

    def _remove(self, node: Node, removal: Node) -> tuple[Outgoing, ...]:
        if removal.attrs.get("jid") != self._device.jid:
            return (stanzas.result(node),)
        self._phones.unlink(self._device.jid)
        goodbye = stanzas.device_removed()
        pause = Pause(self._linger)
        # The client closes when it has the result; the error is for one that does not.
        return (stanzas.result(node), pause, goodbye, pause, End())
