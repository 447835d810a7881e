"""The system's journal as a place to log to: every value of a line becomes a field that can be searched for.

The protocol is systemd's "Native Journal Protocol": a datagram of fields to journald's socket, or, when that is too
large, a sealed file in memory whose descriptor is sent instead. It is so small that a library, all of which need a C
compiler and systemd's headers, would cost more.
"""

from __future__ import annotations

import array
import errno
import fcntl
import json
import logging
import os
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping

SOCKET: Final = Path("/run/systemd/journal/socket")
PATIENCE: Final = 0.2
"""Seconds that a line waits for a journal that is busy; then it is lost, for the daemon must not hang with it."""

_PRIORITIES: Final = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}
_ANOTHER_PLACE: Final = frozenset({"event", "level", "timestamp", "exception", "stack"})
"""Values that stand in fields of systemd's own, or in the message."""
_OWN_FIELDS: Final = frozenset({"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "EVENT", "ERRNO", "DOCUMENTATION"})
_LONGEST_NAME: Final = 64
_SEALS: Final = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL


def stream_is_journal(stream: TextIO, told: str | None) -> bool:
    """Return True when what is written to *stream* goes to the journal.

    Args:
        stream: Standard error.
        told: ``JOURNAL_STREAM`` of the environment: device and inode of the stream that systemd has connected. Of a
            process that was started otherwise the stream is another one, though the variable is inherited.
    """
    if not told:
        return False
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return told == f"{found.st_dev}:{found.st_ino}"


class JournalHandler(logging.Handler):
    """Sends lines to the journal; when that is not there they go to *otherwise*.

    Its formatter is one that ends with :func:`as_entry`.

    Args:
        otherwise: A stream.
        path: The journal's socket.
    """

    def __init__(self, otherwise: TextIO, path: Path = SOCKET) -> None:
        super().__init__()
        self._path = str(path)
        self._otherwise = otherwise
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.settimeout(PATIENCE)

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line."""
        try:
            entry = self.format(record)
            try:
                self._send(_encoded(json.loads(entry)))
            except TimeoutError:
                return
            except OSError:  # journald is not there, perhaps for a moment
                self._otherwise.write(f"{entry}\n")
                self._otherwise.flush()
        except Exception:  # noqa: BLE001 - as every handler does: logging must not end what logs
            self.handleError(record)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
        super().close()

    def _send(self, payload: bytes) -> None:
        try:
            self._socket.sendto(payload, self._path)
        except OSError as error:
            if error.errno != errno.EMSGSIZE:
                raise
            self._send_file(payload)

    def _send_file(self, payload: bytes) -> None:
        descriptor = os.memfd_create("wad-journal", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.write(payload)
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))
            self._socket.sendmsg([], [rights], 0, self._path)
        finally:
            os.close(descriptor)


def as_entry(_logger: object, _method: str, event: MutableMapping[str, object]) -> str:
    """Be structlog's last processor: return the fields of a journal's entry, as JSON."""
    return json.dumps(dict(_fields(event)), default=str)


def _fields(event: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    yield "MESSAGE", _message(event)
    yield "PRIORITY", str(_PRIORITIES.get(str(event.get("level")), 6))
    yield "SYSLOG_IDENTIFIER", "wad"
    yield "EVENT", str(event.get("event", ""))
    for key, value in event.items():
        if key not in _ANOTHER_PLACE and value is not None:
            yield _field_name(key), _text(value)


def _message(event: Mapping[str, object]) -> str:
    """Return what people read in a list of entries: what happened and all that is known of it."""
    known = [
        f"{key}={_text(value)}"
        for key, value in event.items()
        if key not in _ANOTHER_PLACE and key != "logger" and value is not None
    ]
    traces = [str(event[key]) for key in ("stack", "exception") if event.get(key)]
    return "\n".join([" ".join([str(event.get("event", "")), *known]), *traces])


def _text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    return json.dumps(value, default=str) if isinstance(value, dict | list | tuple) else str(value)


def _field_name(key: str) -> str:
    """Return *key* as the journal allows it: capitals, digits and underscores, and no name that has a meaning there."""
    name = "".join(char if char.isascii() and char.isalnum() else "_" for char in key).upper()
    if name in _OWN_FIELDS or not name[:1].isalpha():
        name = f"WAD_{name}"
    return name[:_LONGEST_NAME]


def _encoded(fields: Mapping[str, str]) -> bytes:
    """Return fields as the protocol has them: the size goes before a value, for that may have several lines."""
    parts: list[bytes] = []
    for name, text in fields.items():
        value = text.encode("utf-8", "replace")
        parts += [name.encode("ascii"), b"\n", struct.pack("<Q", len(value)), value, b"\n"]
    return b"".join(parts)
