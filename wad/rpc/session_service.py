"""SessionService: see ``protos/wad/v1/session.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from wad.domain.ids import parse_session_id
from wad.rpc import convert, convert_admin, requests
from wad.rpc.link_steps import link_steps
from wad.v1 import session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.ports import Clock
    from wad.rpc.ports import Context, Sessions


class SessionService(session_pb2_grpc.SessionServiceServicer):
    """Creates, links, finds and removes sessions.

    Args:
        sessions: Those who do it.
        clock: Tells which QR is still valid.
    """

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def CreateSession(
        self, request: session_pb2.CreateSessionRequest, context: Context
    ) -> session_pb2.CreateSessionResponse:
        """Make a session live."""
        created = await self._sessions.create(
            parse_session_id(request.session_id),
            policy=requests.policy(request, self._sessions.policy),
            labels=requests.labels(request.labels),
            wait=requests.wait(request),
        )
        shown = convert.session(created.view, self._clock.wall())
        return session_pb2.CreateSessionResponse(session=shown, already_connected=created.already_connected)

    async def LinkSession(
        self, request: session_pb2.LinkSessionRequest, context: Context
    ) -> AsyncGenerator[session_pb2.LinkSessionResponse]:
        """Make a session live and follow it until it is connected or over."""
        events = self._sessions.link(
            parse_session_id(request.session_id),
            policy=requests.policy(request, self._sessions.policy),
            labels=requests.labels(request.labels),
            phone_number=request.phone_number,
        )
        async with aclosing(link_steps(events, self._clock)) as steps:
            async for _, step in steps:
                yield step

    async def RequestPairingCode(
        self, request: session_pb2.RequestPairingCodeRequest, context: Context
    ) -> session_pb2.RequestPairingCodeResponse:
        """Have a session that shows a QR also show a pairing code."""
        view = await self._sessions.request_pairing_code(parse_session_id(request.session_id), request.phone_number)
        return session_pb2.RequestPairingCodeResponse(session=convert.session(view, self._clock.wall()))

    async def GetSession(
        self, request: session_pb2.GetSessionRequest, context: Context
    ) -> session_pb2.GetSessionResponse:
        """Return one session."""
        view = await self._sessions.get(parse_session_id(request.session_id))
        return session_pb2.GetSessionResponse(session=convert.session(view, self._clock.wall()))

    async def ListSessions(
        self, request: session_pb2.ListSessionsRequest, context: Context
    ) -> session_pb2.ListSessionsResponse:
        """List sessions."""
        views = await self._sessions.list(include_inactive=request.include_inactive)
        page, now = requests.page(request, views), self._clock.wall()
        shown = [convert.session(view, now) for view in page.items]
        return session_pb2.ListSessionsResponse(sessions=shown, next_page_token=page.next_token)

    async def RemoveSession(
        self, request: session_pb2.RemoveSessionRequest, context: Context
    ) -> session_pb2.RemoveSessionResponse:
        """Take a session out of service."""
        session_id = parse_session_id(request.session_id)
        view = await self._sessions.remove(session_id, requests.removal_reason(request))
        return session_pb2.RemoveSessionResponse(session=convert.session(view, self._clock.wall()))

    async def StopSession(
        self, request: session_pb2.StopSessionRequest, context: Context
    ) -> session_pb2.StopSessionResponse:
        """Take a session out of service and keep its files."""
        view = await self._sessions.stop(parse_session_id(request.session_id))
        return session_pb2.StopSessionResponse(session=convert.session(view, self._clock.wall()))

    async def ReconnectSession(
        self, request: session_pb2.ReconnectSessionRequest, context: Context
    ) -> session_pb2.ReconnectSessionResponse:
        """Have a session connect now."""
        done = await self._sessions.reconnect(parse_session_id(request.session_id))
        shown = convert.session(done.view, self._clock.wall())
        return session_pb2.ReconnectSessionResponse(session=shown, attempted=done.attempted)

    async def TouchSession(
        self, request: session_pb2.TouchSessionRequest, context: Context
    ) -> session_pb2.TouchSessionResponse:
        """Count as activity."""
        view = await self._sessions.touch(parse_session_id(request.session_id))
        return session_pb2.TouchSessionResponse(session=convert.session(view, self._clock.wall()))

    async def InspectSession(
        self, request: session_pb2.InspectSessionRequest, context: Context
    ) -> session_pb2.InspectSessionResponse:
        """Look into a session's directory."""
        return convert_admin.inspection(await self._sessions.inspect(parse_session_id(request.session_id)))

    async def SetAsideCredentials(
        self, request: session_pb2.SetAsideCredentialsRequest, context: Context
    ) -> session_pb2.SetAsideCredentialsResponse:
        """Set a session's damaged credentials aside."""
        view = await self._sessions.set_aside(parse_session_id(request.session_id))
        return session_pb2.SetAsideCredentialsResponse(session=convert.session(view, self._clock.wall()))
