"""The managers as one caller may reach them: only the sessions within its scope, whether or not they exist.

The services are given these in place of the managers, so that no method can forget to ask.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wad.domain.access import Role
from wad.domain.access_errors import PermissionDenied
from wad.managers.terms import Wait
from wad.rpc.call import about_session, caller

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from wad.domain.access import Caller
    from wad.domain.devices import Device
    from wad.domain.ids import SessionId
    from wad.domain.inspection import Inspection
    from wad.domain.messages import Message
    from wad.domain.policy import Policy
    from wad.domain.records import SessionEvent, SessionView
    from wad.domain.states import RemovalReason
    from wad.managers.reception import Reception
    from wad.managers.terms import Created, Reconnected
    from wad.rpc.ports import ArchiveFacts, Archives, Devices, Messages, RestoreOptions, Sealing, Sessions


def within_reach(session_id: SessionId) -> SessionId:
    """Return the id of a session that the present caller may reach; the audit log is told which one it is.

    Raises:
        PermissionDenied: It may not, whether or not there is such a session.
    """
    about_session(session_id)
    _refuse_beyond(session_id)
    return session_id


def _refuse_beyond(session_id: SessionId) -> None:
    found = caller()
    if not found.scope.covers(session_id):
        raise PermissionDenied(
            f"{found.name!r} may reach only the sessions {', '.join(found.scope.patterns)}, and {session_id!r} is not "
            "one of them.",
            session_id=session_id,
        )


def shown(views: list[SessionView]) -> list[SessionView]:
    """Return those sessions that the present caller may reach, as it may see them."""
    scope = caller().scope
    return [visible(view) for view in views if scope.covers(view.record.session_id)]


def visible(view: SessionView) -> SessionView:
    """Return the session as the present caller may see it: who only looks is not shown what links a phone."""
    if sees_codes(caller()):
        return view
    return replace(view, qr=None, pairing_code=None)


def sees_codes(found: Caller) -> bool:
    """Return True when the caller may see QRs and pairing codes."""
    return found.role >= Role.OPERATOR


class ScopedSessions:
    """Implements :class:`wad.rpc.ports.Sessions` for the present caller.

    Args:
        sessions: All sessions.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    @property
    def policy(self) -> Policy:
        """The limits of sessions whose creator names none."""
        return self._sessions.policy

    async def create(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        wait: Wait = Wait.FIRST_QR_OR_CONNECTION,
    ) -> Created:
        """Make the session live."""
        return await self._sessions.create(within_reach(session_id), policy=policy, labels=labels, wait=wait)

    def link(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        phone_number: str = "",
    ) -> AsyncGenerator[SessionEvent]:
        """Make the session live and follow it until it is connected or over."""
        return self._sessions.link(within_reach(session_id), policy=policy, labels=labels, phone_number=phone_number)

    async def request_pairing_code(self, session_id: SessionId, phone_number: str) -> SessionView:
        """Have a session that shows a QR also show a pairing code."""
        return await self._sessions.request_pairing_code(within_reach(session_id), phone_number)

    async def get(self, session_id: SessionId) -> SessionView:
        """Return one session."""
        return visible(await self._sessions.get(within_reach(session_id)))

    async def list(self, *, include_inactive: bool = False) -> list[SessionView]:
        """Return the sessions, ordered by id."""
        return shown(await self._sessions.list(include_inactive=include_inactive))

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Take the session out of service."""
        return await self._sessions.remove(within_reach(session_id), reason)

    async def stop(self, session_id: SessionId) -> SessionView:
        """Take the session out of service, and keep its files."""
        return await self._sessions.stop(within_reach(session_id))

    async def set_aside(self, session_id: SessionId) -> SessionView:
        """Stop a session whose credentials are damaged and set these aside."""
        return await self._sessions.set_aside(within_reach(session_id))

    async def reconnect(self, session_id: SessionId) -> Reconnected:
        """Have the session connect now."""
        return await self._sessions.reconnect(within_reach(session_id))

    async def touch(self, session_id: SessionId) -> SessionView:
        """Note that the session is used."""
        return await self._sessions.touch(within_reach(session_id))

    async def inspect(self, session_id: SessionId) -> Inspection:
        """Return what the session's directory holds."""
        return await self._sessions.inspect(within_reach(session_id))


