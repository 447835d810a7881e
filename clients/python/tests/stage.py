"""The stage that the suite is played on: a live daemon and an emulator, reached through ``WAD_STAGE``."""

from __future__ import annotations

import json
import os
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stage:
    """Where everything is.

    Attributes:
        unix: The daemon's unix socket.
        tls: Its encrypted listener, ``host:port``.
        ca_file: Who signed that listener's certificate.
        token: Of an operator.
        viewer_token: Of a viewer.
        other_token: Of an operator who reaches only the sessions ``other-*``.
    """

    unix: str
    tls: str
    ca_file: str
    token: str
    viewer_token: str
    other_token: str

    @classmethod
    def find(cls) -> Stage:
        """Ask the stage where everything is."""
        return cls(**_call("/stage"))

    def scan(self, qr: str, phone: str) -> None:
        """Have an emulated phone scan a QR."""
        _call("/scan", {"qr": qr, "phone": phone})

    def restart(self) -> None:
        """Have another daemon take over."""
        _call("/restart", {})


def _call(path: str, body: dict[str, str] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the stage is on this host
    request = urllib.request.Request(os.environ["WAD_STAGE"] + path, data)  # noqa: S310 - whoever runs the suite set it
    with direct.open(request, timeout=60) as answer:
        return json.load(answer)
