"""The phones and the devices linked to them, kept on disk."""

import json
import re
import secrets
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wad.emulator.errors import Conflict, InvalidRequest, StartError
from wad.emulator.jid import LID_SERVER, USER_SERVER, Jid
from wad.emulator.mailbox import Mailbox
from wad.emulator.prekeys import KeyStore
from wad.emulator.storage import write_private
from wad.emulator.xeddsa import SigningKey

UNLIMITED = 0
_MAX_DEVICE = 255
_PHONE = re.compile(r"[1-9]\d{6,14}")


@dataclass(slots=True)
class Device:
    """A linked device.

    Args:
        jid: `<phone>:<device>@s.whatsapp.net`.
        lid: `<lid>:<device>@lid`.
        noise_key: static Noise key that the device must log in with.
        identity_key: Signal identity key.
        key_index: position in the phone's list of device keys.
        linked_at: when it was linked, in seconds since the epoch.
        name: what the device calls itself.
        platform: kind of client, such as `chrome`.
        mailbox: what it has not confirmed yet; not kept on disk.
        logins: how often it has logged in since the emulator started.
    """

    jid: Jid
    lid: Jid
    noise_key: bytes
    identity_key: bytes
    key_index: int
    linked_at: float
    name: str = ""
    platform: str = ""
    mailbox: Mailbox = field(default_factory=Mailbox, compare=False)
    logins: int = field(default=0, compare=False)

    def address(self, server: str) -> Jid:
        """Return the device's address on one of its two servers."""
        return self.lid if server == LID_SERVER else self.jid


@dataclass(slots=True)
class Phone:
    """An account's phone.

    Args:
        number: phone number in international format, digits only.
        lid: the account's hidden user number.
        key: signs the identities of linked devices.
        raw_id: random number of the account's device list.
        push_name: the account's display name.
        business_name: the verified business name; empty for a person.
        platform: operating system of the phone.
        last_device: number of the device that was linked last.
        last_key_index: key index of the device that was linked last.
        devices: linked devices by number.
        reserved: numbers of devices that are being linked.
        watchers: devices that have asked for the device list, and on which server; not kept on disk.
    """

    number: str
    lid: str
    key: SigningKey
    raw_id: int
    push_name: str = ""
    business_name: str = ""
    platform: str = "android"
    last_device: int = 0
    last_key_index: int = 0
    devices: dict[int, Device] = field(default_factory=dict[int, Device])
    reserved: set[int] = field(default_factory=set[int])
    watchers: set[tuple[Jid, str]] = field(default_factory=set[tuple[Jid, str]])

    def address(self, server: str) -> Jid:
        """Return the account's address on one of its two servers."""
        return Jid(self.lid, LID_SERVER) if server == LID_SERVER else Jid(self.number, USER_SERVER)

    def next_device(self) -> int:
        """Return the number of the next device, which no present device has.

        Raises:
            Conflict: every number is taken.
        """
        for step in range(_MAX_DEVICE):
            number = (self.last_device + step) % _MAX_DEVICE + 1
            if number not in self.devices and number not in self.reserved:
                return number
        raise Conflict("device_limit", f"{self.number} has {_MAX_DEVICE} devices.", "Revoke one of them first.")