class ScopedDevices:
    """Implements :class:`wad.rpc.ports.Devices` for the present caller.

    Args:
        devices: All devices.
    """

    def __init__(self, devices: Devices) -> None:
        self._devices = devices

    @property
    def policy(self) -> Policy:
        """The limits of devices whose creator names none."""
        return self._devices.policy

    async def create(
        self, device: Device, *, policy: Policy | None = None, labels: Mapping[str, str] | None = None, wait: Wait
    ) -> Created:
        """Make the device live."""
        within_reach(device.session_id)
        return await self._devices.create(device, policy=policy, labels=labels, wait=wait)

    def link(
        self,
        device: Device,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        pairing_code: bool = False,
    ) -> AsyncGenerator[SessionEvent]:
        """Make the device live and follow it until it is connected or over."""
        within_reach(device.session_id)
        return self._devices.link(device, policy=policy, labels=labels, pairing_code=pairing_code)

    async def get(self, session_id: SessionId) -> SessionView:
        """Return one device."""
        return visible(await self._devices.get(within_reach(session_id)))

    async def list(self, phone_number: str = "", *, include_inactive: bool = False) -> list[SessionView]:
        """Return the devices of one phone or of all, ordered by id."""
        return shown(await self._devices.list(phone_number, include_inactive=include_inactive))

    async def heartbeat(self, session_id: SessionId) -> SessionView:
        """Note that the device is alive."""
        return await self._devices.heartbeat(within_reach(session_id))

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Take the device out of service."""
        return await self._devices.remove(within_reach(session_id), reason)


class ScopedMessages:
    """Implements :class:`wad.rpc.ports.Messages` for the present caller.

    Args:
        messages: Sends and receives through all sessions.
    """

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def send_text(self, session_id: SessionId, to: str, text: str) -> str:
        """Send a text and return the message's id."""
        return await self._messages.send_text(within_reach(session_id), to, text)

    async def get(self, session_id: SessionId, message_id: str) -> Message:
        """Return a message that is kept."""
        return await self._messages.get(within_reach(session_id), message_id)

    def receive(
        self, sessions: Sequence[SessionId], covers: Callable[[SessionId], bool] = lambda _: True
    ) -> AbstractContextManager[Reception]:
        """Hand out what sessions have received: those that are named must be within reach."""
        for session_id in sessions:  # the audit log is told of none: there may be many, or all
            _refuse_beyond(session_id)
        scope = caller().scope
        return self._messages.receive(sessions, lambda session_id: scope.covers(session_id) and covers(session_id))


class ScopedArchives:
    """Implements :class:`wad.rpc.ports.Archives` for the present caller.

    Args:
        archives: Saves and restores all sessions.
    """

    def __init__(self, archives: Archives) -> None:
        self._archives = archives

    async def back_up(self, session_id: SessionId, sealing: Sealing) -> tuple[ArchiveFacts, bytes]:
        """Return an archive of the session's credentials."""
        return await self._archives.back_up(within_reach(session_id), sealing)

    async def restore(self, archive: bytes, options: RestoreOptions) -> tuple[ArchiveFacts, SessionView]:
        """Put an archive's credentials into a session's place; return the session as it is then.

        Raises:
            PermissionDenied: The caller may not reach the session; or it may not reach all, and does not say which.
        """
        if options.session_id is not None:
            within_reach(options.session_id)
        elif not caller().scope.everything:
            raise PermissionDenied("Say which session gets the credentials: it is not known yet whose the archive is.")
        facts, view = await self._archives.restore(archive, options)
        about_session(view.record.session_id)
        return facts, view
