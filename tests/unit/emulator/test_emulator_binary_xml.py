"""Binary XML: what is written is read back, and nothing that a client sends can do worse than be refused."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.emulator.decoding import MAX_NODE_BYTES, decode
from wad.emulator.encoding import encode
from wad.emulator.errors import WireError
from wad.emulator.jid import LID_SERVER, SERVER, USER_SERVER, Jid
from wad.emulator.nodes import Node
from wad.emulator.tokens import DOUBLE, SINGLE

words = (
    st.sampled_from(SINGLE[1:])
    | st.sampled_from(DOUBLE[0] + DOUBLE[3])
    | st.text("0123456789-.", max_size=130)
    | st.text("0123456789ABCDEF", max_size=130)
    | st.text(max_size=300)
)
jids = st.builds(
    Jid, st.text("0123456789", min_size=1), st.sampled_from([USER_SERVER, LID_SERVER]), st.integers(0, 255)
)
attributes = st.dictionaries(words.filter(bool), words | jids | st.just(SERVER), max_size=5)
nodes = st.recursive(
    st.builds(Node, words.filter(bool), attributes, st.none() | st.binary(max_size=400)),
    lambda inner: st.builds(
        Node, words.filter(bool), attributes, st.lists(inner, min_size=1, max_size=6).map(tuple) | st.none()
    ),
    max_leaves=20,
)


@given(nodes)
def test_a_node_survives_the_wire(node: Node) -> None:
    """Decoding what was encoded gives the same node."""
    assert decode(encode(node)) == node


@given(nodes)
def test_a_compressed_node_is_understood(node: Node) -> None:
    """Flag 2 in the first byte means that the rest is compressed with zlib."""
    assert decode(b"\2" + zlib.compress(encode(node)[1:])) == node


@given(st.binary(max_size=200))
def test_garbage_is_refused(data: bytes) -> None:
    """Bytes that are no node raise WireError and nothing else."""
    try:
        decode(data)
    except WireError:
        return


@given(nodes, st.data())
def test_a_truncated_node_is_refused(node: Node, data: st.DataObject) -> None:
    """A node without its end is never taken for a whole one."""
    encoded = encode(node)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(WireError):
        decode(encoded[:cut])


def test_a_ping_has_the_bytes_of_the_service() -> None:
    """Tokens, digits and addresses are encoded as every client expects."""
    node = Node("iq", {"to": SERVER, "id": "12.34-5", "type": "get", "xmlns": "w:p"})
    expected = bytes([0, 248, 9, SINGLE.index("iq"), SINGLE.index("to"), 250, 0, SINGLE.index("s.whatsapp.net")])
    expected += bytes([SINGLE.index("id"), 255, 4 | 128, 0x12, 0xB3, 0x4A, 0x5F])
    expected += bytes([SINGLE.index("type"), SINGLE.index("get"), SINGLE.index("xmlns"), SINGLE.index("w:p")])
    assert encode(node) == expected


def test_a_linked_device_is_addressed_with_its_domain() -> None:
    """Domain 0 stands for phone numbers and 1 for lids, then come device and user."""
    node = Node("iq", {"id": Jid("491", USER_SERVER, 7), "to": Jid("921", LID_SERVER, 9)})
    encoded = encode(node)
    assert bytes([247, 0, 7, 255, 130, 0x49, 0x1F]) in encoded
    assert bytes([247, 1, 9, 255, 130, 0x92, 0x1F]) in encoded


def test_long_content_has_a_longer_length() -> None:
    """Content beyond 255 bytes and beyond a megabyte has lengths of 20 and 32 bits."""
    assert encode(Node("a", content=bytes(256)))[-260:-256] == b"\xfd\x00\x01\x00"
    assert encode(Node("a", content=bytes(1 << 20)))[-(1 << 20) - 5 :][:5] == b"\xfe\x00\x10\x00\x00"


def test_many_children_have_a_longer_list() -> None:
    """A list of more than 255 nodes, such as the first upload of pre-keys, is read back whole."""
    node = Node("list", content=tuple(Node("key", {"id": str(number)}) for number in range(812)))
    assert decode(encode(node)) == node


def test_a_compression_bomb_is_refused() -> None:
    """A node that inflates beyond the limit is refused before it fills the memory."""
    with pytest.raises(WireError, match="larger than"):
        decode(b"\2" + zlib.compress(bytes(MAX_NODE_BYTES + 1)))


def test_endless_nesting_is_refused() -> None:
    """Nodes nested beyond any client's need are refused before they exhaust the stack."""
    with pytest.raises(WireError, match="deep"):
        decode(b"\0" + bytes([248, 2, SINGLE.index("iq"), 248, 1]) * 5000)


def test_a_device_beyond_one_byte_is_refused() -> None:
    """An address whose device number does not fit is refused instead of being cut."""
    with pytest.raises(ValueError, match="one byte"):
        encode(Node("iq", {"to": Jid("491", USER_SERVER, 256)}))
