"""A server that accepts and never answers: the session does not go on saying that it is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.house import state_name
from wad.emulator.faults import Stall
from wad.v1 import error_pb2

if TYPE_CHECKING:
    from tests.faults.toll import Tolls
    from tests.house import House

pytestmark = pytest.mark.anyio


async def test_a_session_whose_server_falls_silent_is_lost_and_comes_back(house: House, tolls: Tolls) -> None:
    """Unanswered keep-alives are a lost connection; when the server answers again, the session is restored."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("sales", "491700000001"))[-1].user.jid

        async def fall_silent() -> None:
            await house.emulator.add_fault(Stall(target=jid))

        async with tolls.of(house, "a server that answers no request", connections=0):
            # Keep-alives go out every 20 to 30 s.
            seen = await daemon.until_state("sales", "reconnecting", after=fall_silent)
            assert seen[-1].last_error.reason == error_pb2.ERROR_REASON_CONNECTION_LOST
            await house.emulator.clear_faults()
            back = (await daemon.until_state("sales", "connected"))[-1]
        assert state_name(back) == "connected"
        assert back.user.jid == jid
