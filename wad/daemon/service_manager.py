"""What the service manager (systemd) is told; without one nothing happens."""

from __future__ import annotations

import os
import time
from typing import Final

import sdnotify  # pyright: ignore[reportMissingTypeStubs] - it has none

_notifier = sdnotify.SystemdNotifier() if os.environ.get("NOTIFY_SOCKET") else None
_PROOFS_PER_PERIOD: Final = 3


def ready() -> None:
    """Calls are taken."""
    _notify("READY=1")


def reloading() -> None:
    """The configuration is read again; :func:`ready` follows. The time ties the two to the manager's request."""
    _notify(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")


def stopping() -> None:
    """The daemon goes down in order."""
    _notify("STOPPING=1")


def status(line: str) -> None:
    """Show *line* in ``systemctl status``."""
    _notify(f"STATUS={line}")


def watchdog_interval() -> float | None:
    """Return the seconds between two calls of :func:`alive`, or None when nobody waits for them."""
    microseconds, waits_for = os.environ.get("WATCHDOG_USEC"), os.environ.get("WATCHDOG_PID")
    if not microseconds or waits_for not in (None, str(os.getpid())):
        return None
    return int(microseconds) / 1e6 / _PROOFS_PER_PERIOD


def alive() -> None:
    """Prove that the daemon lives; without a proof in ``WatchdogSec=`` it is ended and started anew."""
    _notify("WATCHDOG=1")


def _notify(message: str) -> None:
    if _notifier is not None:
        _notifier.notify(message)  # pyright: ignore[reportUnknownMemberType] - the library is untyped
