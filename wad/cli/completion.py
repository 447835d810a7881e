"""What the shell offers for an argument: the names that the running daemon knows; nothing when it does not answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import grpc
import typer  # noqa: TC002 - typer reads the annotations

from wad.cli import connection
from wad.v1 import admin_pb2, admin_pb2_grpc, device_pb2, device_pb2_grpc, session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PATIENCE: Final = 1.0
"""Seconds that somebody who has pressed Tab is made to wait at most."""

_MOST: Final = 1000


def session_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of sessions, live or kept, that begin so."""
    request = session_pb2.ListSessionsRequest(include_inactive=True, page_size=_MOST)

    def listed(channel: grpc.Channel) -> Iterable[str]:
        page = session_pb2_grpc.SessionServiceStub(channel).ListSessions(request, timeout=_PATIENCE)
        return (session.session_id for session in page.sessions)

    return _beginning(ctx, incomplete, listed)


def device_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ids of devices, live or kept, that begin so."""
    request = device_pb2.ListDevicesRequest(include_inactive=True, page_size=_MOST)

    def listed(channel: grpc.Channel) -> Iterable[str]:
        page = device_pb2_grpc.DeviceServiceStub(channel).ListDevices(request, timeout=_PATIENCE)
        return (device.device_session_id for device in page.devices)

    return _beginning(ctx, incomplete, listed)


def worker_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of workers that begin so."""

    def listed(channel: grpc.Channel) -> Iterable[str]:
        stats = admin_pb2_grpc.AdminServiceStub(channel).GetStats(admin_pb2.GetStatsRequest(), timeout=_PATIENCE)
        return (worker.worker_id for worker in stats.workers)

    return _beginning(ctx, incomplete, listed)


def _beginning(ctx: typer.Context, incomplete: str, listed: Callable[[grpc.Channel], Iterable[str]]) -> list[str]:
    given = ctx.find_root().params
    try:
        address = connection.find(given.get("address") or os.environ.get("WAD_ADDRESS"), os.environ)
        with connection.open_channel(address, _identity(given)) as channel:
            return [name for name in listed(channel) if name.startswith(incomplete)]
    except (connection.NoDaemon, grpc.RpcError, OSError, ValueError):
        return []  # a word that cannot be completed is not worth a message in the middle of a line


def _identity(given: dict[str, Any]) -> connection.Identity:
    token = os.environ.get("WAD_TOKEN", "").strip()
    if (file := given.get("token_file")) is not None:
        token = file.read_text("utf-8").strip()
    return connection.Identity(token, given.get("ca_file"), given.get("cert_file"), given.get("key_file"))
