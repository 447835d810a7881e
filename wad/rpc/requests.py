"""From the contract to the domain: what a caller may ask for, and what is refused and why. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from google.protobuf.duration_pb2 import Duration

from wad.domain.errors import InvalidInput
from wad.domain.ids import SessionId, parse_session_id
from wad.domain.phone_numbers import parse_phone_number
from wad.domain.states import RemovalReason
from wad.managers.terms import Wait
from wad.rpc import paging
from wad.rpc.convert import REASONS, STATES
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wad.domain.policy import Policy
    from wad.domain.records import SessionView
    from wad.domain.states import SessionState
    from wad.rpc.paging import Page
    from wad.v1 import device_pb2, event_pb2

    Creation = (
        session_pb2.CreateSessionRequest
        | session_pb2.LinkSessionRequest
        | device_pb2.CreateDeviceRequest
        | device_pb2.LinkDeviceRequest
    )

LONGEST_LIMIT: Final = 10 * 365 * 24 * 3600
"""Seconds; a longer limit is none, and is written 0."""

MOST_LISTED_IDS: Final = 1000
"""Sessions that one request may name."""

MOST_LABELS: Final = 32
LONGEST_LABEL_VALUE: Final = 256

REMOVABLE: Final = (RemovalReason.MANUAL, RemovalReason.LOGOUT, RemovalReason.STUCK)
"""The reasons that a caller may give; the others are the daemon's own."""

_LABEL_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,62}", re.ASCII)
_STATES_BY_NUMBER = {number: state for state, number in STATES.items()}
_WAITS = {
    session_pb2.CREATE_WAIT_UNSPECIFIED: Wait.FIRST_QR_OR_CONNECTION,
    session_pb2.CREATE_WAIT_NONE: Wait.NONE,
    session_pb2.CREATE_WAIT_FIRST_QR_OR_CONNECTION: Wait.FIRST_QR_OR_CONNECTION,
    session_pb2.CREATE_WAIT_CONNECTED: Wait.CONNECTED,
}


# ── creation ────────────────────────────────────────────────────────────────────────────────────────────────────────


def policy(request: Creation, default: Policy) -> Policy | None:
    """Return the limits that a caller asked for, filled up with the defaults; None when it asked for none.

    Raises:
        InvalidInput: A limit is not a duration, negative, or too long.
    """
    if not request.HasField("policy"):
        return None
    given = {
        field.name: _seconds(value, f"policy.{field.name}") if isinstance(value, Duration) else value
        for field, value in request.policy.ListFields()
    }
    return replace(default, **given)


def _seconds(value: Duration, path: str) -> float:
    billion = 1_000_000_000
    if abs(value.nanos) >= billion or value.seconds * value.nanos < 0:
        raise InvalidInput(path, f"{path} is not a duration: its nanos must be below a second and of the same sign.")
    if value.seconds > LONGEST_LIMIT:
        raise InvalidInput(path, f"{path} is longer than ten years; use 0 to switch the limit off.")
    return value.seconds + value.nanos / billion


def labels(given: Mapping[str, str]) -> dict[str, str] | None:
    """Return the owner's notes, or None when there are none.

    Raises:
        InvalidInput: There are too many, or one cannot be used.
    """
    if len(given) > MOST_LABELS:
        raise InvalidInput("labels", f"There are {len(given)} labels; at most {MOST_LABELS} are possible.")
    for key, value in given.items():
        if not _LABEL_KEY.fullmatch(key):
            raise InvalidInput(
                "labels", f"{key[:80]!r} is not a label's key: 1 to 63 letters, digits, '.', '_', '/' or '-'."
            )
        if len(value) > LONGEST_LABEL_VALUE:
            raise InvalidInput(
                f"labels[{key}]",
                f"The label {key!r} has {len(value)} characters; at most {LONGEST_LABEL_VALUE} are possible.",
            )
    return dict(given) or None


def wait(request: session_pb2.CreateSessionRequest | device_pb2.CreateDeviceRequest) -> Wait:
    """Return how long the creation is to wait."""
    return _WAITS[request.wait]


def removal_reason(request: session_pb2.RemoveSessionRequest | device_pb2.RemoveDeviceRequest) -> RemovalReason:
    """Return why the session is to be removed.

    Raises:
        InvalidInput: No reason was given, or one of the daemon's own.
    """
    for reason in REMOVABLE:
        if REASONS[reason] == request.reason:
            return reason
    allowed = ", ".join(session_pb2.RemovalReason.Name(REASONS[reason]) for reason in REMOVABLE)
    given = session_pb2.RemovalReason.Name(request.reason)
    raise InvalidInput("reason", f"{given} is not a reason that a caller can give; use one of {allowed}.")


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def page(request: session_pb2.ListSessionsRequest, views: Sequence[SessionView]) -> Page[SessionView]:
    """Return the page of *views*, which are ordered by session id, that was asked for.

    Raises:
        InvalidInput: The page's size, its token or a filter cannot be used.
    """
    filters = session_pb2.ListSessionsRequest(
        states=sorted(set(request.states)), labels=request.labels, include_inactive=request.include_inactive
    )
    states = _states(request.states)
    matching = [
        view
        for view in views
        if (not states or view.record.state in states) and request.labels.items() <= view.record.labels.items()
    ]
    return paging.cut(request, filters, matching, by_id)


def by_id(view: SessionView) -> str:
    """Return the order of a session in lists."""
    return view.record.session_id


def _states(numbers: Sequence[session_pb2.SessionState.ValueType]) -> set[SessionState]:
    for index, number in enumerate(numbers):
        if number not in _STATES_BY_NUMBER:
            raise InvalidInput(f"states[{index}]", "A state to look for must be named; omit states to list all.")
    return {_STATES_BY_NUMBER[number] for number in numbers}


def phone_filter(request: event_pb2.WatchEventsRequest | device_pb2.ListDevicesRequest) -> str:
    """Return the digits of the phone whose devices are asked for; empty when the request names none.

    Raises:
        InvalidInput: That is no phone number.
    """
    return parse_phone_number(request.phone_number) if request.phone_number else ""


def listed_ids(field: str, texts: Sequence[str]) -> list[SessionId]:
    """Return the sessions that a request names.

    Args:
        field: Where it does.
        texts: Their ids.

    Raises:
        InvalidInput: They are too many, or one is no session id.
    """
    if len(texts) > MOST_LISTED_IDS:
        raise InvalidInput(field, f"At most {MOST_LISTED_IDS} sessions can be named; omit them for all.")
    return [_listed_id(f"{field}[{index}]", text) for index, text in enumerate(texts)]


def _listed_id(field: str, text: str) -> SessionId:
    try:
        return parse_session_id(text)
    except InvalidInput as error:
        raise InvalidInput(field, str(error)) from error
