"""What a logged-in device asks for, and what it is told."""

from pathlib import Path

import pytest

from wad.emulator import stanzas
from wad.emulator.jid import LID_SERVER, SERVER, USER_SERVER, Jid
from wad.emulator.nodes import Node
from wad.emulator.phones import Device, Phones
from wad.emulator.requests import Requests
from wad.emulator.stream import End, Pause

from .test_emulator_prekeys import upload

JID = Jid("4915112345678", USER_SERVER, 1)


@pytest.fixture
def phones(tmp_path: Path) -> Phones:
    """Return phones of which one has a linked device."""
    phones = Phones(tmp_path)
    phone = phones.phone(JID.user)
    phones.link(phone, Device(JID, Jid(phone.lid, LID_SERVER, 1), b"n" * 32, b"i" * 32, 1, 0.0))
    return phones


@pytest.fixture
def requests(phones: Phones) -> Requests:
    """Return the answers to that device."""
    device = phones.device(JID)
    assert device
    return Requests(device, phones, linger=0.5)


def iq(kind: str, xmlns: str, *children: Node) -> Node:
    """Return a request."""
    return Node("iq", {"id": "7", "to": SERVER, "type": kind, "xmlns": xmlns}, children)


def result(*children: Node) -> Node:
    """Return the answer to it."""
    return Node("iq", {"from": SERVER, "id": "7", "type": "result"}, children)


def test_uploaded_pre_keys_are_counted(requests: Requests) -> None:
    """A device is told how many pre-keys it has uploaded so far."""
    count = iq("get", "encrypt", Node("count"))
    assert requests.answer(count) == (result(Node("count", {"value": "0"})),)
    assert requests.answer(iq("set", "encrypt", *upload(50).children)) == (result(),)
    assert requests.answer(count) == (result(Node("count", {"value": "50"})),)


def test_a_phone_is_known_by_number_and_by_hidden_id(requests: Requests, phones: Phones) -> None:
    """Whoever asks about a person gets the hidden id and the linked devices, without the phone; a stranger has none."""
    phone = phones.phone(JID.user)
    people = (JID.account, Jid(phone.lid, LID_SERVER), Jid("491700000000", USER_SERVER))
    query = Node("query", content=(Node("devices", {"version": "2"}), Node("lid")))
    users = Node("list", content=tuple(Node("user", {"jid": person}) for person in people))
    (answer,) = requests.answer(iq("get", "usync", Node("usync", {"sid": "1"}, (query, users))))
    assert isinstance(answer, Node)
    found = answer.children[0].child("list")
    device = Node("device", {"id": "1", "key-index": "1"})
    told = (
        Node("devices", content=(Node("device-list", content=(device,)),)),
        Node("lid", {"val": Jid(phone.lid, LID_SERVER)}),
    )
    assert found == Node(
        "list", content=tuple(Node("user", {"jid": jid}, told if jid != people[2] else ()) for jid in people)
    )


def test_a_number_may_be_asked_for_on_whatsapp(requests: Requests) -> None:
    """A query by number says whether somebody with it is there."""
    query = Node("query", content=(Node("contact"),))
    numbers = (f"+{JID.user}", "+491700000000")
    users = Node("list", content=tuple(Node("user", content=(Node("contact", content=n.encode()),)) for n in numbers))
    (answer,) = requests.answer(iq("get", "usync", Node("usync", {}, (query, users))))
    assert isinstance(answer, Node)
    found = answer.children[0].child("list")
    assert found
    assert [user.children[0].text("type") for user in found.children] == ["in", "out"]


def test_the_keys_of_a_device_are_handed_out(requests: Requests) -> None:
    """A bundle has the device's identity, its signed key and a one-time key; one that is not linked has an error."""
    requests.answer(iq("set", "encrypt", *upload(1).children))
    wanted = Node("key", content=(Node("user", {"jid": JID}), Node("user", {"jid": Jid(JID.user, USER_SERVER, 9)})))
    (answer,) = requests.answer(iq("get", "encrypt", wanted))
    assert isinstance(answer, Node)
    known, unknown = answer.children[0].children
    assert {child.tag for child in known.children} == {"registration", "type", "identity", "key", "skey"}
    assert known.attrs["jid"] == JID
    assert unknown.children[0].tag == "error"


@pytest.mark.parametrize("xmlns", ["w:p", "passive", "privacy", "usync", "w:sync:app:state", "unheard-of"])
def test_everything_else_gets_an_empty_answer(requests: Requests, xmlns: str) -> None:
    """No request of a client goes unanswered, so that none waits for its time-out."""
    assert requests.answer(iq("get", xmlns)) == (result(),)


@pytest.mark.parametrize("node", [iq("result", "md"), Node("presence"), Node("ib"), Node("ack")])
def test_what_asks_nothing_gets_no_answer(requests: Requests, node: Node) -> None:
    """Answers, presence and telemetry are taken in silence."""
    assert requests.answer(node) == ()


def test_a_logout_unlinks_the_device(requests: Requests, phones: Phones) -> None:
    """A device that logs out is told so, is linked no longer, and its stream ends."""
    logout = iq("set", "md", Node("remove-companion-device", {"jid": JID, "reason": "user_initiated"}))
    pause = Pause(0.5)
    assert requests.answer(logout) == (result(), pause, stanzas.device_removed(), pause, End())
    assert phones.device(JID) is None


def test_another_device_is_not_unlinked(requests: Requests, phones: Phones) -> None:
    """A device cannot log out another one this way."""
    other = Jid(JID.user, USER_SERVER, 2)
    assert requests.answer(iq("set", "md", Node("remove-companion-device", {"jid": other}))) == (result(),)
    assert phones.device(JID)
