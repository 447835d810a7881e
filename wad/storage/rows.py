"""Session records as rows of the registry, and back."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final, cast

from wad.domain.devices import Device, DeviceInfo
from wad.domain.errors import InvalidInput, StorageError
from wad.domain.events import UserIdentity
from wad.domain.ids import parse_session_id
from wad.domain.policy import Policy
from wad.domain.records import LastError, SessionRecord
from wad.domain.states import DesiredState, RemovalReason, SessionState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wad.domain.ids import SessionId

_log = logging.getLogger(__name__)
_POLICY_KEYS: Final = frozenset(field.name for field in fields(Policy))


def to_row(record: SessionRecord) -> dict[str, object]:
    """Return the record's columns."""
    user, error, device = record.user, record.last_error, record.device
    return {
        "session_id": record.session_id,
        "desired": record.desired.value,
        "state": record.state.value,
        "active": record.active,
        "removal": record.removal and record.removal.value,
        "user_jid": user and user.jid,
        "user_lid": user and user.lid,
        "user_push_name": user and user.push_name,
        "user_platform": user and user.platform,
        "user_business_name": user and user.business_name,
        "created_at": record.created_at,
        "last_activity_at": record.last_activity_at,
        "connected_at": record.connected_at,
        "auto_reconnected": record.auto_reconnected,
        "generation": record.generation,
        "reconnects": record.reconnects,
        "messages_sent": record.messages_sent,
        "messages_received": record.messages_received,
        "policy": json.dumps(asdict(record.policy)),
        "labels": json.dumps(dict(record.labels)),
        "error_reason": error and error.reason,
        "error_message": error and error.message,
        "error_at": error and error.at,
        "device_phone_number": device and device.phone_number,
        "device_id": device and device.device_id,
        "device_name": device and device.info.name,
        "device_user_agent": device and device.info.user_agent,
        "device_ip_address": device and device.info.ip_address,
        "device_platform": device and device.info.platform,
        "last_heartbeat_at": record.last_heartbeat_at,
        "failed_heartbeats": record.failed_heartbeats,
    }


def from_row(row: Mapping[Any, object]) -> SessionRecord:
    """Return the record that the columns hold.

    Raises:
        StorageError: The row is damaged; the text names the session and what is wrong with it.
    """
    try:
        return _Row(row).record()
    except (InvalidInput, KeyError, TypeError, ValueError) as error:
        raise StorageError(
            f"The registry's row of session {row.get('session_id')!r} is damaged: {error}. "
            "Restore the registry from a backup, or create the session anew; its credentials are not in the row."
        ) from error


class _Row:
    """Columns, read with the types that they ought to have; SQLite itself does not enforce them."""

    def __init__(self, columns: Mapping[Any, object]) -> None:
        self._columns = columns

    def record(self) -> SessionRecord:
        session_id = parse_session_id(self._text("session_id"))
        removal = self._optional_text("removal")
        return SessionRecord(
            session_id=session_id,
            created_at=self._number("created_at"),
            last_activity_at=self._number("last_activity_at"),
            desired=DesiredState(self._text("desired")),
            state=SessionState(self._text("state")),
            active=self._flag("active"),
            removal=None if removal is None else RemovalReason(removal),
            user=self._user(),
            connected_at=self._optional_number("connected_at"),
            auto_reconnected=self._flag("auto_reconnected"),
            generation=self._count("generation"),
            reconnects=self._count("reconnects"),
            messages_sent=self._count("messages_sent"),
            messages_received=self._count("messages_received"),
            policy=self._policy(session_id),
            labels=self._labels(),
            last_error=self._last_error(),
            device=self._device(),
            last_heartbeat_at=self._optional_number("last_heartbeat_at"),
            failed_heartbeats=self._count("failed_heartbeats"),
        )

    def _text(self, name: str) -> str:
        value = self._columns[name]
        if not isinstance(value, str):
            raise TypeError(f"{name} is no text")
        value.encode()  # text that is no UTF-8 was read with escapes, which this refuses
        return value

    def _optional_text(self, name: str) -> str | None:
        return None if self._columns[name] is None else self._text(name)

    def _number(self, name: str) -> float:
        value = self._columns[name]
        if not isinstance(value, int | float):
            raise TypeError(f"{name} is no number")
        return value

    def _optional_number(self, name: str) -> float | None:
        return None if self._columns[name] is None else self._number(name)

    def _count(self, name: str) -> int:
        value = self._columns[name]
        if not isinstance(value, int):
            raise TypeError(f"{name} is no whole number")
        return value

    def _flag(self, name: str) -> bool:
        value = self._columns[name]
        if not isinstance(value, bool):
            raise TypeError(f"{name} is neither true nor false")
        return value

    def _object(self, name: str) -> dict[str, object]:
        value: object = json.loads(self._text(name))
        if not isinstance(value, dict):
            raise TypeError(f"{name} is no JSON object")
        return cast("dict[str, object]", value)

    def _user(self) -> UserIdentity | None:
        if self._columns["user_jid"] is None:
            return None
        return UserIdentity(
            jid=self._text("user_jid"),
            lid=self._text("user_lid"),
            push_name=self._text("user_push_name"),
            platform=self._text("user_platform"),
            business_name=self._text("user_business_name"),
        )

    def _device(self) -> Device | None:
        if self._columns["device_phone_number"] is None:
            return None
        info = DeviceInfo(
            name=self._text("device_name"),
            user_agent=self._text("device_user_agent"),
            ip_address=self._text("device_ip_address"),
            platform=self._text("device_platform"),
        )
        return Device(self._text("device_phone_number"), self._text("device_id"), info)

    def _last_error(self) -> LastError | None:
        if self._columns["error_reason"] is None:
            return None
        return LastError(self._text("error_reason"), self._text("error_message"), self._number("error_at"))

    def _labels(self) -> dict[str, str]:
        labels = self._object("labels")
        if not all(isinstance(value, str) for value in labels.values()):
            raise TypeError("a label is no text")
        return cast("dict[str, str]", labels)

    def _policy(self, session_id: SessionId) -> Policy:
        """Return the limits; those that only a newer program knows are left out, those that it lacks take defaults."""
        stored = self._object("policy")
        unknown = sorted(stored.keys() - _POLICY_KEYS)
        if unknown:
            _log.warning(
                "The policy of session %s has limits that this version does not know: %s",
                session_id,
                ", ".join(unknown),
                extra={"session_id": session_id},
            )
        known: dict[str, float] = {}
        for name, value in stored.items():
            if name not in _POLICY_KEYS:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"policy.{name} is no number")
            known[name] = value
        return Policy(**known)  # pyright: ignore[reportArgumentType] - max_failures was written from an int
