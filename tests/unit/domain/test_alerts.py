"""What the judgement of alerts guarantees."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.domain.alerts import TERMS, WATCHED, Alert, AlertState, Thresholds, judged, threshold_of

ABOVE, BELOW, TWICE = Alert.MEMORY_HIGH, Alert.STATE_DIR_FILLING_UP, Alert.SESSIONS_DEGRADED


def after(alert: Alert, *values: float | None, threshold: float = 100, hysteresis: float = 0.1) -> AlertState:
    """Return the alert after looks that found these values, a minute apart."""
    state = AlertState(alert)
    for minute, value in enumerate(values):
        state = judged(state, value, threshold, hysteresis=hysteresis, now=60 * minute)
    return state


def test_every_alert_has_terms_and_a_threshold_of_its_own() -> None:
    """The table names each alert, and each threshold belongs to one of them."""
    assert set(TERMS) == set(Alert)
    assert sorted(terms.threshold for terms in TERMS.values()) == sorted(field.name for field in fields(Thresholds))


def test_the_thresholds_are_those_that_users_know() -> None:
    """More than 80 % of the sessions, than 1000 MB, than two QR timers for each session."""
    known = Thresholds()
    assert (known.session_utilization, known.memory, known.qr_timers_per_session) == (0.8, 1000 * 1024 * 1024, 2)


@pytest.mark.parametrize(("value", "active"), [(100, False), (100.1, True), (99.9, False)])
def test_an_alert_is_raised_beyond_its_threshold(value: float, active: bool) -> None:  # noqa: FBT001 - pytest passes it
    """More than the threshold raises it; as much does not."""
    assert after(ABOVE, value).active is active
    assert after(BELOW, 200 - value).active is active


def test_a_raised_alert_lasts_until_the_value_has_come_back_by_the_hysteresis() -> None:
    """A value that trembles around the threshold neither resolves the alert nor raises it again."""
    assert after(ABOVE, 101, 95).active
    assert not after(ABOVE, 101, 90).active
    assert not after(ABOVE, 101, 90, 95).active
    assert after(BELOW, 99, 105).active
    assert not after(BELOW, 99, 111).active


def test_what_passes_by_itself_is_raised_by_the_second_look_in_a_row() -> None:
    """A session that happens to be reconnecting when the daemon looks is no alert."""
    assert not after(TWICE, 101).active
    assert not after(TWICE, 101, 0, 101).active
    assert after(TWICE, 101, 101).active


def test_an_alert_remembers_when_it_changed_last() -> None:
    """Looks that change nothing leave the time as it was."""
    assert after(ABOVE, 1, 2).changed_at is None
    assert after(ABOVE, 1, 101, 102).changed_at == 60
    assert after(ABOVE, 1, 101, 102, 1).changed_at == 180


def test_what_cannot_be_measured_neither_raises_nor_resolves() -> None:
    """Of a disk that cannot be asked nothing is known, which is no good news."""
    assert after(ABOVE, 101, None) == replace(after(ABOVE, 101), value=None)
    assert not after(ABOVE, None).active


def test_an_alert_that_is_switched_off_is_resolved() -> None:
    """A threshold of 0 stands for none: nothing is more or less than it."""
    off = threshold_of(ABOVE, replace(Thresholds(), memory=0))
    assert isnan(off)
    assert not judged(after(ABOVE, 101), 1e12, off, hysteresis=0, now=0).active
    assert not judged(after(ABOVE, 101), None, off, hysteresis=0, now=0).active


@given(
    st.sampled_from(WATCHED),
    st.lists(st.none() | st.floats(0, 200), max_size=30),
    st.floats(1, 100) | st.just(nan),
    st.floats(0, 0.99),
)
def test_an_alert_changes_only_for_a_reason(
    alert: Alert, values: list[float | None], threshold: float, hysteresis: float
) -> None:
    """It is raised only by a value beyond the threshold, and resolved only by one that is not beyond it."""
    states = [after(alert, *values[:count], threshold=threshold, hysteresis=hysteresis) for count in range(len(values))]
    for before, now in pairwise(states):
        if now.active is before.active:
            assert now.changed_at == before.changed_at
            continue
        assert now.value is not None
        beyond = now.value < threshold if TERMS[alert].below else now.value > threshold
        assert now.active is beyond
