"""What the log says of a session's life, and how loudly.

A fault that took a session down, or that ended it, is worth a look: WARNING. What somebody asked for, what a limit
ends, and a lost connection that is just being restored are not.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from wad.domain.states import RemovalReason, SessionState

if TYPE_CHECKING:
    import structlog

    from wad.domain.records import LastError, SessionEvent

_FAULTS: Final = frozenset({RemovalReason.CONNECTION_ERROR, RemovalReason.HEARTBEAT, RemovalReason.ERROR})


def tell_change(log: structlog.stdlib.BoundLogger, event: SessionEvent, worker: str) -> None:
    """Log a change of a session's state, with the fault that led to it.

    Args:
        log: Names the session.
        event: The change.
        worker: Name of the worker that runs its client, or ran it last; empty when none did.
    """
    state, down = event.view.record.state, event.cause is not None
    loud = down and state is not SessionState.RECONNECTING
    level = logging.WARNING if loud else logging.INFO
    place = {"worker": worker} if worker else {}
    log.log(level, "session.state", was=event.previous, state=state, **place, **_why(event.cause))


def tell_end(log: structlog.stdlib.BoundLogger, reason: RemovalReason, cause: LastError | None) -> None:
    """Log that a session is over, with the fault that ended it.

    Args:
        log: Names the session.
        reason: Why it is over.
        cause: The fault.
    """
    if reason is RemovalReason.SHUTDOWN:
        log.info("session.closed", reason=reason)
        return
    level = logging.INFO if cause is None and reason not in _FAULTS else logging.WARNING
    why = {} if cause is None else {"cause": cause.reason, "error": cause.message}
    log.log(level, "session.removed", reason=reason, **why)


def _why(cause: LastError | None) -> dict[str, str]:
    return {} if cause is None else {"reason": cause.reason, "error": cause.message}
