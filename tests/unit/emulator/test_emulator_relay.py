"""The relay: who gets a copy of a message, and what waits for whom."""

from pathlib import Path
from typing import cast

import pytest

from wad.emulator import mailbox
from wad.emulator.contacts import answer_about_people
from wad.emulator.jid import LID_SERVER, USER_SERVER, Jid
from wad.emulator.network import Network
from wad.emulator.nodes import Node
from wad.emulator.phones import Device, Phones
from wad.emulator.settings import Settings
from wad.emulator.stream import Outgoing, Stream

A, B = "4915112345678", "4915112345679"


class Wire:
    """A stream that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def send(self, *outgoing: Outgoing) -> None:
        """Keep what is sent."""
        self.sent += outgoing

    def of(self, tag: str) -> list[Node]:
        """Return the nodes of that name."""
        return [node for node in self.sent if isinstance(node, Node) and node.tag == tag]


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """Return a network without anybody."""
    return Network(Phones(tmp_path), Settings())


def link(network: Network, number: str) -> Device:
    """Link a device."""
    phone = network.phones.phone(number)
    with network.phones.reserve(phone) as (device, key_index):
        jid, lid = Jid(number, USER_SERVER, device), Jid(phone.lid, LID_SERVER, device)
        made = Device(jid, lid, b"n" * 32, b"i" * 32, key_index, 0.0)
        network.phones.link(phone, made)
    return made


def come_online(network: Network, device: Device) -> Wire:
    """Let a device log in."""
    wire = Wire()
    network.come_online(device, cast("Stream", wire))
    return wire


def message(to: Jid, *targets: Jid, id_: str = "M1") -> Node:
    """Return a message with a copy for each target."""
    copies = tuple(Node("to", {"jid": jid}, (Node("enc", content=str(jid).encode()),)) for jid in targets)
    body = (Node("participants", content=copies), Node("device-identity", content=b"who"))
    return Node("message", {"id": id_, "to": to, "type": "text"}, body)


def test_each_device_gets_the_copy_that_is_encrypted_for_it(network: Network) -> None:
    """The recipient's devices and the sender's other ones get their own copy, and nobody gets another's."""
    a1, a2, b1, b2 = (link(network, number) for number in (A, A, B, B))
    wires = {device.jid: come_online(network, device) for device in (a1, a2, b1, b2)}
    network.phones.phone(A).push_name = "Ada"
    (ack,) = network.relay.receive(a1, message(b1.jid.account, b1.jid, b2.jid, a2.jid))
    assert (ack.tag, ack.text("class"), ack.text("id")) == ("ack", "message", "M1")
    for device in (a2, b1, b2):
        (copy,) = wires[device.jid].of("message")
        assert copy.children[0].data == str(device.jid).encode()
        assert copy.children[1].data == b"who"
        assert copy.attrs["from"] == a1.jid
        assert copy.attrs["sender_lid"] == a1.lid.account
        assert copy.attrs["notify"] == "Ada"
        assert copy.attrs.get("recipient") == (b1.jid.account if device is a2 else None)
    assert not wires[a1.jid].of("message")
    assert network.counters.messages_relayed_total == 3


def test_hidden_addresses_are_answered_in_kind(network: Network) -> None:
    """A message to a hidden id comes from one, with the numbers beside it."""
    a1, a2, b1 = (link(network, number) for number in (A, A, B))
    own, other = come_online(network, a2), come_online(network, b1)
    network.relay.receive(a1, message(b1.lid.account, b1.lid, a2.lid))
    (copy,), (mine,) = other.of("message"), own.of("message")
    assert (copy.attrs["from"], copy.attrs["sender_pn"]) == (a1.lid, a1.jid.account)
    assert (mine.attrs["recipient"], mine.attrs["peer_recipient_pn"]) == (b1.lid.account, b1.jid.account)


def test_nobody_behind_a_number_is_an_error(network: Network) -> None:
    """Who writes to a number that has no account is told so."""
    a1 = link(network, A)
    (ack,) = network.relay.receive(a1, message(Jid(B, USER_SERVER)))
    assert ack.text("error") == "404"


def test_what_is_not_confirmed_comes_again(network: Network) -> None:
    """A device that was offline gets its messages, and how many there were, at every login until it confirms them."""
    a1, b1 = link(network, A), link(network, B)
    for id_ in ("M1", "M2"):
        network.relay.receive(a1, message(b1.lid.account, b1.lid, id_=id_))
    for left in (["M1", "M2"], ["M2"], []):
        wire = come_online(network, b1)
        assert [node.text("id") for node in wire.of("message")] == left
        (news,) = wire.of("ib")
        assert news.children[0].text("count") == str(len(left))
        assert len(b1.mailbox) == len(left)
        if left == ["M1", "M2"]:
            network.relay.receive(b1, Node("receipt", {"id": "M1", "to": a1.lid}))
        else:
            network.relay.receive(b1, Node("ack", {"id": "M2", "class": "message", "to": a1.lid}))


def test_a_receipt_goes_to_whom_it_names(network: Network) -> None:
    """The receiver's receipt is acknowledged, and reaches the device that sent the message."""
    a1, a2, b1 = (link(network, number) for number in (A, A, B))
    one, two = come_online(network, a1), come_online(network, a2)
    receipt = Node("receipt", {"id": "M1", "to": a1.lid, "type": "retry"}, (Node("retry", {"count": "1"}),))
    (ack,) = network.relay.receive(b1, receipt)
    assert (ack.text("class"), ack.text("id"), ack.attrs["from"]) == ("receipt", "M1", a1.lid)
    (told,) = one.of("receipt")
    assert (told.attrs["from"], told.text("type"), told.children) == (b1.lid, "retry", receipt.children)
    assert not two.of("receipt")


def test_a_message_that_is_sent_again_replaces_the_first(network: Network) -> None:
    """What was encrypted anew for one device reaches it, and waits once."""
    a1, b1 = link(network, A), link(network, B)
    network.relay.receive(a1, message(b1.lid.account, b1.lid))
    anew = Node("message", {"id": "M1", "to": b1.lid, "type": "text"}, (Node("enc", content=b"anew"),))
    network.relay.receive(a1, anew)
    (copy,) = come_online(network, b1).of("message")
    assert copy.children[0].data == b"anew"


def test_mailboxes_are_bounded(network: Network) -> None:
    """A device that confirms nothing gets no more than a mailbox holds, online or not."""
    a1, b1 = link(network, A), link(network, B)
    wire = come_online(network, b1)
    for number in range(mailbox.CAPACITY + 5):
        network.relay.receive(a1, message(b1.lid.account, b1.lid, id_=str(number)))
    assert len(b1.mailbox) == len(wire.of("message")) == mailbox.CAPACITY
    assert network.counters.messages_dropped_total == 5


def test_who_has_asked_for_devices_is_told_when_they_change(network: Network) -> None:
    """A device that knows a device list hears of a new and of a lost device, by the address that it has asked for."""
    a1, b1 = link(network, A), link(network, B)
    wire = come_online(network, a1)
    query = Node("query", content=(Node("devices"),))
    users = Node("list", content=(Node("user", {"jid": b1.lid.account}),))
    answer_about_people(network.phones, a1, Node("usync", {}, (query, users)))
    b2 = link(network, B)
    network.act(str(b2.jid), "revoke")
    news = wire.of("notification")
    assert [(node.text("type"), node.attrs["from"]) for node in news] == [("devices", b1.lid.account)] * 2
    assert len(a1.mailbox) == 1  # an absent device is not buried under old news
