"""The options of ``wadctl`` and how they become fields of a request."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration

from wad.cli.qr import PICTURES
from wad.cli.text import duration
from wad.v1 import event_pb2, session_pb2

LIMITS = tuple(field.name for field in session_pb2.Policy.DESCRIPTOR.fields)
"""Names of a session's limits."""

_COUNTS = frozenset(field.name for field in session_pb2.Policy.DESCRIPTOR.fields if field.message_type is None)

LimitOption = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=VALUE",
        help=f"A limit of its own, as 15m or 0 for off; may be repeated. Names: {', '.join(LIMITS)}.",
    ),
]
LabelOption = Annotated[
    list[str] | None, typer.Option("--label", "-l", metavar="KEY=VALUE", help="A label; may be repeated.")
]


def _picture(path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in PICTURES:
        raise typer.BadParameter(f"{path} is no name of a picture; let it end in {' or '.join(PICTURES)}.")
    if path is not None and not os.path.isdir(path.parent):  # noqa: PTH112 - Path's own fails where one may not enter
        raise typer.BadParameter(f"There is no directory {path.parent} for the picture.")
    if path is not None and not os.access(path.parent, os.W_OK):
        raise typer.BadParameter(f"You may not write into the directory {path.parent}.")
    return path


ImageOption = Annotated[
    Path | None,
    typer.Option(
        "--image",
        "--png",
        metavar="FILE",
        callback=_picture,
        help="Also keep the present QR in this picture file, .png or .svg.",
    ),
]


class Wait(StrEnum):
    """When a creation answers."""

    NONE = "none"
    QR = "qr"
    CONNECTED = "connected"

    @property
    def number(self) -> session_pb2.CreateWait.ValueType:
        """The contract's number."""
        name = "FIRST_QR_OR_CONNECTION" if self is Wait.QR else self.name
        return session_pb2.CreateWait.Value(f"CREATE_WAIT_{name}")


class Reason(StrEnum):
    """Why a session is removed."""

    MANUAL = "manual"
    LOGOUT = "logout"
    STUCK = "stuck"

    @property
    def number(self) -> session_pb2.RemovalReason.ValueType:
        """The contract's number."""
        return session_pb2.RemovalReason.Value(f"REMOVAL_REASON_{self.name}")


class State(StrEnum):
    """What a session is doing."""

    CONNECTING = "connecting"
    QR_GENERATED = "qr_generated"
    PAIRING_SUCCESS = "pairing_success"
    SYNCING = "syncing"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    DISCONNECTED = "disconnected"
    QR_EXPIRED = "qr_expired"
    LOGGED_OUT = "logged_out"
    EXPIRED = "expired"

    @property
    def number(self) -> session_pb2.SessionState.ValueType:
        """The contract's number."""
        return session_pb2.SessionState.Value(f"SESSION_STATE_{self.name}")


class Type(StrEnum):
    """What may happen to a session, or to the daemon."""

    STATE_CHANGED = "state_changed"
    QR_ISSUED = "qr_issued"
    PAIRING_CODE_ISSUED = "pairing_code_issued"
    AUTH_SUCCESS = "auth_success"
    HEARTBEAT = "heartbeat"
    REMOVED = "removed"
    ALERT = "alert"

    @property
    def number(self) -> event_pb2.EventType.ValueType:
        """The contract's number."""
        return event_pb2.EventType.Value(f"EVENT_TYPE_{self.name}")


def parse_labels(given: list[str] | None) -> dict[str, str]:
    """Return labels that were given as ``key=value``.

    Raises:
        typer.BadParameter: One has no ``=``.
    """
    return dict(_split(text, "--label") for text in given or ())


def parse_policy(given: list[str] | None) -> session_pb2.Policy | None:
    """Return limits that were given as ``name=value``, or None when there are none.

    Raises:
        typer.BadParameter: There is no such limit, or its value is none.
    """
    if not given:
        return None
    policy = session_pb2.Policy()
    for name, value in (_split(text, "--limit") for text in given):
        if name not in LIMITS:
            raise typer.BadParameter(
                f"there is no limit {name!r}; there are {', '.join(LIMITS)}.", param_hint="--limit"
            )
        try:
            if name in _COUNTS:
                setattr(policy, name, int(value))
            else:
                getattr(policy, name).CopyFrom(_proto_duration(value))
        except ValueError as error:
            raise typer.BadParameter(f"{name}: {error}", param_hint="--limit") from error
    return policy


def _proto_duration(text: str) -> Duration:
    message = Duration()
    message.FromMilliseconds(round(duration(text) * 1000))
    return message


def _split(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise typer.BadParameter(f"{text!r} has no value; write NAME=VALUE.", param_hint=option)
    return name, value
