"""What a logged-in device asks for, and the answers."""

from wad.emulator import stanzas
from wad.emulator.contacts import answer_about_keys, answer_about_people
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
            case "notification" | "call":
                return (stanzas.ack(node),)
            case _:
                return ()

    def _answer_iq(self, node: Node) -> tuple[Outgoing, ...]:
        match node.text("type"), node.text("xmlns"):
            case "get", "encrypt" if node.child("count"):
                left = self._phones.keys.count(self._device.jid)
                return (stanzas.result(node, Node("count", {"value": str(left)})),)
            case "get", "encrypt" if wanted := node.child("key"):
                return (stanzas.result(node, answer_about_keys(self._phones, wanted)),)
            case "set", "encrypt" if node.child("list"):
                self._phones.keys.add(self._device.jid, node)
                return (stanzas.result(node),)
            case "get", "usync" if query := node.child("usync"):
                return (stanzas.result(node, answer_about_people(self._phones, self._device, query)),)
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
