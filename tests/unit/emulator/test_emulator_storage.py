"""The emulator's directory."""

import os
from pathlib import Path

import pytest

from wad.emulator import storage
from wad.emulator.errors import StartError


def test_keys_survive_a_restart(tmp_path: Path) -> None:
    """Clients go on trusting an emulator that was restarted: root key and authority stay the same."""
    with storage.hold(tmp_path):
        root, authority = storage.root_key(tmp_path).public, storage.authority(tmp_path).cert_pem.bytes()
    with storage.hold(tmp_path):
        assert storage.root_key(tmp_path).public == root
        assert storage.authority(tmp_path).cert_pem.bytes() == authority


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """The directory is for its owner, and so are the keys in it."""
    directory = tmp_path / "emulator"
    with storage.hold(directory):
        storage.root_key(directory)
        storage.authority(directory)
        assert directory.stat().st_mode & 0o777 == 0o700
        assert all(file.stat().st_mode & 0o077 == 0 for file in directory.iterdir())


def test_a_second_holder_is_told_the_first(tmp_path: Path) -> None:
    """A directory has one emulator at a time; the refusal names the process that holds it."""
    with storage.hold(tmp_path), pytest.raises(StartError, match=f"process id {os.getpid()}"), storage.hold(tmp_path):
        pytest.fail("two emulators hold the same directory")
    with storage.hold(tmp_path):
        pass


def test_a_stale_announcement_is_removed(tmp_path: Path) -> None:
    """What an emulator announced that was killed misleads nobody once another one starts."""
    with storage.hold(tmp_path):
        pass
    stale = tmp_path / storage.ANNOUNCEMENT_FILE
    stale.touch()
    with storage.hold(tmp_path):
        assert not stale.exists()


def test_a_foreign_directory_is_left_alone(tmp_path: Path) -> None:
    """A directory with other things in it is refused, and its permissions stay as they are."""
    tmp_path.chmod(0o755)
    (tmp_path / "letters").touch()
    with pytest.raises(StartError, match="not empty"), storage.hold(tmp_path):
        pytest.fail("it was taken over")
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    """A path that is a file is refused with its name."""
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(StartError, match=str(file)), storage.hold(file):
        pytest.fail("it was taken for a directory")


@pytest.mark.parametrize("name", ["noise_root.key", "ca.pem", "ca.key"])
def test_damaged_keys_are_named(tmp_path: Path, name: str) -> None:
    """A damaged key stops the start with its name and a way out."""
    with storage.hold(tmp_path):
        storage.root_key(tmp_path)
        storage.authority(tmp_path)
        (tmp_path / name).write_bytes(b"damaged")
        read = storage.root_key if name == "noise_root.key" else storage.authority
        with pytest.raises(StartError, match=rf"{name}.*remove"):
            read(tmp_path)
