"""Alerts of a real daemon: they are told, shown and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from tests.house import PATIENCE
from tests.watch_validator import ValidatedWatch
from wad.v1 import admin_pb2, event_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio


async def allow_memory(daemon: Daemon, amount: str) -> None:
    """Set how much memory is too much."""
    request = admin_pb2.UpdateConfigRequest(update_mask=FieldMask(paths=["alerts.memory"]))
    request.config.update({"alerts": {"memory": amount}})
    await daemon.admin.UpdateConfig(request, timeout=PATIENCE)


async def test_an_alert_is_told_shown_and_counted(house: House) -> None:
    """A low threshold raises it and a high one resolves it, for watchers, in the list and in the metrics alike."""
    async with house.daemon() as daemon:
        request = event_pb2.WatchEventsRequest(types=[event_pb2.EVENT_TYPE_ALERT], from_now=event_pb2.FromNow())
        watch = ValidatedWatch(daemon.events, request, timeout=PATIENCE)
        await watch.read()
        for amount, active in (("1MiB", True), ("64GiB", False)):
            await allow_memory(daemon, amount)
            told = (await watch.read()).event.alert
            listed = (await daemon.admin.ListAlerts(admin_pb2.ListAlertsRequest(), timeout=PATIENCE)).alerts
            metrics = (await daemon.http("/metrics")).text
            assert (told.name, told.active) == ("WadMemoryHigh", active)
            (found,) = (alert for alert in listed if alert.name == told.name)
            assert found.value > 0
            found.value = told.value  # it is measured again for whoever asks
            assert found == told
            assert f'wad_alert_active{{alert="WadMemoryHigh"}} {float(active)}' in metrics
        watch.cancel()
        assert 'wad_events_total{type="alert"} 2.0' in metrics
