"""What the health checks guarantee."""

from __future__ import annotations

import logging

import anyio
import pytest

from wad.observability.health import Check, HealthChecks

pytestmark = pytest.mark.anyio


async def _good() -> str | None:
    return None


async def _bad() -> str | None:
    return "the disk is full"


async def test_checks_answer_in_their_order() -> None:
    """Each check is asked, and reported where it was registered."""
    results = await HealthChecks([Check("b", _good), Check("a", _bad)]).run()
    assert [(result.name, result.ok, result.reason) for result in results] == [
        ("b", True, None),
        ("a", False, "the disk is full"),
    ]


async def test_excluded_checks_are_not_asked() -> None:
    """An excluded check is neither asked nor reported, and names that no check has are told."""

    async def never() -> str | None:
        raise AssertionError("asked")

    checks = HealthChecks([Check("a", _good), Check("never", never)])
    assert [result.name for result in await checks.run({"never", "nobody"})] == ["a"]
    assert checks.unknown({"never", "nobody"}) == ["nobody"]


async def test_check_that_raises_has_failed(caplog: pytest.LogCaptureFixture) -> None:
    """A defect in a check fails that check alone; its cause is in the log and not in the answer."""

    async def broken() -> str | None:
        raise RuntimeError("/secret/path")

    with caplog.at_level(logging.ERROR):
        first, second = await HealthChecks([Check("broken", broken), Check("good", _good)]).run()
    assert (first.ok, second.ok) == (False, True)
    assert first.reason == "it raised RuntimeError; the log has the cause"
    assert "/secret/path" in caplog.text


async def test_check_that_hangs_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that does not answer in time fails, and holds up no other."""
    monkeypatch.setattr("wad.observability.health.CHECK_LIMIT", 0.01)

    async def hanging() -> str | None:
        await anyio.sleep_forever()
        return None

    with anyio.fail_after(30):
        first, second = await HealthChecks([Check("hanging", hanging), Check("good", _good)]).run()
    assert first.reason == "no answer within 0.01 s"
    assert second.ok


async def test_checks_are_asked_at_the_same_time() -> None:
    """Checks do not wait for each other: two that need each other's progress both answer."""
    met = [anyio.Event(), anyio.Event()]

    def meet(own: int) -> Check:
        async def probe() -> str | None:
            met[own].set()
            await met[1 - own].wait()
            return None

        return Check(f"check-{own}", probe)

    assert all(result.ok for result in await HealthChecks([meet(0), meet(1)]).run())


async def test_names_are_unique() -> None:
    """Two checks of one name could not be told apart, and are refused."""
    with pytest.raises(ValueError, match="already a check 'a'"):
        HealthChecks([Check("a", _good), Check("a", _bad)])
