"""The rules about what goes wrong."""

import random
import time

import anyio
import pytest
from pydantic import ValidationError

from wad.emulator.errors import UnknownTarget
from wad.emulator.faults import (
    BadCertificate,
    Blackhole,
    ClockSkew,
    CloseAfterLinking,
    CorruptFrame,
    Faults,
    RefuseConnection,
    RefuseLogin,
    Stall,
)
from wad.emulator.jid import USER_SERVER, Jid

DEVICE = Jid("491511234567", USER_SERVER, 1)
OTHER = Jid("491519999999", USER_SERVER, 1)


def test_a_rule_strikes_as_often_as_it_says() -> None:
    """A rule with a number of times is gone after them; one without stays."""
    faults = Faults()
    twice, always = RefuseLogin(reason=503, times=2), RefuseLogin(reason=405)
    faults.add(twice)
    faults.add(always)
    struck = [faults.take(RefuseLogin, DEVICE) for _ in range(4)]
    assert struck == [twice, twice, always, always]


@pytest.mark.parametrize("target", [str(DEVICE), DEVICE.user])
def test_a_rule_strikes_only_its_target(target: str) -> None:
    """A rule for a device or a phone strikes it and nobody else, least of all someone unknown."""
    faults = Faults()
    faults.add(CorruptFrame(target=target))
    assert faults.take(CorruptFrame, DEVICE)
    assert not faults.take(CorruptFrame, OTHER)
    assert not faults.take(CorruptFrame, None)


def test_a_rule_that_does_not_fit_is_not_counted() -> None:
    """Asking for a rule of another kind or place leaves its count alone."""
    faults = Faults()
    faults.add(Stall(at="login", times=1))
    assert not faults.take(Stall, DEVICE, lambda stall: stall.at == "requests")
    assert not faults.take(RefuseLogin, DEVICE)
    assert faults.take(Stall, DEVICE)


def test_a_rule_can_be_taken_back() -> None:
    """A removed rule strikes no more, and cannot be removed twice."""
    faults = Faults()
    number = faults.add(CorruptFrame(times=3))
    faults.remove(number)
    assert not faults.take(CorruptFrame, DEVICE)
    with pytest.raises(UnknownTarget, match=str(number)):
        faults.remove(number)


def test_delays_are_drawn_from_their_range() -> None:
    """The close after the 515 comes between the two times that were asked for."""
    rule, chance = CloseAfterLinking(min_ms=10, max_ms=50), random.Random(1)  # noqa: S311 - a delay is no secret
    delays = [rule.draw(chance) for _ in range(100)]
    assert 0.010 <= min(delays) < max(delays) <= 0.050


def test_a_range_upside_down_is_refused() -> None:
    """A range that ends before it begins is a mistake, and is said to be one."""
    with pytest.raises(ValidationError, match="less than"):
        CloseAfterLinking(min_ms=50, max_ms=10)


def test_a_refused_connection_has_no_target() -> None:
    """A rule for one device, which could never strike, is refused."""
    with pytest.raises(ValidationError, match="target"):
        RefuseConnection.model_validate({"kind": "refuse_connection", "target": "491700000001"})
    faults = Faults()
    faults.add(RefuseConnection(times=1))
    assert faults.take(RefuseConnection, None)
    assert not faults.take(RefuseConnection, None)


@pytest.mark.parametrize(
    "rule", [{"kind": "bad_certificate", "target": str(DEVICE)}, {"kind": "blackhole", "times": 1}]
)
def test_what_could_never_strike_is_refused(rule: dict[str, object]) -> None:
    """A certificate is shown before anybody has said who he is, and a blackhole does not strike a number of times."""
    kind = BadCertificate if rule["kind"] == "bad_certificate" else Blackhole
    with pytest.raises(ValidationError):
        kind.model_validate(rule)


@pytest.mark.anyio
@pytest.mark.parametrize("over", ["removed", "cleared"])
async def test_packets_vanish_until_the_rule_has_gone(over: str) -> None:
    """Whoever is struck waits for as long as any rule strikes him; others, and those who are not known, pass."""
    faults, passed = Faults(), anyio.Event()

    async def wait() -> None:
        await faults.passage(lambda: DEVICE)
        passed.set()

    first, second = faults.add(Blackhole(target=str(DEVICE))), faults.add(Blackhole(target=DEVICE.user))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await faults.passage(lambda: OTHER)
        await faults.passage(lambda: None)
        faults.remove(first)
        await anyio.wait_all_tasks_blocked()
        assert not passed.is_set()
        if over == "removed":
            faults.remove(second)
        else:
            faults.clear()
    assert passed.is_set()


def test_a_skewed_clock_is_off_for_its_target_alone() -> None:
    """The device is told another time, ahead or behind, and everybody else the true one."""
    faults = Faults()
    faults.add(ClockSkew(seconds=-86_400, target=str(DEVICE)))
    before = int(time.time())
    assert before <= faults.clock(OTHER) <= before + 60
    assert before <= faults.clock(DEVICE) + 86_400 <= before + 60
