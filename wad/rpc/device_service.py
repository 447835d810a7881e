"""DeviceService: see ``protos/wad/v1/device.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from wad.rpc import convert_devices, requests
from wad.rpc.link_steps import link_steps
from wad.v1 import device_pb2, device_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.ports import Clock
    from wad.rpc.ports import Context, Devices


class DeviceService(device_pb2_grpc.DeviceServiceServicer):
    """Creates, links, finds and removes the devices of phones.

    Args:
        devices: Those who do it.
        clock: Tells which QR is still valid.
    """

    def __init__(self, devices: Devices, clock: Clock) -> None:
        self._devices = devices
        self._clock = clock

    async def CreateDevice(
        self, request: device_pb2.CreateDeviceRequest, context: Context
    ) -> device_pb2.CreateDeviceResponse:
        """Make a device live."""
        created = await self._devices.create(
            convert_devices.declared(request),
            policy=requests.policy(request, self._devices.policy),
            labels=requests.labels(request.labels),
            wait=requests.wait(request),
        )
        shown = convert_devices.device(created.view, self._clock.wall())
        return device_pb2.CreateDeviceResponse(device=shown, already_connected=created.already_connected)

    async def LinkDevice(
        self, request: device_pb2.LinkDeviceRequest, context: Context
    ) -> AsyncGenerator[device_pb2.LinkDeviceResponse]:
        """Make a device live and follow it until it is connected or over."""
        events = self._devices.link(
            convert_devices.declared(request),
            policy=requests.policy(request, self._devices.policy),
            labels=requests.labels(request.labels),
            pairing_code=request.pairing_code,
        )
        async with aclosing(link_steps(events, self._clock)) as steps:
            async for view, step in steps:
                yield convert_devices.link_step(view, step)

    async def GetDevice(self, request: device_pb2.GetDeviceRequest, context: Context) -> device_pb2.GetDeviceResponse:
        """Return one device."""
        view = await self._devices.get(convert_devices.named(request))
        return device_pb2.GetDeviceResponse(device=convert_devices.device(view, self._clock.wall()))

    async def ListDevices(
        self, request: device_pb2.ListDevicesRequest, context: Context
    ) -> device_pb2.ListDevicesResponse:
        """List devices."""
        phone_number = requests.phone_filter(request)
        views = await self._devices.list(phone_number, include_inactive=request.include_inactive)
        page, now = convert_devices.page(request, views), self._clock.wall()
        shown = [convert_devices.device(view, now) for view in page.items]
        return device_pb2.ListDevicesResponse(devices=shown, next_page_token=page.next_token)

    async def HeartbeatDevice(
        self, request: device_pb2.HeartbeatDeviceRequest, context: Context
    ) -> device_pb2.HeartbeatDeviceResponse:
        """Note that the device is alive."""
        view = await self._devices.heartbeat(convert_devices.named(request))
        return device_pb2.HeartbeatDeviceResponse(device=convert_devices.device(view, self._clock.wall()))

    async def RemoveDevice(
        self, request: device_pb2.RemoveDeviceRequest, context: Context
    ) -> device_pb2.RemoveDeviceResponse:
        """Take a device out of service."""
        session_id = convert_devices.named(request)
        view = await self._devices.remove(session_id, requests.removal_reason(request))
        return device_pb2.RemoveDeviceResponse(device=convert_devices.device(view, self._clock.wall()))
