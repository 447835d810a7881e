"""The gRPC server: it binds, serves until it is cancelled, and goes down without dropping what is under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import anyio
import grpc.aio
import structlog
from grpc_health.v1 import health as health_checking
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from wad.rpc import listeners
from wad.rpc.access.certificates import Certificates
from wad.rpc.access.doorkeeper import Doorkeeper
from wad.rpc.access.front_door import FrontDoor
from wad.rpc.access.peers import Peers
from wad.rpc.access.scoped import ScopedDevices, ScopedMessages, ScopedSessions
from wad.rpc.access_service import AccessService
from wad.rpc.device_service import DeviceService
from wad.rpc.event_service import EventService
from wad.rpc.interceptors import CallInterceptor, CallWatchers
from wad.rpc.message_service import MessageService
from wad.rpc.repeats import Repeats
from wad.rpc.session_service import SessionService
from wad.v1 import (
    access_pb2,
    access_pb2_grpc,
    admin_pb2,
    admin_pb2_grpc,
    device_pb2,
    device_pb2_grpc,
    event_pb2,
    message_pb2,
    message_pb2_grpc,
    session_pb2,
    session_pb2_grpc,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from anyio.abc import TaskStatus

    from wad.managers.hub import EventHub
    from wad.managers.tokens import TokenKeeper
    from wad.ports import Clock
    from wad.rpc.access.certificates import TlsFiles
    from wad.rpc.access.grants import Grants
    from wad.rpc.admin_service import AdminService
    from wad.rpc.listeners import TcpAddress
    from wad.rpc.ports import Devices, Messages, ReplyBook, Sessions
    from wad.rpc.streams import OpenStreams

LARGEST_MESSAGE: Final = 4 * 1024 * 1024
"""Bytes."""

MOST_CONNECTIONS: Final = 4096
"""On each address: whoever floods one, which takes no credentials, must neither use up the descriptors nor lock out the
callers of the other."""

OPTIONS: Final = (
    ("grpc.max_concurrent_streams", 1000),
    ("grpc.so_reuseport", 0),  # two daemons on one port would share the calls between them
    ("grpc.keepalive_time_ms", 60_000),  # finds watchers whose host has gone
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),  # a client that pings more often is sent away
)

_SERVICES: Final = (
    session_pb2.DESCRIPTOR.services_by_name["SessionService"],
    device_pb2.DESCRIPTOR.services_by_name["DeviceService"],
    message_pb2.DESCRIPTOR.services_by_name["MessageService"],
    event_pb2.DESCRIPTOR.services_by_name["EventService"],
    admin_pb2.DESCRIPTOR.services_by_name["AdminService"],
    access_pb2.DESCRIPTOR.services_by_name["AccessService"],
)

_CRASH_POLL: Final = 0.5
"""Seconds; gRPC tells that it has stopped only when it is asked."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

SERVICES: Final = tuple(service.full_name for service in _SERVICES)
"""Full names of the services of wad."""

METHODS: Final = tuple((service.full_name, method.name) for service in _SERVICES for method in service.methods)
"""Every service of wad with each of its methods."""


@dataclass(frozen=True, slots=True)
class RpcSettings:
    """Where and how to serve.

    Attributes:
        unix_socket: Path of the unix socket; None for none.
        tcp: A TCP address; None for none.
        tls: The certificate to show there; None for no encryption, which is for loopback addresses only.
        insecure_loopback: Callers that come over loopback without TLS are trusted with everything.
        largest_message: Bytes of the largest message that is taken or sent.
        most_connections: Connections that each address takes at one time.
        grace: Seconds that calls under way have to finish when the server goes down.
    """

    unix_socket: Path | None
    tcp: TcpAddress | None = None
    tls: TlsFiles | None = None
    insecure_loopback: bool = False
    largest_message: int = LARGEST_MESSAGE
    most_connections: int = MOST_CONNECTIONS
    grace: float = 5


