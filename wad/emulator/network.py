"""The WhatsApp network: who is linked, who is online, who waits for a phone, and what phones do.

This is what the control API works on. It knows nodes and streams, not sockets.
"""

import random
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import anyio
from anyio import to_thread

from wad.emulator import stanzas
from wad.emulator.counters import Counters
from wad.emulator.errors import Conflict, UnknownTarget, WireError, WrongCode
from wad.emulator.faults import CloseAfterLinking, Faults
from wad.emulator.identity import Offer
from wad.emulator.jid import LID_SERVER, Jid
from wad.emulator.link_code import Attempt, parse_code
from wad.emulator.linking import Account, CodeEntry, Scan, new_device
from wad.emulator.nodes import Node
from wad.emulator.phones import Device, Phone, Phones
from wad.emulator.qr import parse_qr
from wad.emulator.registration import PAIR_REQUEST, CodeRequest, Registration
from wad.emulator.relay import Relay
from wad.emulator.settings import Settings
from wad.emulator.stream import End, Pause, Stream
from wad.emulator.waiting import NEW_CODE, NEW_QR, WaitingRoom

Action = Literal["drop", "replace", "revoke", "stream-error"]
"""What can be done at once to a device that is online."""

EVERYONE = "*"
"""Stands for every device that is online."""


