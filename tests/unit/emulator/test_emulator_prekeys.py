"""The keys that devices upload, and that are handed to those who write to them."""

from pathlib import Path

import pytest

from wad.emulator.errors import WireError
from wad.emulator.jid import USER_SERVER, Jid
from wad.emulator.nodes import Node
from wad.emulator.prekeys import KeyStore

JID = Jid("4915112345678", USER_SERVER, 1)


def key(number: int) -> tuple[Node, Node]:
    """Return the id and the value of a key."""
    return Node("id", content=number.to_bytes(3, "big")), Node("value", content=number.to_bytes(32, "big"))


def upload(count: int, *, first: int = 1) -> Node:
    """Return what a device uploads, with some one-time keys."""
    return Node(
        "iq",
        content=(
            Node("registration", content=b"regi"),
            Node("list", content=tuple(Node("key", content=key(number)) for number in range(first, first + count))),
            Node("skey", content=(*key(0xFFFFFF), Node("signature", content=b"s" * 64))),
        ),
    )


def take(store: KeyStore) -> int | None:
    """Take a bundle and return the number of its one-time key."""
    keys = store.take(JID)
    assert keys
    one_time = next((node for node in keys.nodes(b"i" * 32) if node.tag == "key"), None)
    return int.from_bytes(one_time.children[0].data, "big") if one_time else None


def test_a_one_time_key_is_handed_out_once(tmp_path: Path) -> None:
    """Each bundle has the oldest key that is left, also after a restart; without any it has the signed one alone."""
    store = KeyStore(tmp_path)
    store.add(JID, upload(2))
    assert take(store) == 1
    again = KeyStore(tmp_path)
    assert again.count(JID) == 1
    assert (take(again), take(again)) == (2, None)


def test_a_later_upload_adds_keys(tmp_path: Path) -> None:
    """Keys that were uploaded before stay, and are handed out first."""
    store = KeyStore(tmp_path)
    store.add(JID, upload(1))
    store.add(JID, upload(2, first=5))
    assert [take(store) for _ in range(3)] == [1, 5, 6]


def test_the_keys_of_a_device_are_bounded(tmp_path: Path) -> None:
    """However much a device uploads, its file stays small."""
    store = KeyStore(tmp_path)
    for _ in range(5):
        store.add(JID, upload(812))
    assert store.count(JID) == 2000


def test_a_device_that_is_gone_leaves_no_keys(tmp_path: Path) -> None:
    """The keys of an unlinked device are removed, and those of an unknown one are none."""
    store = KeyStore(tmp_path)
    store.add(JID, upload(1))
    store.forget(JID)
    assert store.take(JID) is None
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_holds_no_keys(tmp_path: Path) -> None:
    """A device whose file is damaged is told that it has no keys left, and uploads new ones."""
    KeyStore(tmp_path).add(JID, upload(1))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert KeyStore(tmp_path).count(JID) == 0


@pytest.mark.parametrize("missing", ["registration", "list", "skey"])
def test_half_an_upload_is_refused(tmp_path: Path, missing: str) -> None:
    """An upload that lacks a part is an error of the client."""
    half = Node("iq", content=tuple(child for child in upload(1).children if child.tag != missing))
    with pytest.raises(WireError):
        KeyStore(tmp_path).add(JID, half)
