"""What a device may ask about people: who they are, which devices they have, and with which keys to write to these."""

from wad.emulator.jid import LID_SERVER, USER_SERVER, Jid
from wad.emulator.nodes import Node
from wad.emulator.phones import Device, Phone, Phones

_NO_SUCH_DEVICE = Node("error", {"code": "404", "text": "item-not-found"})


def answer_about_people(phones: Phones, asker: Device, usync: Node) -> Node:
    """Return the answer to a `usync` query; who asks for devices is told when they change.

    A phone itself is left out of its device list: the emulated one has no keys, and reads nothing.
    """
    query, people = usync.child("query"), usync.child("list")
    wanted = {child.tag for child in query.children} if query else set[str]()
    users = tuple(_describe(phones, asker, user, wanted) for user in (people.children if people else ()))
    return Node("usync", usync.attrs, (Node("result"), Node("list", content=users)))


def answer_about_keys(phones: Phones, request: Node) -> Node:
    """Return the keys of the devices that a request names; each answer uses one of their one-time keys up."""
    return Node("list", content=tuple(_keys(phones, user.attrs.get("jid")) for user in request.children))


def _describe(phones: Phones, asker: Device, user: Node, wanted: set[str]) -> Node:
    contact = user.child("contact")
    asked = user.attrs.get("jid")
    jid = asked if isinstance(asked, Jid) else _by_number(contact)
    phone = phones.find(jid)
    known = Node("contact", {"type": "in" if phone else "out"})
    children: list[Node] = [known] if "contact" in wanted else []
    if phone and "devices" in wanted:
        phone.watchers.add((asker.jid, jid.server))
        children.append(Node("devices", content=(_device_list(phone),)))
    if phone and "lid" in wanted:
        children.append(Node("lid", {"val": Jid(phone.lid, LID_SERVER)}))
    return Node("user", {"jid": jid}, tuple(children))


def _by_number(contact: Node | None) -> Jid:
    return Jid(contact.data.decode("ascii", "replace").lstrip("+") if contact else "", USER_SERVER)


def _device_list(phone: Phone) -> Node:
    devices = (
        Node("device", {"id": str(device.jid.device), "key-index": str(device.key_index)})
        for device in phone.devices.values()
    )
    return Node("device-list", content=tuple(devices))


def _keys(phones: Phones, asked: str | Jid | None) -> Node:
    jid = asked if isinstance(asked, Jid) else Jid("", USER_SERVER)
    device = phones.device(jid)
    keys = phones.keys.take(device.jid) if device else None
    return Node("user", {"jid": jid}, keys.nodes(device.identity_key) if device and keys else (_NO_SUCH_DEVICE,))
