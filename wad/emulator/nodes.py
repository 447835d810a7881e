"""The node: one element of WhatsApp's binary XML."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wad.emulator.jid import Jid


@dataclass(frozen=True, slots=True)
class Node:
    """One element.

    Args:
        tag: name of the element.
        attrs: attributes; a value that is an address is a `Jid`.
        content: child elements, bytes, or nothing.
    """

    tag: str
    attrs: Mapping[str, str | Jid] = field(default_factory=dict[str, str | Jid])
    content: "tuple[Node, ...] | bytes | None" = None

    @property
    def children(self) -> "tuple[Node, ...]":
        """The child elements; empty where the content is bytes or nothing."""
        return self.content if isinstance(self.content, tuple) else ()

    @property
    def data(self) -> bytes:
        """The bytes; empty where the content is children or nothing."""
        return self.content if isinstance(self.content, bytes) else b""

    def child(self, tag: str) -> "Node | None":
        """Return the first child of that name, if any."""
        return next((child for child in self.children if child.tag == tag), None)

    def text(self, name: str) -> str:
        """Return an attribute in its written form; empty where it is absent."""
        return str(self.attrs.get(name, ""))
