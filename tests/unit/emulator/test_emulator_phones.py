"""Phones, their devices, and their files."""

from pathlib import Path

import pytest

from wad.emulator.errors import Conflict, InvalidRequest, StartError
from wad.emulator.jid import LID_SERVER, USER_SERVER, Jid
from wad.emulator.phones import Device, Phone, Phones

NUMBER = "4915112345678"


def link(phones: Phones, number: str = NUMBER) -> Device:
    """Link a new device."""
    phone = phones.phone(number)
    with phones.reserve(phone) as (device_number, key_index):
        device = _device(phone, device_number, key_index)
        phones.link(phone, device)
    return device


def _device(phone: Phone, number: int, key_index: int) -> Device:
    jid, lid = Jid(phone.number, USER_SERVER, number), Jid(phone.lid, LID_SERVER, number)
    return Device(jid, lid, b"n" * 32, b"i" * 32, key_index, 1.5, "Name", "chrome")


def test_devices_survive_a_restart(tmp_path: Path) -> None:
    """Phones and linked devices are the same when they are read again."""
    phones = Phones(tmp_path)
    device = link(phones)
    again = Phones(tmp_path)
    assert again.device(device.jid) == device
    assert again.phone(NUMBER).key.public == phones.phone(NUMBER).key.public


def test_numbers_are_not_reused_at_once(tmp_path: Path) -> None:
    """A device gets the number and key index after the last one's, also when that one is gone."""
    phones = Phones(tmp_path)
    phones.unlink(link(phones).jid)
    device = link(Phones(tmp_path))
    assert (device.jid.device, device.key_index) == (2, 2)


def test_numbers_start_again_after_the_last(tmp_path: Path) -> None:
    """A number has one byte, so the numbers of unlinked devices come back; a phone with all of them is full."""
    phones = Phones(tmp_path)
    devices = [link(phones) for _ in range(255)]
    with pytest.raises(Conflict, match="255"):
        link(phones)
    phones.unlink(devices[6].jid)
    assert link(phones).jid.device == 7


def test_concurrent_links_get_different_numbers(tmp_path: Path) -> None:
    """Two devices that are being linked at once do not get the same number, and both count for the limit."""
    phones = Phones(tmp_path, device_limit=2)
    phone = phones.phone(NUMBER)
    with phones.reserve(phone) as first, phones.reserve(phone) as second:
        assert first != second
        with pytest.raises(Conflict, match="may have 2"):
            link(phones)
    assert link(phones)


@pytest.mark.parametrize("number", ["", "+4915112345678", "015112345678", "49151 1234", "123", "1" * 16, "٤٩١٥١١"])
def test_only_international_numbers_are_phones(tmp_path: Path, number: str) -> None:
    """Anything but digits in international format is refused with an example."""
    with pytest.raises(InvalidRequest) as refusal:
        Phones(tmp_path).phone(number)
    assert "4915112345678" in refusal.value.hint


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """A file that cannot be read stops the start with its name and a way out."""
    damaged = tmp_path / f"{NUMBER}.json"
    damaged.write_text("{}", encoding="utf-8")
    with pytest.raises(StartError, match=rf"{damaged}.*remove"):
        Phones(tmp_path)


def test_files_are_private(tmp_path: Path) -> None:
    """The file of a phone holds its key, so only its owner can read it."""
    link(Phones(tmp_path))
    assert (tmp_path / f"{NUMBER}.json").stat().st_mode & 0o777 == 0o600
