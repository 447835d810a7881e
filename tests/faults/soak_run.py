"""One soak: users, faults and messages at one time, and the promises that must hold afterwards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import anyio

from tests.faults import witnesses
from tests.faults.soak_faults import Faults
from tests.faults.soak_reckoning import reckon
from tests.faults.soak_scene import Scene
from tests.faults.soak_users import Users
from tests.house import PATIENCE, until

if TYPE_CHECKING:
    from tests.faults.soak_scene import Actions
    from tests.faults.toll import Tolls
    from tests.house import House

FIRST_SESSIONS: Final = 8
LONGEST_REST: Final = 1.0
"""Seconds between two actions of one actor, at most."""


async def run(house: House, seconds: float, seed: int, tolls: Tolls) -> str:
    """Let everything happen for so long, then see that every promise was kept; return in words what was done.

    The toll is that of the sessions that were there from the first; no number of connections was promised.

    Raises:
        AssertionError: One was not.
    """
    scene = Scene(house, seed)
    users, faults = Users(scene), Faults(scene)
    try:
        await scene.begin()
        for _ in range(FIRST_SESSIONS):
            await users.link()
        what = f"soak: all of it at random for {seconds:g} s"
        async with tolls.of(house, what, connections=math.inf, removed=scene.gone):
            with anyio.move_on_after(seconds) as time_is_up:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_act, scene, "users", users.actions())
                    tasks.start_soon(_act, scene, "faults", faults.actions())
                    tasks.start_soon(_act, scene, "texts", users.texts())
            assert time_is_up.cancelled_caught, "somebody has ended before the time was up"
            async with scene.calling() as daemon:
                await reckon(scene, daemon)
    finally:
        await scene.end()
    await until(lambda: not witnesses.workers(house), "no worker is left")
    assert (await house.emulator.counters())["online"] == 0
    return _summary(scene)


async def _act(scene: Scene, actor: str, actions: Actions) -> None:
    """Do one thing after another, each to its end."""
    chance = scene.chances[actor]
    names, weights = list(actions), [weight for weight, _ in actions.values()]
    while True:
        (name,) = chance.choices(names, weights)
        if actor != "texts":
            print(f"{anyio.current_time():.2f} {actor}: {name}", flush=True)  # noqa: T201 - how a run is retraced
        with anyio.CancelScope(shield=True), anyio.fail_after(2 * PATIENCE):
            await actions[name][1]()
        scene.done[name] += 1
        await anyio.sleep(chance.uniform(0, LONGEST_REST))


def _summary(scene: Scene) -> str:
    counts = ", ".join(f"{number} x {what}" for what, number in sorted(scene.done.items()))
    return f"{counts}; {len(scene.wanted)} sessions connected, {len(scene.stopped)} stopped, {len(scene.gone)} gone"
