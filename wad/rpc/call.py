"""The call that is being answered: who makes it, what it is about, and what its end is to say."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad.domain.access import Caller
    from wad.domain.ids import SessionId

_LONGEST_DETAIL: Final = 1000  # room for every limit of a policy
_LONGEST_TARGET: Final = 128  # more than any id has: whatever else is sent as one must not fill the audit log


@dataclass(slots=True)
class Call:
    """One call.

    Attributes:
        call_id: Its id, which is also told back to the caller.
        method: Its method, ``wad.v1.SessionService/GetSession``.
        caller: Who makes it; None until that is known.
        target: What it is done to, such as a session's id, for the audit log; empty when it is not one thing.
        detail: What more the audit log says of it, such as the reason of a removal; empty when there is nothing.
        reason: Why it came to nothing though its status is OK; empty otherwise.
        session_id: The session that it concerns, for the log; None when it is not one.
        resume_token: Where a watch may go on after its end; empty for any other call.
        recognise: Finds out again who makes it, by what was shown at its beginning; None before that.
    """

    call_id: str
    method: str
    caller: Caller | None = None
    target: str = ""
    detail: str = ""
    reason: str = ""
    session_id: str | None = None
    resume_token: str = ""
    recognise: Callable[[], Caller] | None = None


CURRENT: Final[ContextVar[Call]] = ContextVar("wad_call")
"""The call of the present task."""


def caller() -> Caller:
    """Return who makes the present call.

    Raises:
        LookupError: There is none, or nobody has been let in; a defect.
    """
    found = CURRENT.get().caller
    if found is None:
        raise LookupError("a call is being answered whose caller was not let in")
    return found


def about(target: str) -> str:
    """Note what the present call is done to, and return it.

    Args:
        target: A session's, worker's or token's id, as the caller gives it.
    """
    CURRENT.get().target = target[:_LONGEST_TARGET]
    return target


def detailed(detail: str) -> None:
    """Note what more is to be known of the present call than its method and its target.

    Args:
        detail: A short text for people, without secrets.
    """
    CURRENT.get().detail = detail if len(detail) <= _LONGEST_DETAIL else f"{detail[:_LONGEST_DETAIL]}…"


def came_to_nothing(reason: str) -> None:
    """Note that the present call ends in order, but without what it was made for.

    Args:
        reason: Why, for programs.
    """
    CURRENT.get().reason = reason


def about_session(session_id: SessionId) -> SessionId:
    """Note which session the present call is done to, so that its log lines and spans name it, and return it."""
    CURRENT.get().session_id = about(session_id)
    structlog.contextvars.bind_contextvars(session_id=session_id)
    return session_id
