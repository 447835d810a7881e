"""What becomes of messages that sessions are to send, and how it is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from structlog.testing import capture_logs

from tests.unit.managers.rig import A, Rig
from wad.domain.errors import EngineError, EngineUnavailable, InvalidInput, SessionNotConnected
from wad.domain.message_errors import MessageRefused, MessageUnconfirmed
from wad.managers.messages import Messenger, Sending

if TYPE_CHECKING:
    from wad.domain.ids import SessionId

pytestmark = pytest.mark.anyio

BOB = "491700000002"


class Reluctant:
    """An engine that fails to send as it is told, or never answers."""

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure

    async def send_text(self, session_id: SessionId, generation: int, to: str, text: str) -> str:
        """Fail."""
        del session_id, generation, to, text
        if self.failure is None:
            await anyio.sleep_forever()
            return ""
        raise self.failure


async def test_a_sent_message_counts_for_its_session() -> None:
    """Its session's counter grows, and the outcome is told."""
    ended: list[Sending] = []
    async with Rig().running() as rig:
        await rig.connect(A)
        await Messenger(rig.manager, rig.engine, rig.inbox, ended.append).send_text(A, BOB, "hello")
        await rig.clock.advance(0)
        assert (await rig.manager.get(A)).record.messages_sent == 1
    assert ended == [Sending.SUCCESS]


@pytest.mark.parametrize(
    ("failure", "error", "outcome"),
    [
        (EngineError(f"no LID found for {BOB}@s.whatsapp.net"), MessageRefused, Sending.FAILURE),
        (EngineUnavailable("no answer"), MessageUnconfirmed, Sending.UNKNOWN),
    ],
)
async def test_a_failure_says_whether_the_message_may_have_been_sent(
    failure: EngineError, error: type[EngineError], outcome: Sending
) -> None:
    """A refusal and the lack of an answer are different errors; neither counts as sent, nor does a log name anybody."""
    ended: list[Sending] = []
    async with Rig().running() as rig:
        await rig.connect(A)
        with capture_logs() as logs, pytest.raises(error) as caught:
            await Messenger(rig.manager, Reluctant(failure), rig.inbox, ended.append).send_text(A, BOB, "hello")
        assert (await rig.manager.get(A)).record.messages_sent == 0
    assert caught.value.__cause__ is failure
    assert ended == [outcome]
    assert len(logs) == 1
    assert BOB not in str(logs)


async def test_a_caller_who_gives_up_leaves_the_outcome_unknown() -> None:
    """What is on its way is not called back, so it is not counted as a failure."""
    ended: list[Sending] = []
    async with Rig().running() as rig:
        await rig.connect(A)
        with anyio.move_on_after(0):
            await Messenger(rig.manager, Reluctant(None), rig.inbox, ended.append).send_text(A, BOB, "hello")
    assert ended == [Sending.UNKNOWN]


async def test_what_was_never_handed_over_is_no_message() -> None:
    """Bad input and a session that cannot send are errors of the caller, and are not counted."""
    ended: list[Sending] = []
    async with Rig().running() as rig:
        messenger = Messenger(rig.manager, rig.engine, rig.inbox, ended.append)
        await rig.manager.create(A)
        with pytest.raises(SessionNotConnected):
            await messenger.send_text(A, BOB, "hello")
        with pytest.raises(InvalidInput, match="text is empty"):
            await messenger.send_text(A, BOB, " ")
    assert ended == []
