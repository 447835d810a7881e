"""Devices, between the domain and the contract. Pure, but for the random id of a device that is given none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.domain.devices import Device, DeviceInfo
from wad.domain.errors import InvalidInput
from wad.domain.ids import parse_session_id
from wad.domain.states import SessionState
from wad.managers.devices import new_device_id
from wad.rpc import convert, paging, requests
from wad.v1 import device_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wad.domain.ids import SessionId
    from wad.domain.records import SessionView
    from wad.rpc.paging import Page
    from wad.v1 import session_pb2

    Naming = device_pb2.GetDeviceRequest | device_pb2.HeartbeatDeviceRequest | device_pb2.RemoveDeviceRequest


def declared(request: device_pb2.CreateDeviceRequest | device_pb2.LinkDeviceRequest) -> Device:
    """Return the device that a caller declares; one without an id gets a random one.

    Raises:
        InvalidInput: Its phone number, its id or what is said of it cannot be used.
    """
    info = request.info
    told = DeviceInfo(info.name, info.user_agent, info.ip_address, info.platform)
    return Device.declared(request.phone_number, request.device_id or new_device_id(), told)


def named(request: Naming) -> SessionId:
    """Return the session id of the device that a caller names.

    Raises:
        InvalidInput: That is no session id.
    """
    try:
        return parse_session_id(request.device_session_id)
    except InvalidInput as error:
        raise InvalidInput("device_session_id", str(error)) from error


def page(request: device_pb2.ListDevicesRequest, views: Sequence[SessionView]) -> Page[SessionView]:
    """Return the page of *views*, the devices that match, ordered by session id, that was asked for.

    Raises:
        InvalidInput: The page's size or its token cannot be used, or that is no phone number.
    """
    filters = device_pb2.ListDevicesRequest(
        phone_number=requests.phone_filter(request), include_inactive=request.include_inactive
    )
    return paging.cut(request, filters, views, requests.by_id)


def device(view: SessionView, now: float) -> device_pb2.Device:
    """Return a device as callers see it.

    Args:
        view: Its session.
        now: Seconds since the epoch; a QR that has expired by then is left out.
    """
    return _device(view, convert.session(view, now))


def link_step(view: SessionView, step: session_pb2.LinkSessionResponse) -> device_pb2.LinkDeviceResponse:
    """Return one step on the way to a linked device.

    Args:
        view: Its session.
        step: The same step as a session's.
    """
    message = device_pb2.LinkDeviceResponse(device=_device(view, step.session))
    kind = step.WhichOneof("step")
    if kind is not None:
        getattr(message, kind).SetInParent()
        getattr(message, kind).CopyFrom(getattr(step, kind))
    return message


def _device(view: SessionView, session: session_pb2.Session) -> device_pb2.Device:
    record, known = view.record, view.record.device
    info = DeviceInfo() if known is None else known.info
    last = record.last_heartbeat_at
    return device_pb2.Device(
        device_session_id=record.session_id,
        phone_number=session.device.phone_number,
        device_id=session.device.device_id,
        info=device_pb2.DeviceInfo(
            name=info.name, user_agent=info.user_agent, ip_address=info.ip_address, platform=info.platform
        ),
        is_active=record.state is SessionState.CONNECTED,
        last_heartbeat_time=None if last is None else convert.timestamp(last),
        failed_heartbeats=record.failed_heartbeats,
        session=session,
    )
