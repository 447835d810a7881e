"""Devices of phones as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from wad.cli.listing import Column, Listing
from wad.cli.text import counted, local_time, printable, short_time, timed
from wad.cli.views import pairs, state_pairs, state_with_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.table import Table

    from wad.v1 import device_pb2


def devices_table(devices: Iterable[device_pb2.Device]) -> Listing:
    """Return one line for each device."""
    table = Listing(
        "DEVICE",
        Column("NAME", 1, shortened=True),
        "STATE",
        Column(timed("HEARTBEAT"), 3),
        Column("MISSED", 2),
        Column(timed("ACTIVITY"), 5),
        Column(timed("EXPIRES"), 4),
    )
    for device in devices:
        session = device.session
        state = state_with_reason(session)
        table.add_row(
            device.device_session_id,
            printable(device.info.name) or "-",
            Text(state, style="green" if device.is_active else ""),
            short_time(device.last_heartbeat_time) if device.HasField("last_heartbeat_time") else "-",
            Text(str(device.failed_heartbeats), style="red" if device.failed_heartbeats else ""),
            short_time(session.last_activity_time),
            short_time(session.expire_time) if session.HasField("expire_time") else "-",
        )
    return table


def device_details(device: device_pb2.Device) -> Table:
    """Return all there is to know of one device, a line for each thing."""
    return pairs(_device_pairs(device))


def _device_pairs(device: device_pb2.Device) -> Iterator[tuple[str, str]]:
    yield "device", device.device_session_id
    yield "phone", f"+{device.phone_number}"
    yield "device id", device.device_id
    for name, value in (
        ("name", device.info.name),
        ("user agent", device.info.user_agent),
        ("ip address", device.info.ip_address),
        ("runs on", device.info.platform),
    ):
        if value:
            yield name, printable(value)
    seen = device.HasField("last_heartbeat_time")
    yield "last heartbeat", local_time(device.last_heartbeat_time) if seen else "-"
    yield "missed", f"{counted(device.failed_heartbeats, 'heartbeat')} in a row"
    yield from state_pairs(device.session)
