"""Where a daemon keeps what: systemd says, or the conventions for services and for users do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SYSTEM_CONFIG: Final = Path("/etc/wad/wad.toml")


def config_files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return where a configuration is looked for when none is named; the first that exists is read."""
    return SYSTEM_CONFIG, _base(environ, "XDG_CONFIG_HOME", ".config") / "wad" / "wad.toml"


def default_state_dir(environ: Mapping[str, str]) -> Path:
    """Return the directory of what must outlive the daemon and the host."""
    if given := environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])  # systemd separates several with colons
    if os.geteuid() == 0:
        return Path("/var/lib/wad")
    return _base(environ, "XDG_STATE_HOME", ".local/state") / "wad"


def default_runtime_dir(environ: Mapping[str, str], state_dir: Path) -> Path:
    """Return the directory of sockets."""
    if given := environ.get("RUNTIME_DIRECTORY"):
        return Path(given.split(":")[0])
    if os.geteuid() == 0:
        return Path("/run/wad")
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        return Path(runtime) / "wad"
    return state_dir / "run"


def _base(environ: Mapping[str, str], variable: str, within_home: str) -> Path:
    given = environ.get(variable, "")
    if Path(given).is_absolute():  # the XDG specification has relative ones ignored
        return Path(given)
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / within_home
