"""What a bare process and the benchmark tell each other: JSON lines, names of clients in, reports of clients out."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Event(StrEnum):
    """What a bare process reports."""

    READY = "ready"
    QR = "qr"
    PAIRED = "paired"
    CONNECTED = "connected"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Setting:
    """The first line that a bare process reads.

    Attributes:
        directory: Where its stores are.
        proxy_url: The emulator's proxy.
        ca_file: The emulator's certificates.
        noise_root_key: Hex of the key that replaces the pinned one.
    """

    directory: str
    proxy_url: str
    ca_file: str
    noise_root_key: str

    @classmethod
    def read(cls) -> Setting:
        """Read it from the standard input, in a bare process."""
        return cls(**json.loads(sys.stdin.readline()))

    def line(self) -> bytes:
        """Return it as a line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    def store(self, client: str) -> Path:
        """Return the path of a client's store."""
        return Path(self.directory) / f"{client}.db"


@dataclass(frozen=True, slots=True)
class Report:
    """One line that a bare process writes."""

    event: Event
    client: str = ""
    data: str = ""

    @classmethod
    def parse(cls, line: bytes) -> Report:
        """Return the report in a line."""
        event, client, data = json.loads(line)
        return cls(Event(event), client, data)


class Reporter:
    """Takes the standard output for reports, so that what the library prints goes nowhere."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)

    def tell(self, event: Event, client: str = "", data: str = "") -> None:
        """Write one report, from any thread: a line is short enough to be written at once."""
        os.write(self._out, json.dumps([event, client, data]).encode() + b"\n")
