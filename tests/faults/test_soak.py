"""Everything that can go wrong, at random and all at once: half a minute of what ``make soak`` does for ten."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from tests.faults.soak_run import run

if TYPE_CHECKING:
    from tests.faults.toll import Tolls
    from tests.house import House

pytestmark = pytest.mark.anyio

SECONDS = 30


@pytest.mark.timeout(300)
async def test_whatever_happens_in_whatever_order_every_promise_is_kept(house: House, tolls: Tolls) -> None:
    """Kills, restarts, drops, revocations, links and removals at one time: no credential is lost, all come back."""
    seed = secrets.randbelow(1 << 32)
    print(f"to try it again: python -m tests.faults.soak --minutes {SECONDS / 60:g} --seed {seed}")  # noqa: T201 - pytest shows it if this fails
    await run(house, SECONDS, seed, tolls)