@dataclass(slots=True)
class Network:
    """All of the emulator's state.

    Args:
        phones: phones and linked devices.
        settings: times and limits.
        faults: rules about what goes wrong.
        chance: where random delays come from.
    """

    phones: Phones
    settings: Settings
    faults: Faults = field(default_factory=Faults)
    chance: random.Random = field(default_factory=random.Random)
    counters: Counters = field(default_factory=Counters)
    _online: dict[Jid, Stream] = field(default_factory=dict[Jid, Stream])
    _waiting: WaitingRoom = field(default_factory=WaitingRoom)
    relay: Relay = field(init=False)

    def __post_init__(self) -> None:
        self.relay = Relay(self.phones, self._online, self.counters, self.faults.clock)

    def register(self, registration: Registration) -> None:
        """Take in a connection that waits for a phone."""
        self.counters.registrations_total += 1
        self._waiting.add(registration)

    def unregister(self, registration: Registration) -> None:
        """Note that a connection waits no longer."""
        self._waiting.remove(registration, "expired")

    def come_online(self, device: Device, stream: Stream) -> None:
        """Make a stream the device's only one, and send on it what has waited for the device."""
        self.counters.logins_total += 1
        device.logins += 1
        before = self._online.pop(device.jid, None)
        if before:
            self.counters.superseded_total += 1
            self._end(before, stanzas.replaced())
        self._online[device.jid] = stream
        late = tuple(device.mailbox)
        stream.send(stanzas.success(device.lid, now=self.faults.clock(device.jid)), *late, stanzas.offline(len(late)))

    def go_offline(self, device: Device, stream: Stream) -> None:
        """Note that a stream has ended."""
        if self._online.get(device.jid) is stream:
            del self._online[device.jid]

    async def scan(self, scan: Scan) -> Device:
        """Link the device that shows a QR code, and return it when it has signed its identity.

        Raises:
            RequestError: the code, the phone or the device does not allow it; the message says which.
        """
        code = parse_qr(scan.qr)
        registration = self._waiting.find(code, anyio.current_time())
        return await self._link(scan, registration, code.secret)

    async def pair(self, entry: CodeEntry) -> Device:
        """Link the device whose pairing code is typed into a phone, and return it when it has signed its identity.

        Raises:
            RequestError: the code, the phone or the device does not allow it; the message says which.
        """
        code = parse_code(entry.code)
        phone = self.phones.phone(entry.phone)
        registration, request = self._waiting.find_code(phone.number, anyio.current_time())
        self.phones.check_room(phone)
        async with registration.typing:
            secret = await self._agree(code, phone, registration, request)
            if registration not in self._waiting:
                raise Conflict("code_used", "The client was linked, or left, in the meantime.", NEW_CODE)
            return await self._link(entry, registration, secret)

    async def _agree(self, code: str, phone: Phone, registration: Registration, request: CodeRequest) -> bytes:
        try:
            with anyio.fail_after(self.settings.sign_timeout):
                # A tenth of a second of computing would hold up every connection.
                attempt = await to_thread.run_sync(Attempt.begin, code, request.wrapped)
                bundle = await registration.enter(request, attempt.hello, phone.key.public)
                return attempt.finish(bundle, phone.key, registration.candidate.identity_key)
        except WrongCode as error:
            hint = "Type the code that the client shows; it is still good."
            raise Conflict("code_wrong", f"The client shows another pairing code for {phone.number}.", hint) from error
        except (WireError, TimeoutError) as error:
            raise self._failed(error, NEW_CODE) from error

    async def _link(self, account: Account, registration: Registration, secret: bytes) -> Device:
        phone = self.phones.phone(account.phone)
        with self.phones.reserve(phone) as (number, key_index):
            self._waiting.remove(registration, "used")
            account.update(phone)
            device = new_device(phone, registration.candidate, number, key_index)
            await self._sign(phone, device, registration, secret)
            self.phones.link(phone, device)
        self.counters.pairings_total += 1
        fault = self.faults.take(CloseAfterLinking, device.jid)
        registration.finish(fault.draw(self.chance) if fault else self.settings.linger_after_515)
        return device

    def act(self, target: str, action: Action, *, code: int = 503) -> list[Jid]:
        """Do something at once to a device, or to `EVERYONE`, and return who it was done to.

        Args:
            target: jid of a linked device, or `EVERYONE`.
            action: drop closes the connection; replace ends the stream as if the device had logged in elsewhere;
                revoke unlinks the device, online or not; stream-error ends the stream with `code`.
            code: with stream-error, the code.

        Raises:
            RequestError: there is no such device, or it is offline.
        """
        jids = list(self._online) if target == EVERYONE else [self._linked(target).jid]
        for jid in jids:
            stream = self._online.pop(jid, None)
            if action == "revoke":
                self.phones.unlink(jid)
            elif stream is None:
                raise Conflict("offline", f"{jid} is not online.", "Wait until it is, or use a fault.")
            if stream:
                self._do(stream, action, code)
        return jids

    def state(self) -> dict[str, Any]:
        """Describe phones, devices and counters, as JSON."""
        return {
            "counters": {
                **asdict(self.counters),
                "online": len(self._online),
                "waiting_for_scan": len(self._waiting),
                "queued": sum(len(device.mailbox) for phone in self.phones for device in phone.devices.values()),
            },
            "phones": [_describe_phone(phone) for phone in self.phones],
            "devices": [self.describe(device) for phone in self.phones for device in phone.devices.values()],
        }

    def describe(self, device: Device) -> dict[str, Any]:
        """Describe a device, as JSON."""
        return {
            "jid": str(device.jid),
            "lid": str(device.lid),
            "name": device.name,
            "platform": device.platform,
            "linked_at": device.linked_at,
            "key_index": device.key_index,
            "pre_keys": self.phones.keys.count(device.jid),
            "queued": len(device.mailbox),
            "online": device.jid in self._online,
            "logins": device.logins,
        }

    async def _sign(self, phone: Phone, device: Device, registration: Registration, secret: bytes) -> None:
        now = self.faults.clock(device.jid)
        offer = Offer(phone.key, device.identity_key, raw_id=phone.raw_id, key_index=device.key_index, now=now)
        news = stanzas.pair_success(
            jid=device.jid,
            lid=device.lid,
            identity=offer.sealed(secret),
            platform=phone.platform,
            business_name=phone.business_name,
            request=PAIR_REQUEST,
            now=now,
        )
        try:
            with anyio.fail_after(self.settings.sign_timeout):
                offer.check(await registration.offer(news))
        except (WireError, TimeoutError) as error:
            raise self._failed(error, NEW_QR) from error

    def _failed(self, error: Exception, hint: str) -> Conflict:
        why = str(error) or f"the client did not answer within {self.settings.sign_timeout:g} s"
        return Conflict("pairing_failed", f"The device was not linked: {why}.", hint)

    def _linked(self, target: str) -> Device:
        try:
            device = self.phones.device(Jid.parse(target))
        except ValueError:
            device = None
        if device is None:
            raise UnknownTarget(
                "unknown_device", f"No linked device has the jid {target}.", "GET /state lists the linked devices."
            )
        return device

    def _do(self, stream: Stream, action: Action, code: int) -> None:
        match action:
            case "drop":
                stream.close()
            case "replace":
                self._end(stream, stanzas.replaced())
            case "revoke":
                self._end(stream, stanzas.device_removed())
            case "stream-error":
                self._end(stream, stanzas.stream_error(code))

    def _end(self, stream: Stream, node: Node) -> None:
        stream.send(node, Pause(self.settings.linger), End())


def _describe_phone(phone: Phone) -> dict[str, Any]:
    return {
        "number": phone.number,
        "lid": f"{phone.lid}@{LID_SERVER}",
        "push_name": phone.push_name,
        "business_name": phone.business_name,
        "platform": phone.platform,
        "devices": [str(device.jid) for device in phone.devices.values()],
    }