class Phones:
    """Every phone that has scanned a code, one file each.

    Args:
        directory: where the files are; it exists.
        device_limit: how many devices a phone may have linked; `UNLIMITED` for no limit.
    """

    def __init__(self, directory: Path, *, device_limit: int = UNLIMITED) -> None:
        self._directory = directory
        self._device_limit = device_limit
        self._phones = {phone.number: phone for phone in map(_read, sorted(directory.glob("*.json")))}
        self._by_lid = {phone.lid: phone for phone in self}
        self.keys = KeyStore(directory)
        """The public keys of the devices."""
        self.changed: Callable[[Phone], None] = lambda _: None
        """Is told when a phone has other devices than before."""

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._phones.values())

    def find(self, jid: Jid) -> Phone | None:
        """Return the phone of the account with that address, by its number or hidden, if it was ever seen."""
        known = {USER_SERVER: self._phones, LID_SERVER: self._by_lid}
        return known.get(jid.server, {}).get(jid.user)

    def device(self, jid: Jid) -> Device | None:
        """Return the linked device with that address, by its number or hidden, if there is one."""
        phone = self.find(jid)
        return phone.devices.get(jid.device) if phone else None

    def phone(self, number: str) -> Phone:
        """Return the phone with that number, a new one if it was never seen.

        Raises:
            InvalidRequest: the number is not a phone number.
        """
        if not _PHONE.fullmatch(number):
            raise InvalidRequest(
                "invalid_phone",
                f"{number!r} is not a phone number.",
                "Pass the digits in international format, such as 4915112345678: no +, no leading zero, 7 to 15.",
            )
        if number not in self._phones:
            lid = str(secrets.randbelow(9 * 10**14) + 10**14)
            self._phones[number] = Phone(number, lid, SigningKey.generate(), secrets.randbits(31))
            self._by_lid[lid] = self._phones[number]
        return self._phones[number]

    @contextmanager
    def reserve(self, phone: Phone) -> Generator[tuple[int, int]]:
        """Keep a device number and a key index for a device that is being linked, until the block ends.

        Raises:
            Conflict: the phone has as many devices as it may.
        """
        self.check_room(phone)
        number = phone.next_device()
        phone.last_device, phone.last_key_index = number, phone.last_key_index + 1
        phone.reserved.add(number)
        try:
            yield number, phone.last_key_index
        finally:
            phone.reserved.remove(number)

    def check_room(self, phone: Phone) -> None:
        """See whether a phone may link another device; it knows that by itself, so no device hears of a refusal.

        Raises:
            Conflict: it has as many as it may.
        """
        if self._device_limit != UNLIMITED and len(phone.devices) + len(phone.reserved) >= self._device_limit:
            raise Conflict(
                "device_limit",
                f"{phone.number} has {len(phone.devices)} linked devices and may have {self._device_limit}.",
                "Revoke one of them first, or start the emulator with a higher device limit; what the client shows "
                "stays good.",
            )

    def link(self, phone: Phone, device: Device) -> None:
        """Add a device that has finished linking, and remember it across restarts."""
        phone.devices[device.jid.device] = device
        self._save(phone)
        self.changed(phone)

    def unlink(self, jid: Jid) -> None:
        """Remove a device for good, if it is still there."""
        phone = self._phones[jid.user]
        if phone.devices.pop(jid.device, None):
            self._save(phone)
            self.keys.forget(jid)
            self.changed(phone)

    def _save(self, phone: Phone) -> None:
        text = json.dumps(_to_json(phone), indent=2)
        write_private(self._directory / f"{phone.number}.json", text.encode())


def _to_json(phone: Phone) -> dict[str, Any]:
    return {
        "number": phone.number,
        "lid": phone.lid,
        "key": phone.key.seed.hex(),
        "raw_id": phone.raw_id,
        "push_name": phone.push_name,
        "business_name": phone.business_name,
        "platform": phone.platform,
        "last_device": phone.last_device,
        "last_key_index": phone.last_key_index,
        "devices": [
            {
                "device": device.jid.device,
                "noise_key": device.noise_key.hex(),
                "identity_key": device.identity_key.hex(),
                "key_index": device.key_index,
                "linked_at": device.linked_at,
                "name": device.name,
                "platform": device.platform,
            }
            for device in phone.devices.values()
        ],
    }


def _read(path: Path) -> Phone:
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        return _from_json(data)
    except (ValueError, KeyError, TypeError) as error:
        raise StartError(
            f"{path} is damaged ({error!r}): remove the file, and its devices have to be linked again"
        ) from error


def _from_json(data: dict[str, Any]) -> Phone:
    devices: list[dict[str, Any]] = data.pop("devices")
    data["key"] = SigningKey(bytes.fromhex(data["key"]))
    phone = Phone(**data)
    for entry in devices:
        number = entry.pop("device")
        keys = {name: bytes.fromhex(entry.pop(name)) for name in ("noise_key", "identity_key")}
        jid, lid = Jid(phone.number, USER_SERVER, number), Jid(phone.lid, LID_SERVER, number)
        phone.devices[number] = Device(jid, lid, **keys, **entry)
    return phone
