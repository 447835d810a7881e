"""Binary XML to nodes."""

import zlib

from wad.emulator.errors import WireError
from wad.emulator.jid import Jid
from wad.emulator.nodes import Node
from wad.emulator.tokens import AGENT_OF_SERVER, DOUBLE, HEX, NIBBLES, SINGLE, Tag

MAX_NODE_BYTES = 16 * 1024 * 1024
"""Largest inflated node, in bytes; frames themselves cannot be larger than this either."""

_MAX_DEPTH = 64
_COMPRESSED = 2
_INT20 = 1 << 20
_SERVER_OF_AGENT = {agent: server for server, agent in AGENT_OF_SERVER.items()}


def decode(data: bytes) -> Node:
    """Return the node that `data`, with its leading flag byte, stands for.

    Raises:
        WireError: the bytes are not one complete node.
    """
    if not data:
        raise WireError("an empty frame holds no node")
    body = _inflate(data[1:]) if data[0] & _COMPRESSED else data[1:]
    reader = _Reader(body)
    node = reader.node()
    if reader.remaining:
        raise WireError(f"{reader.remaining} bytes are left over after the node <{node.tag}>")
    return node


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        body = inflater.decompress(data, MAX_NODE_BYTES)
    except zlib.error as error:
        raise WireError(f"a compressed node cannot be inflated: {error}") from error
    if not inflater.eof:
        raise WireError(f"a compressed node is cut off or larger than {MAX_NODE_BYTES} bytes")
    return body


class _Reader:
    """Reads one node from bytes; every method raises `WireError` where they end too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def remaining(self) -> int:
        return len(self._data) - self._at

    def node(self, depth: int = 0) -> Node:
        if depth > _MAX_DEPTH:
            raise WireError(f"nodes are nested more than {_MAX_DEPTH} deep")
        size = self._list_size(self._byte())
        if size == 0:
            raise WireError("a node has no tag")
        tag = self._string()
        attrs = {self._string(): self._value() for _ in range((size - 1) // 2)}
        content = self._content(depth) if size % 2 == 0 else None
        return Node(tag, attrs, content)

    def _content(self, depth: int) -> tuple[Node, ...] | bytes | None:
        tag = self._byte()
        if tag == Tag.LIST_EMPTY:
            return None
        if tag in {Tag.LIST_8, Tag.LIST_16}:
            return tuple(self.node(depth + 1) for _ in range(self._list_size(tag)))
        if tag in {Tag.BINARY_8, Tag.BINARY_20, Tag.BINARY_32}:
            return self._bytes(tag)
        # Some clients write short text content as tokens or digits; it means the same as its bytes.
        return str(self._value_of(tag)).encode()

    def _value(self) -> str | Jid:
        return self._value_of(self._byte())

    def _string(self) -> str:
        value = self._value()
        if isinstance(value, Jid):
            raise WireError(f"the address {value} stands where a string belongs")
        return value

    def _value_of(self, tag: int) -> str | Jid:  # noqa: PLR0911 - one line per kind of value
        if 0 < tag < len(SINGLE):
            return SINGLE[tag]
        match tag:
            case Tag.LIST_EMPTY:
                return ""
            case Tag.BINARY_8 | Tag.BINARY_20 | Tag.BINARY_32:
                return self._utf8(self._bytes(tag))
            case Tag.NIBBLE_8:
                return self._packed(NIBBLES)
            case Tag.HEX_8:
                return self._packed(HEX)
            case Tag.AD_JID | Tag.JID_PAIR | Tag.MESSENGER_JID | Tag.INTEROP_JID:
                return self._jid(tag)
            case _:
                return self._token(tag)

    def _jid(self, tag: int) -> Jid:
        match tag:
            case Tag.AD_JID:
                agent, device = self._byte(), self._byte()
                server = _SERVER_OF_AGENT.get(agent)
                if server is None:
                    raise WireError(f"an address has the unknown domain {agent}")
                return Jid(self._string(), server, device)
            case Tag.JID_PAIR:
                return Jid(self._string(), self._string())
            case Tag.MESSENGER_JID:
                user, device = self._string(), self._int(2)
                return Jid(user, self._string(), device)
            case _:
                user, device, integrator = self._string(), self._int(2), self._int(2)
                return Jid(f"{integrator}-{user}", self._string(), device)

    def _token(self, tag: int) -> str:
        if Tag.DICTIONARY_0 <= tag <= Tag.DICTIONARY_3:
            dictionary, index = DOUBLE[tag - Tag.DICTIONARY_0], self._byte()
            if index < len(dictionary):
                return dictionary[index]
        raise WireError(f"{tag} is no token of the dictionary")

    def _packed(self, alphabet: str) -> str:
        start = self._byte()
        digits = [digit for byte in self._take(start & 127) for digit in (byte >> 4, byte & 15)]
        if start & 128 and digits:
            digits.pop()
        if any(digit >= len(alphabet) for digit in digits):
            raise WireError("a packed string has a digit outside its alphabet")
        return "".join(alphabet[digit] for digit in digits)

    def _list_size(self, tag: int) -> int:
        match tag:
            case Tag.LIST_EMPTY:
                return 0
            case Tag.LIST_8:
                return self._byte()
            case Tag.LIST_16:
                return self._int(2)
            case _:
                raise WireError(f"{tag} does not start a list")

    def _bytes(self, tag: int) -> bytes:
        match tag:
            case Tag.BINARY_8:
                size = self._byte()
            case Tag.BINARY_20:
                size = self._int(3) & (_INT20 - 1)
            case _:
                size = self._int(4)
        return self._take(size)

    def _byte(self) -> int:
        at = self._at
        if at >= len(self._data):
            raise WireError("a node ends too early")
        self._at = at + 1
        return self._data[at]

    def _int(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise WireError(f"a node ends {end - len(self._data)} bytes too early")
        data = self._data[self._at : end]
        self._at = end
        return data

    @staticmethod
    def _utf8(data: bytes) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise WireError("a string is not UTF-8") from error