class RpcServer:
    """Serves the contract.

    Args:
        settings: Where and how.
        sessions: The session manager.
        devices: The manager of the sessions that are devices of a phone.
        messages: Who sends through the sessions.
        hub: The event log.
        clock: Both clocks.
        admin: The service for those who run the daemon.
        streams: Where open streams are kept, so that they can be ended.
        replies: Where the answers are kept to requests that may come again.
        tokens: The tokens that callers may show.
        grants: What users of this host and holders of certificates may do.
        watchers: Who is told of calls.
        refused: Told of each failure to recognise a caller, with the mechanism that failed.
        delivered: Told of the seconds that each event took to be handed over for a watcher.

    Attributes:
        tcp: The TCP address that is served, once it is; its port is never 0.
    """

    def __init__(
        self,
        settings: RpcSettings,
        *,
        sessions: Sessions,
        devices: Devices,
        messages: Messages,
        hub: EventHub,
        clock: Clock,
        admin: AdminService,
        streams: OpenStreams,
        replies: ReplyBook,
        tokens: TokenKeeper,
        grants: Grants,
        watchers: CallWatchers = CallWatchers(),  # noqa: B008 - it cannot be changed
        refused: Callable[[str], None] = lambda _mechanism: None,
        delivered: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self.tcp: TcpAddress | None = None
        self._settings = settings
        self._sessions = ScopedSessions(sessions)
        self._devices = ScopedDevices(devices)
        self._messages = ScopedMessages(messages)
        self._events = EventService(self._sessions, hub, clock, delivered=delivered)
        self._clock = clock
        self._admin = admin
        self._access = AccessService(tokens)
        self._peers = Peers()
        self._doorkeeper = Doorkeeper(
            tokens, grants, self._peers, insecure_loopback=settings.insecure_loopback, refused=refused
        )
        self._watchers = watchers
        self._repeats = Repeats(replies, clock)
        self._streams = streams
        tokens.changed = grants.changed = streams.recognise_again
        self._health: Any = health_checking.aio.HealthServicer()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - absent from the stubs

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve until cancelled, then stop within the settings' grace; ``started()`` is called once calls are taken.

        Raises:
            ConfigurationError: An address cannot be served.
        """
        async with self._repeats.open():  # what was begun is finished within the grace, also when its caller has gone
            await self._serve(task_status)

    async def _serve(self, task_status: TaskStatus[None]) -> None:
        server = self._build()
        door: FrontDoor | None = None
        try:
            door = self._bind_door()
            self._bind_grpc(server)
            await self._report_serving()
            await server.start()
            async with anyio.create_task_group() as tasks:
                if door is not None:
                    await tasks.start(door.run)
                task_status.started()
                while True:
                    await _until_crash(server)
                    with anyio.CancelScope(shield=True):  # bounded: it cuts every call off
                        await server.stop(None)
                    server = self._build()
                    self._bind_grpc(server)
                    await server.start()
        finally:
            with anyio.CancelScope(shield=True):  # bounded by the grace
                await self.drain()
                self._streams.end_all(drains=True)
                await server.stop(self._settings.grace)
                if door is not None:
                    door.hang_up()

    async def drain(self, *, stops: bool = False) -> None:
        """Report NOT_SERVING, end watches and links with UNAVAILABLE / DRAINING, and refuse what changes something so.

        Calls that only read are still answered, and those who follow a drain are left to follow it.

        Args:
            stops: End also the streams that are at work, as the daemon does not wait for them.
        """
        await self._health.enter_graceful_shutdown()
        if stops:
            self._streams.end_all()
        else:
            self._streams.turn_away()

    def _build(self) -> grpc.aio.Server:
        interceptor = CallInterceptor(self._clock, self._doorkeeper, self._streams, self._repeats, self._watchers)
        largest = self._settings.largest_message
        limits = (
            ("grpc.max_receive_message_length", largest),
            ("grpc.max_send_message_length", largest),
            ("grpc.max_allowed_incoming_connections", self._settings.most_connections),
        )
        server = grpc.aio.server(interceptors=[interceptor], options=(*OPTIONS, *limits))  # pyright: ignore[reportUnknownMemberType] - generic only in the stubs
        session_pb2_grpc.add_SessionServiceServicer_to_server(SessionService(self._sessions, self._clock), server)
        device_pb2_grpc.add_DeviceServiceServicer_to_server(DeviceService(self._devices, self._clock), server)
        message_pb2_grpc.add_MessageServiceServicer_to_server(MessageService(self._messages, self._clock), server)
        self._events.add_to(server)
        admin_pb2_grpc.add_AdminServiceServicer_to_server(self._admin, server)
        access_pb2_grpc.add_AccessServiceServicer_to_server(self._access, server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection((*SERVICES, health_checking.SERVICE_NAME, reflection.SERVICE_NAME), server)
        return server

    def _bind_door(self) -> FrontDoor | None:
        """Bind the unix socket; return its door, which is yet to be opened."""
        path = self._settings.unix_socket
        if path is None:
            return None
        return FrontDoor(listeners.bind_unix(path), path, listeners.inner_path(path), self._peers)

    def _bind_grpc(self, server: grpc.aio.Server) -> None:
        """Let gRPC listen behind the door and on TCP, where it did before if it did."""
        settings = self._settings
        if settings.unix_socket is not None:
            listeners.bind_inner(server, settings.unix_socket)
        if settings.tcp is not None:
            credentials = None if settings.tls is None else Certificates(settings.tls).credentials()
            self.tcp = listeners.bind_tcp(server, self.tcp or settings.tcp, credentials)

    async def _report_serving(self) -> None:
        for service in ("", *SERVICES):  # the empty name stands for the daemon as a whole
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)


async def _until_crash(server: grpc.aio.Server) -> None:
    """Return when gRPC has stopped serving by itself.

    It does so, and leaves the connections that it has as they are, when somebody calls a method whose name is not
    UTF-8, which takes no credentials (grpcio 1.85.1, ``_server_main_loop``).
    """
    try:
        while await server.wait_for_termination(_CRASH_POLL):
            pass
    except Exception as error:  # noqa: BLE001 - whatever it was, it must serve again
        _log.error("rpc.crashed", error=str(error), message="gRPC is started again; its calls are cut off.")
