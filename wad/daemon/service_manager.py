"""What the service manager (systemd) is told; without one nothing happens."""

from __future__ import annotations

import sdnotify  # pyright: ignore[reportMissingTypeStubs] - it has none

_notifier = sdnotify.SystemdNotifier()


def ready() -> None:
    """Calls are taken."""
    _notify("READY=1")


def stopping() -> None:
    """The daemon goes down in order."""
    _notify("STOPPING=1")


def status(line: str) -> None:
    """Show *line* in ``systemctl status``."""
    _notify(f"STATUS={line}")


def _notify(message: str) -> None:
    _notifier.notify(message)  # pyright: ignore[reportUnknownMemberType] - the library is untyped
