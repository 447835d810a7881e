"""The nodes that the server sends."""

from collections.abc import Iterable

from wad.emulator.jid import SERVER, Jid
from wad.emulator.nodes import Node

LINK_CODE = "link_code_companion_reg"
"""Name of everything that has to do with pairing codes."""


def result(request: Node, *children: Node) -> Node:
    """Return the positive answer to an `iq`."""
    return Node("iq", {"from": SERVER, "id": request.text("id"), "type": "result"}, children)


def error(request: Node, code: int, text: str) -> Node:
    """Return the negative answer to an `iq`."""
    attrs: dict[str, str | Jid] = {"from": SERVER, "id": request.text("id"), "type": "error"}
    return Node("iq", attrs, (Node("error", {"code": str(code), "text": text}),))


def code_reference(request: Node, ref: str) -> Node:
    """Return the answer to a client that asks to be linked by pairing code."""
    return result(request, _link_code("companion_hello", Node("link_code_pairing_ref", content=ref.encode())))


def code_entered(ref: str, hello: bytes, account: bytes, *, request: str, now: int) -> Node:
    """Return the news that somebody has typed the client's pairing code.

    Args:
        ref: the reference that the client was given.
        hello: the phone's ephemeral public key, encrypted with the code.
        account: the phone's public key.
        request: id of this notification.
        now: seconds since the epoch.
    """
    attrs: dict[str, str | Jid] = {"from": SERVER, "type": LINK_CODE, "id": request, "t": str(now)}
    entered = _link_code(
        "primary_hello",
        Node("link_code_pairing_wrapped_primary_ephemeral_pub", content=hello),
        Node("primary_identity_pub", content=account),
        Node("link_code_pairing_ref", content=ref.encode()),
    )
    return Node("notification", attrs, (entered,))


def pair_device(refs: Iterable[str], *, request: str) -> Node:
    """Return the references that a client makes its QR codes of."""
    children = tuple(Node("ref", content=ref.encode()) for ref in refs)
    return _request(request, Node("pair-device", content=children))


def pair_success(
    *, jid: Jid, lid: Jid, identity: bytes, platform: str, business_name: str, request: str, now: int
) -> Node:
    """Return the news that a phone has scanned the client's code.

    Args:
        jid: address of the new device.
        lid: hidden address of the new device.
        identity: serialised ADVSignedDeviceIdentityHMAC.
        platform: operating system of the phone.
        business_name: the verified business name; empty for a person.
        request: id of this request.
        now: seconds since the epoch.
    """
    business = (Node("biz", {"name": business_name}),) if business_name else ()
    children = (
        Node("device-identity", content=identity),
        *business,
        Node("device", {"jid": jid, "lid": lid}),
        Node("platform", {"name": platform}),
    )
    return _request(request, Node("pair-success", content=children), t=str(now))


def success(lid: Jid, *, now: int) -> Node:
    """Return the news that a login has succeeded; `now` is in seconds since the epoch."""
    return Node("success", {"t": str(now), "lid": lid})


def offline(count: int) -> Node:
    """Return the news that everything that happened while the device was offline has been delivered."""
    return Node("ib", {"from": SERVER}, (Node("offline", {"count": str(count)}),))


def failure(reason: int, *, code: int | None = None, expire: int | None = None) -> Node:
    """Return the refusal of a login; `expire` is in seconds."""
    optional = {"code": code, "expire": expire}
    attrs = {name: str(value) for name, value in optional.items() if value is not None}
    return Node("failure", {"reason": str(reason), **attrs})


def stream_error(code: int) -> Node:
    """Return the node that ends a stream for a reason that is just a number."""
    return Node("stream:error", {"code": str(code)})


def device_removed() -> Node:
    """Return the node that ends the stream of a device that is no longer linked."""
    return Node("stream:error", {"code": "401"}, (Node("conflict", {"type": "device_removed"}),))


def replaced() -> Node:
    """Return the node that ends the stream of a device that has logged in again elsewhere."""
    return Node("stream:error", {}, (Node("conflict", {"type": "replaced"}),))


def ack(received: Node, **details: int) -> Node:
    """Return the acknowledgement of a stanza that a client sent.

    Args:
        received: the stanza.
        details: `t` is when it was taken in, in seconds since the epoch; `error` is why it was not.
    """
    attrs = {name: received.attrs[name] for name in ("id", "type", "participant") if name in received.attrs}
    more = {name: str(value) for name, value in details.items()}
    return Node("ack", {**attrs, "class": received.tag, "from": received.attrs.get("to", SERVER), **more})


def devices_changed(account: Jid, *, request: str, now: int) -> Node:
    """Return the news that an account's devices are others now; a client then asks which they are.

    Args:
        account: address of the account, as the client has asked for it.
        request: id of this notification.
        now: seconds since the epoch.
    """
    attrs: dict[str, str | Jid] = {"from": account, "type": "devices", "id": request, "t": str(now)}
    return Node("notification", attrs, (Node("update"),))


def _link_code(stage: str, *content: Node) -> Node:
    return Node(LINK_CODE, {"stage": stage}, content)


def _request(request: str, child: Node, **attrs: str) -> Node:
    return Node("iq", {"from": SERVER, "type": "set", "id": request, "xmlns": "md", **attrs}, (child,))
