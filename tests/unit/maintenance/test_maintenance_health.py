"""What the daily report finds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from wad.domain.directories import DirectoryFacts, Disk, Holding, Stranger, Survey
from wad.domain.ids import SessionId
from wad.maintenance.health import Daemon, report

if TYPE_CHECKING:
    from wad.maintenance.ports import Custody, Records

SHOP = DirectoryFacts(SessionId("shop"), 1.0, 1.0, 100, in_use=True, holding=Holding.PAIRED)
SESSIONS = Survey((SHOP,), ())
ROOMY = Disk(free=50, total=100, others_may_enter=False)
WELL = Daemon("serving", "1", 9.0, 8, 10, 16, 1, 1_000_000_000, {"connected": 8}, (), ())


class World:
    """Directories and records as the test describes them."""

    def __init__(self, survey: Survey, disk: Disk, known: dict[str, bool]) -> None:
        self._survey, self._disk, self._known = survey, disk, known

    def survey(self) -> Survey:
        """Return the directories."""
        return self._survey

    def disk(self) -> Disk:
        """Return the disk."""
        return self._disk

    def trash_size(self) -> tuple[int, int]:
        """Return an empty trash."""
        return 0, 0

    def activity(self) -> dict[str, bool]:
        """Return the records."""
        return self._known


def findings(
    daemon: Daemon | str = WELL,
    survey: Survey = SESSIONS,
    disk: Disk = ROOMY,
    known: dict[str, bool] | None = None,
) -> tuple[str, ...]:
    """Return what the report finds."""
    world = World(survey, disk, {"shop": True} if known is None else known)
    return report(cast("Custody", world), cast("Records", world), daemon).findings


def test_nothing_is_found_where_all_is_well() -> None:
    """A daemon at its thresholds, with room on the disk and known sessions, is healthy."""
    assert findings() == ()


@pytest.mark.parametrize(
    ("daemon", "finding"),
    [
        (replace(WELL, status="degraded"), "the daemon is degraded"),
        (replace(WELL, failed_checks=("engine: no worker",)), "check of the daemon failed: engine: no worker"),
        (replace(WELL, disconnected=("shop",)), "shop: linked, but not connected"),
        (replace(WELL, active=9), "90% of the places for sessions are taken"),
        (replace(WELL, memory=1_200_000_000), "the daemon holds 1200 MB of memory"),
        (replace(WELL, qr_timers=17), "possible timer leak: 17 QR timers for 8 sessions"),
        ("no daemon runs", "no daemon runs"),
    ],
)
def test_trouble_of_the_daemon_is_found(daemon: Daemon | str, finding: str) -> None:
    """Whatever the daemon says of its trouble, or that it says nothing, is a finding."""
    assert findings(daemon) == (finding,)


def test_daemon_without_a_limit_is_never_full() -> None:
    """Where any number of sessions may live, the places are never taken."""
    assert findings(replace(WELL, limit=0)) == ()


def test_trouble_on_the_disk_is_found() -> None:
    """Damaged stores, unknown linked sessions, strangers, a full disk and open directories are findings."""
    broken = replace(SHOP, session_id=SessionId("broken"), holding=Holding.UNREADABLE, trouble="it is damaged")
    survey = Survey((broken, SHOP), (Stranger("x y", "its name is no session id"),))
    found = findings(survey=survey, disk=Disk(5, 100, others_may_enter=True), known={"other": True})
    assert [line.split(":")[0].split(";")[0] for line in found] == [
        "broken",
        "shop",
        "x y does not belong among the session directories",
        "only 5% of the disk is free",
        "other users may enter the session directory",
    ]


def test_a_lost_registry_is_told_from_a_session_that_it_does_not_know() -> None:
    """When no session is known though some are linked, nobody is advised to remove what holds their credentials."""
    lost, unknown = findings(survey=Survey((SHOP,), ()), known={})
    assert "restore registry.db" in lost
    assert "keep these" in lost
    assert "wadctl session create shop" in unknown
    assert not any("remove" in finding for finding in (lost, unknown))
