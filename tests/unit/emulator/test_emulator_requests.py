"""What a logged-in device asks for, and what it is told."""

from pathlib import Path

import pytest

from wad.emulator import stanzas
from wad.emulator.jid import LID_SERVER, SERVER, USER_SERVER, Jid
from wad.emulator.nodes import Node
from wad.emulator.phones import Device, Phones
from wad.emulator.requests import Requests
from wad.emulator.stream import End, Pause

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
    keys = Node("list", content=tuple(Node("key") for _ in range(50)))
    count = iq("get", "encrypt", Node("count"))
    assert requests.answer(count) == (result(Node("count", {"value": "0"})),)
    assert requests.answer(iq("set", "encrypt", keys)) == (result(),)
    assert requests.answer(count) == (result(Node("count", {"value": "50"})),)


@pytest.mark.parametrize("xmlns", ["w:p", "passive", "privacy", "usync", "w:sync:app:state", "unheard-of"])
def test_everything_else_gets_an_empty_answer(requests: Requests, xmlns: str) -> None:
    """No request of a client goes unanswered, so that none waits for its time-out."""
    assert requests.answer(iq("get", xmlns)) == (result(),)


@pytest.mark.parametrize("node", [iq("result", "md"), Node("presence"), Node("ib"), Node("ack")])
def test_what_asks_nothing_gets_no_answer(requests: Requests, node: Node) -> None:
    """Answers, presence and telemetry are taken in silence."""
    assert requests.answer(node) == ()


def test_a_receipt_is_acknowledged(requests: Requests) -> None:
    """A receipt is acknowledged by id and class, as clients expect."""
    receipt = Node("receipt", {"id": "M1", "to": Jid("12", LID_SERVER), "type": "read"})
    ack = Node("ack", {"id": "M1", "type": "read", "class": "receipt", "from": Jid("12", LID_SERVER)})
    assert requests.answer(receipt) == (ack,)


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
