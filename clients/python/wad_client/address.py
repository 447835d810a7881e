"""Where the daemon is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import grpc

from wad_client.errors import WAY_ON, WadError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Address:
    """A daemon's address.

    Attributes:
        target: As gRPC wants it.
        shown: As people write it.
        is_unix: True for a unix socket.
    """

    target: str
    shown: str
    is_unix: bool = False


def default_sockets(environ: Mapping[str, str]) -> list[Path]:
    """Return where a daemon's unix socket is looked for, in this order."""
    runtime, home = environ.get("XDG_RUNTIME_DIR"), environ.get("HOME", "")
    state = environ.get("XDG_STATE_HOME") or f"{home}/.local/state"
    own = [f"{runtime}/wad"] if runtime else []
    return [Path(place) / "wad.sock" for place in (*own, f"{state}/wad/run", "/run/wad")]


def find(given: str | None, environ: Mapping[str, str]) -> Address:
    """Return the daemon's address: the one given, else that of ``WAD_ADDRESS``, else the first socket there is.

    Raises:
        WadError: None is known, and there is no socket at the usual places.
        ValueError: What is given is no address.
    """
    if known := given or environ.get("WAD_ADDRESS"):
        return parse(known)
    places = default_sockets(environ)
    if found := next((path for path in places if path.exists()), None):
        return _unix(found)
    tried = ", ".join(map(str, places))
    raise WadError(
        grpc.StatusCode.UNAVAILABLE, f"The wad daemon is not running here: there is no socket at {tried}. {WAY_ON}"
    )


def parse(text: str) -> Address:
    """Return the address that *text* stands for.

    Raises:
        ValueError: It is neither ``unix:///path`` nor ``host:port``.
    """
    if text.startswith("unix:") and (path := text.removeprefix("unix:").removeprefix("//")):
        return _unix(Path(path))
    host, _, port = text.rpartition(":")
    if host and "/" not in text and port.isdecimal() and 0 < int(port) < 1 << 16:
        return Address(f"dns:///{text}", text)
    raise ValueError(f"{text!r} is not an address; use unix:///path/to/wad.sock or host:port.")


def _unix(path: Path) -> Address:
    path = path.absolute()
    return Address(f"unix:{path}", f"unix://{path}", is_unix=True)
