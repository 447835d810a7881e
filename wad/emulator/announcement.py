"""What an emulator tells its clients: the content of `emulator.json`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from wad.emulator.errors import EmulatorError
from wad.emulator.storage import ANNOUNCEMENT_FILE, write_private


@dataclass(frozen=True, slots=True)
class Announcement:
    """How to reach an emulator, and what to trust so that it passes for WhatsApp.

    Args:
        proxy_url: HTTP proxy that clients are to use.
        ca_file: PEM file of the TLS authority that clients are to trust.
        noise_root_key: hex of the public root key that clients are to pin instead of WhatsApp's.
        control_url: base of the control API.
        pid: process id of the emulator.
    """

    proxy_url: str
    ca_file: str
    noise_root_key: str
    control_url: str
    pid: int

    @classmethod
    def read(cls, path: Path) -> "Announcement":
        """Read the announcement of the emulator with that directory, or that `emulator.json` itself.

        Raises:
            EmulatorError: no emulator runs there.
        """
        file = path / ANNOUNCEMENT_FILE if path.is_dir() else path
        try:
            return cls(**json.loads(file.read_bytes()))
        except OSError as error:
            raise EmulatorError(f"{file} cannot be read ({error.strerror}): no emulator runs there") from error
        except (ValueError, TypeError) as error:
            raise EmulatorError(f"{file} is not what an emulator writes: {error}") from error

    def write(self, directory: Path) -> None:
        """Tell clients, atomically: the file appears when everything it names works."""
        write_private(directory / ANNOUNCEMENT_FILE, json.dumps(asdict(self), indent=2).encode())
