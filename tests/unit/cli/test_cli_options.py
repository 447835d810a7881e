"""Options of the command line, and the contract's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer

from wad.cli import options
from wad.domain.records import AlertEvent, EventKind
from wad.domain.states import SessionState
from wad.rpc.requests import REMOVABLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum


@pytest.mark.parametrize(
    ("choices", "names"),
    [
        (options.State, SessionState),
        (options.Type, (*EventKind, AlertEvent.kind)),
        (options.Reason, REMOVABLE),
    ],
    ids=["states", "event types", "reasons"],
)
def test_every_choice_is_one_of_the_daemons(choices: type[StrEnum], names: Iterable[str]) -> None:
    """The command line offers what the daemon knows, by the same names, each with a number in the contract."""
    assert [choice.value for choice in choices] == [str(name) for name in names]
    assert all(getattr(choice, "number", 0) > 0 for choice in choices)


@pytest.mark.parametrize("wait", options.Wait)
def test_every_wait_has_a_number(wait: options.Wait) -> None:
    """Each wait of the command line is one of the contract."""
    assert wait.number > 0


def test_limits_become_durations_and_counts() -> None:
    """A limit is read as a duration, 0 as off, and the number of failures as a number."""
    policy = options.parse_policy(["idle=0", "max_age=1h30m", "max_failures=3", "max_failed_heartbeats=2"])
    assert policy is not None
    assert policy.HasField("idle")
    assert policy.max_failed_heartbeats == 2
    assert (policy.idle.seconds, policy.max_age.seconds, policy.max_failures) == (0, 5400, 3)
    assert not policy.HasField("qr_window")


def test_no_limits_are_no_policy() -> None:
    """Without limits of its own a session has the daemon's."""
    assert options.parse_policy(None) is None


@pytest.mark.parametrize("text", ["idle", "=1", "nonsense=1", "idle=soon", "max_failures=-1", "max_failures=many"])
def test_unusable_limit_is_wrong_usage(text: str) -> None:
    """A limit that does not exist or has no such value is told before the daemon is asked."""
    with pytest.raises(typer.BadParameter):
        options.parse_policy([text])


def test_labels_keep_further_equal_signs() -> None:
    """Only the first equal sign separates a label's key from its value."""
    assert options.parse_labels(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
