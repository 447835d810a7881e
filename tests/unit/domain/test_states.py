"""The transition table, against the specification and against itself."""

import pytest

from wad.domain.states import (
    DELETES_FILES,
    TERMINAL,
    TRANSITIONS,
    RemovalReason,
    SessionState,
    end_state,
)

LIVE = [state for state in SessionState if state not in TERMINAL]


def test_every_state_is_in_the_table() -> None:
    """There is a row for each of the ten states."""
    assert set(TRANSITIONS) == set(SessionState)
    assert len(SessionState) == 10


def test_terminal_states_are_the_three_that_lead_nowhere() -> None:
    """Nothing follows an expired QR, a logout, or an expired session."""
    assert {SessionState.QR_EXPIRED, SessionState.LOGGED_OUT, SessionState.EXPIRED} == TERMINAL


@pytest.mark.parametrize("state", LIVE)
def test_every_live_state_can_expire(state: SessionState) -> None:
    """The sweep can end a session whatever it is doing."""
    assert SessionState.EXPIRED in TRANSITIONS[state]


@pytest.mark.parametrize("reason", RemovalReason)
@pytest.mark.parametrize("state", LIVE)
def test_removal_ends_in_a_state_the_table_allows(state: SessionState, reason: RemovalReason) -> None:
    """A session can be removed from every live state, for every reason, along a listed transition."""
    target = end_state(state, reason)
    assert target is state or target in TRANSITIONS[state]


def test_only_the_user_deletes_credentials() -> None:
    """Files are deleted for a manual removal and a logout, and for nothing else."""
    assert {RemovalReason.MANUAL, RemovalReason.LOGOUT} == DELETES_FILES
