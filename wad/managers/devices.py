"""Device sessions: many linked devices of each phone, on the same core as plain sessions."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from wad.domain.errors import SessionNotConnected, WrongKind
from wad.domain.states import SessionState
from wad.managers.terms import LINKED

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from wad.domain.devices import Device
    from wad.domain.ids import SessionId
    from wad.domain.policy import Policy
    from wad.domain.records import SessionEvent, SessionView
    from wad.domain.states import RemovalReason
    from wad.managers.session_manager import SessionManager
    from wad.managers.terms import Created, Wait

_DEVICE_ID_BYTES = 4
_HAVE_HEARTBEATS = LINKED | {SessionState.DISCONNECTED}
"""States of a device that has been connected; before that there is nothing to be alive."""


class MultiDeviceSessionManager:
    """The devices among a daemon's sessions, grouped by phone.

    A device is a session with another policy: whatever keeps, sweeps and removes sessions does the same with devices,
    and both share the places that there are.

    Args:
        sessions: Keeps all sessions.
        policy: The limits of devices whose creator names none.
    """

    def __init__(self, sessions: SessionManager, policy: Policy) -> None:
        self.policy = policy
        self._sessions = sessions

    async def create(
        self, device: Device, *, policy: Policy | None = None, labels: Mapping[str, str] | None = None, wait: Wait
    ) -> Created:
        """Make the device live: join it, reconnect it with its stored credentials, or begin to link it.

        Raises:
            DeviceLimitReached: There is no place for another device of this phone.
            WrongKind: A plain session has its id.
            SessionLimitReached, CreateFailed, StorageError, Draining: As for sessions.
        """
        return await self._sessions.create(
            device.session_id, policy=policy or self.policy, labels=labels, device=device, wait=wait
        )

    def link(
        self,
        device: Device,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        pairing_code: bool = False,
    ) -> AsyncGenerator[SessionEvent]:
        """Create the device and follow it until it is connected or over.

        Args:
            device: The device.
            policy: Its limits; None for the usual ones.
            labels: Its owner's notes; None keeps those that are stored.
            pairing_code: Also show a code to type into the device's phone.

        Yields:
            Its events, from the present state on; the last one is the connection or the removal.

        Raises:
            DeviceLimitReached: There is no place for another device of this phone.
            WrongKind: A plain session has its id.
            EngineError, SlowConsumer, SessionLimitReached, StorageError, Draining: As for sessions.
        """
        phone_number = device.phone_number if pairing_code else ""
        return self._sessions.link(
            device.session_id, policy=policy or self.policy, labels=labels, device=device, phone_number=phone_number
        )

    async def get(self, session_id: SessionId) -> SessionView:
        """Return the device, live or kept.

        Raises:
            SessionNotFound: There is none.
            WrongKind: That is a plain session.
        """
        view = await self._sessions.get(session_id)
        if view.record.device is None:
            raise WrongKind(session_id, is_device=False)
        return view

    async def list(self, phone_number: str = "", *, include_inactive: bool = False) -> list[SessionView]:
        """Return the devices of one phone, or of all phones, ordered by id; on request also those that are not live."""
        found = await self._sessions.list(include_inactive=include_inactive)
        devices = ((view, view.record.device) for view in found)
        return [view for view, device in devices if device and phone_number in {"", device.phone_number}]

    async def heartbeat(self, session_id: SessionId) -> SessionView:
        """Note that the device is alive, as an answered heartbeat does.

        Raises:
            SessionNotFound: There is none.
            WrongKind: That is a plain session.
            SessionNotConnected: It has not been connected yet, or is not in service.
        """
        record = (await self.get(session_id)).record
        if record.state not in _HAVE_HEARTBEATS:
            raise SessionNotConnected(session_id, record.state)
        return await self._sessions.heartbeat(session_id)

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Take the device out of service; for ``manual`` and ``logout`` also unlink it and delete its files.

        Raises:
            SessionNotFound: There is none.
            WrongKind: That is a plain session.
            StorageError: A step failed; the record is kept and the removal is tried again later.
        """
        await self.get(session_id)
        return await self._sessions.remove(session_id, reason)


def new_device_id() -> str:
    """Return a random device id."""
    return secrets.token_hex(_DEVICE_ID_BYTES)
