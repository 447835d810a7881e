"""The relay of messages between linked devices: who gets a copy, who is told that it came, and what waits for whom.

The devices encrypt for each other, and the relay hands on what it cannot read. It does so in the addresses that the
sender used: phone numbers or hidden ids. Groups, status updates and newsletters are not emulated.
"""

from collections.abc import Callable, Iterable, Mapping

from wad.emulator import stanzas
from wad.emulator.counters import Counters
from wad.emulator.jid import LID_SERVER, USER_SERVER, Jid
from wad.emulator.nodes import Node
from wad.emulator.phones import Device, Phone, Phones
from wad.emulator.stream import Stream

_UNKNOWN = 404
_KEPT_ATTRS = ("id", "type", "edit", "category")


class Relay:
    """Hands on what devices send each other.

    Args:
        phones: phones and their devices.
        online: the streams of the devices that are online.
        counters: where messages are counted.
        clock: returns what time it is for a device, in seconds since the epoch.
    """

    def __init__(
        self, phones: Phones, online: Mapping[Jid, Stream], counters: Counters, clock: Callable[[Jid], int]
    ) -> None:
        self._phones = phones
        self._online = online
        self._counters = counters
        self._clock = clock
        phones.changed = self._announce

    def receive(self, sender: Device, node: Node) -> tuple[Node, ...]:
        """Take a message, a receipt or an acknowledgement from a device and return what the device is answered."""
        match node.tag:
            case "message":
                return (self._relay(sender, node),)
            case "receipt":
                sender.mailbox.confirm("message", node.text("id"), node.text("to"))
                self._pass_on(sender, node)
                return (stanzas.ack(node),)
            case _:
                sender.mailbox.confirm(node.text("class"), node.text("id"), node.text("to"))
                return ()

    def _relay(self, sender: Device, message: Node) -> Node:
        self._counters.messages_total += 1
        to = message.attrs.get("to")
        addressee = self._phones.find(to) if isinstance(to, Jid) else None
        if not isinstance(to, Jid) or not addressee:
            return stanzas.ack(message, error=_UNKNOWN)
        for jid, content in _copies(message, to):
            device = self._phones.device(jid)
            if device and device is not sender:
                now = self._clock(device.jid)
                copy = self._envelope(message, content, sender=sender, seen_as=jid, addressee=addressee, now=now)
                self._deliver(device, copy)
        return stanzas.ack(message, t=self._clock(sender.jid))

    def _pass_on(self, sender: Device, receipt: Node) -> None:
        # What is read or played, and what could not be decrypted, is the business of whoever sent the message.
        to = receipt.attrs.get("to")
        phone = self._phones.find(to) if isinstance(to, Jid) else None
        if not isinstance(to, Jid) or not phone:
            return
        devices = [self._phones.device(to)] if to.device else list(phone.devices.values())
        attrs = {name: value for name, value in receipt.attrs.items() if name != "to"}
        for device in devices:
            if device and device is not sender:
                stamped = {**attrs, "from": sender.address(to.server), "t": str(self._clock(device.jid))}
                self._send(device, Node("receipt", stamped, receipt.content))

    def _envelope(
        self, message: Node, content: tuple[Node, ...], *, sender: Device, seen_as: Jid, addressee: Phone, now: int
    ) -> Node:
        """Return a message as one of its devices gets it; `seen_as` is how the sender addressed that device."""
        own, other = (LID_SERVER, USER_SERVER) if seen_as.server == LID_SERVER else (USER_SERVER, LID_SERVER)
        suffix = "pn" if own == LID_SERVER else "lid"
        attrs = {name: message.attrs[name] for name in _KEPT_ATTRS if name in message.attrs}
        attrs |= {"from": sender.address(own), "t": str(now)}
        attrs[f"sender_{suffix}"] = sender.address(other).account
        phone = self._phones.find(sender.jid)
        if phone and phone.push_name:
            attrs["notify"] = phone.push_name
        if seen_as.user == sender.address(own).user:
            # The sender's other devices are told whom it was for.
            attrs["recipient"] = message.attrs.get("recipient", addressee.address(own))
            attrs[f"peer_recipient_{suffix}"] = addressee.address(other)
        identity = message.child("device-identity")
        return Node("message", attrs, (*content, identity) if identity else content)

    def _deliver(self, device: Device, copy: Node) -> None:
        self._counters.messages_relayed_total += 1
        if not self._send(device, copy):
            self._counters.messages_dropped_total += 1

    def _send(self, device: Device, stanza: Node) -> bool:
        # A device that is online and confirms nothing gets no more than its mailbox holds: that bounds its stream too.
        if not device.mailbox.put(stanza):
            return False
        if stream := self._online.get(device.jid):
            stream.send(stanza)
        return True

    def _announce(self, phone: Phone) -> None:
        """Tell whoever has asked for a phone's devices that they are others now."""
        for watcher, server in tuple(phone.watchers):
            if device := self._phones.device(watcher):
                account = phone.address(server)
                # One id for all such news of an account: in a mailbox the latest takes the place of those before.
                news = stanzas.devices_changed(account, request=f"devices-{account.user}", now=self._clock(watcher))
                self._send(device, news)
            else:
                phone.watchers.discard((watcher, server))


def _copies(message: Node, to: Jid) -> Iterable[tuple[Jid, tuple[Node, ...]]]:
    """Yield the encrypted copies in a message, and for whom each is; one that is sent again has just one."""
    participants = message.child("participants")
    if participants is None:
        yield to, tuple(child for child in message.children if child.tag == "enc")
        return
    for copy in participants.children:
        if isinstance(jid := copy.attrs.get("jid"), Jid):
            yield jid, copy.children
