"""Nodes to binary XML.

The first byte of an encoded node holds flags: 2 means that the rest is compressed with zlib, which the emulator
never does. Clients of dictionary version 3 understand everything that is written here.
"""

from wad.emulator.jid import Jid
from wad.emulator.nodes import Node
from wad.emulator.tokens import AGENT_OF_SERVER, DOUBLE_INDEX, HEX, NIBBLES, SINGLE_INDEX, Tag

_PACKED_MAX = 127
_INT8, _INT20 = 1 << 8, 1 << 20


def encode(node: Node) -> bytes:
    """Return the bytes of a node, the leading flag byte included, uncompressed."""
    out = bytearray(b"\0")
    _write_node(out, node)
    return bytes(out)


def _write_node(out: bytearray, node: Node) -> None:
    has_content = node.content is not None and node.content != ()
    _write_list_start(out, 1 + 2 * len(node.attrs) + has_content)
    _write_string(out, node.tag)
    for name, value in node.attrs.items():
        _write_string(out, name)
        if isinstance(value, Jid):
            _write_jid(out, value)
        else:
            _write_string(out, value)
    if isinstance(node.content, bytes):
        _write_bytes(out, node.content)
    elif node.content:
        _write_list_start(out, len(node.content))
        for child in node.content:
            _write_node(out, child)


def _write_list_start(out: bytearray, size: int) -> None:
    if size < _INT8:
        out += bytes((Tag.LIST_8, size))
    else:
        out.append(Tag.LIST_16)
        out += size.to_bytes(2, "big")


def _write_string(out: bytearray, text: str) -> None:
    if (single := SINGLE_INDEX.get(text)) is not None:
        out.append(single)
    elif (double := DOUBLE_INDEX.get(text)) is not None:
        out += bytes((Tag.DICTIONARY_0 + double[0], double[1]))
    elif 0 < len(text) <= _PACKED_MAX and not text.strip(NIBBLES):
        _write_packed(out, Tag.NIBBLE_8, NIBBLES, text)
    elif 0 < len(text) <= _PACKED_MAX and not text.strip(HEX):
        _write_packed(out, Tag.HEX_8, HEX, text)
    else:
        _write_bytes(out, text.encode())


def _write_packed(out: bytearray, tag: Tag, alphabet: str, text: str) -> None:
    digits = [alphabet.index(character) for character in text]
    odd = len(digits) % 2
    if odd:
        digits.append(15)
    out += bytes((tag, odd << 7 | len(digits) // 2))
    out += bytes(high << 4 | low for high, low in zip(digits[::2], digits[1::2], strict=True))


def _write_bytes(out: bytearray, data: bytes) -> None:
    size = len(data)
    if size < _INT8:
        out += bytes((Tag.BINARY_8, size))
    elif size < _INT20:
        out.append(Tag.BINARY_20)
        out += size.to_bytes(3, "big")
    else:
        out.append(Tag.BINARY_32)
        out += size.to_bytes(4, "big")
    out += data


def _write_jid(out: bytearray, jid: Jid) -> None:
    agent = AGENT_OF_SERVER.get(jid.server)
    if jid.device and agent is not None:
        if jid.device >= _INT8:
            raise ValueError(f"{jid} cannot be encoded: a device number has one byte")
        out += bytes((Tag.AD_JID, agent, jid.device))
        _write_string(out, jid.user)
        return
    out.append(Tag.JID_PAIR)
    if jid.user:
        _write_string(out, jid.user)
    else:
        out.append(Tag.LIST_EMPTY)
    _write_string(out, jid.server)
