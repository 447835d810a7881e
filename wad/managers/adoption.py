"""After a restart: the clients that went on without a daemon get one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from wad.domain.errors import DeviceLimitReached, EngineError, SessionLimitReached
from wad.domain.states import DesiredState
from wad.managers.house import House, Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wad.domain.adoption import LeftClient
    from wad.domain.ids import SessionId
    from wad.domain.records import SessionRecord
    from wad.managers.roster import Roster
    from wad.managers.runner import SessionRunner
    from wad.ports import LastingEngine

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


async def adopt_left_clients(engine: LastingEngine, house: House, roster: Roster) -> None:
    """Make a session live for each client that an earlier daemon has left, and end those that nobody wants.

    A client that has ended meanwhile is taken over too: what its end was about is acted upon like any report. When this
    returns, whoever asks for the sessions sees them all.

    Raises:
        StorageError: The records cannot be read.
    """
    left = engine.left_clients()
    records = {record.session_id: record for record in await house.registry.load()} if left else {}
    runners = [(client, _adopt(client, records.get(client.session_id), roster)) for client in _newest(left)]
    await engine.resume()  # without clients too: an empty worker that was left is to take the next session
    for client, runner in runners:
        if runner is not None:
            await runner.until(lambda _: True)  # it has read its record, or is over already
        elif not client.ended:
            await _end(client, house)


async def _end(client: LeftClient, house: House) -> None:
    _log.warning("session.client_unwanted", session_id=client.session_id, generation=client.generation)
    try:
        await house.engine.stop(client.session_id, client.generation)
    except EngineError as error:
        _log.error("session.client_not_ended", session_id=client.session_id, error=str(error))


def _newest(left: Sequence[LeftClient]) -> list[LeftClient]:
    newest: dict[SessionId, LeftClient] = {}
    for client in left:
        known = newest.get(client.session_id)
        if known is None or (known.ended, -known.generation) > (client.ended, -client.generation):
            newest[client.session_id] = client
    return list(newest.values())


def _adopt(client: LeftClient, record: SessionRecord | None, roster: Roster) -> SessionRunner | None:
    """Return None for a client of a session that is not wanted, or that is an older one than the record knows."""
    if record is None or record.desired is not DesiredState.RUNNING or client.generation < record.generation:
        return None
    try:
        runner = roster.launch(client.session_id, Wishes(record.policy, interactive=False, left=client))
    except (SessionLimitReached, DeviceLimitReached) as error:
        _log.warning("session.not_adopted", session_id=client.session_id, error=str(error))
        return None
    _log.info("session.adopted", session_id=client.session_id, generation=client.generation, ended=client.ended)
    return runner
