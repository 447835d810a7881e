"""The inbox keeps what comes until it is acknowledged, and says when it is on the disk."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
from structlog.testing import capture_logs

from tests.unit.managers.rig import A, B, Rig
from wad.daemon.clock import FakeClock
from wad.domain.events import MessageReceived
from wad.domain.message_errors import MessageNotFound, MessagesNotKept
from wad.domain.messages import Message, MessageStatus, Receipt
from wad.domain.states import RemovalReason
from wad.managers.inbox import MOST_WAITING, Inbox, InboxTerms
from wad.storage.memory_messages import MemoryMessages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wad.domain.ids import SessionId
    from wad.managers.reception import Reception

pytestmark = pytest.mark.anyio

CHAT = "4915112345678@s.whatsapp.net"
HOUR = 3600.0


def mail(*texts: str) -> MessageReceived:
    """Return what a worker tells of texts."""
    messages = tuple(Message(f"id of {text}", CHAT, sender=CHAT, text=text, sent_at=1.0) for text in texts)
    return MessageReceived(1, text=len(texts), messages=messages)


def receipt(message_id: str, status: MessageStatus = MessageStatus.DELIVERED) -> MessageReceived:
    """Return what a worker tells of a message that was sent."""
    return MessageReceived(1, receipts=(Receipt((message_id,), CHAT, CHAT, status, 2.0),))


class Desk:
    """An inbox on fakes.

    Attributes:
        lost: Messages that could not be kept.
    """

    def __init__(self, terms: InboxTerms | None = None) -> None:
        self.clock, self.store, self.lost = FakeClock(), MemoryMessages(), 0
        self.inbox = Inbox(self.store, self.clock, terms or InboxTerms(), self._lose)

    def _lose(self, count: int) -> None:
        self.lost += count

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[Desk]:
        """Run it."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.inbox.run)
            yield self
            tasks.cancel_scope.cancel()

    async def take(self, session_id: SessionId, event: MessageReceived) -> None:
        """Take mail, and wait until it is stored."""
        stored = self.inbox.take(session_id, event)
        assert stored is not None
        await stored.wait()


async def texts(reception: Reception, limit: int = 100) -> list[str]:
    """Return what is handed out next."""
    return [delivery.message.text for delivery in await reception.next(limit)]


async def test_messages_are_handed_out_in_their_order_and_once_in_a_call() -> None:
    """Those that are kept come first, then what comes, each once."""
    async with Desk().open() as desk:
        await desk.take(A, mail("one", "two"))
        with desk.inbox.receive(()) as reception:
            assert await texts(reception) == ["one", "two"]
            assert await texts(reception) == []
            await desk.take(B, mail("three"))
            await reception.wait()
            assert await texts(reception) == ["three"]
        with desk.inbox.receive((A,)) as reception:
            assert await texts(reception) == ["one", "two"]


async def test_more_than_a_page_is_handed_out_as_far_as_is_wanted() -> None:
    """Whoever wants few gets few, and the rest next; what others may reach is passed over."""
    async with Desk().open() as desk:
        for number in range(150):
            await desk.take(B if number % 3 else A, mail(str(number)))
        with desk.inbox.receive((), lambda session_id: session_id == A) as reception:
            found: list[str] = []
            while more := await texts(reception, 7):
                assert len(more) <= 7
                found += more
            assert found == [str(number) for number in range(0, 150, 3)]


async def test_an_acknowledgement_is_one_for_all_and_of_any_call() -> None:
    """What is acknowledged comes no more, to whomever; of sessions out of reach nothing can be acknowledged."""
    async with Desk().open() as desk:
        await desk.take(A, mail("one"))
        await desk.take(B, mail("two"))
        with desk.inbox.receive(()) as everything, desk.inbox.receive((A,)) as only_a:
            one, two = (delivery.delivery_id for delivery in await everything.next(10))
            await only_a.acknowledge([one, two, 999])
        with desk.inbox.receive(()) as reception:
            assert await texts(reception) == ["two"]
            await reception.acknowledge([two])
            await reception.acknowledge([two])
            assert not reception.handed
        with desk.inbox.receive(()) as reception:
            assert await texts(reception) == []


async def test_the_worker_keeps_a_message_until_it_is_stored() -> None:
    """While the disk takes nothing, nobody is told that it is stored; then all is, in order, and once."""
    async with Desk().open() as desk:
        desk.store.broken = True
        with capture_logs() as logs, desk.inbox.receive(()) as reception:
            first, second = desk.inbox.take(A, mail("one")), desk.inbox.take(A, mail("two", "one"))
            assert first is not None
            assert second is not None
            await desk.clock.advance(5)
            assert not first.is_set()
            desk.store.broken = False
            await desk.clock.advance(1)
            await second.wait()
            assert first.is_set()
            assert await texts(reception) == ["one", "two"]
        assert "inbox.not_stored" in {log["event"] for log in logs}
        assert "one" not in str(logs)


async def test_a_full_disk_fills_no_memory() -> None:
    """Beyond a number of messages that wait for the disk, more are lost, counted and logged."""
    async with Desk().open() as desk:
        desk.store.broken = True
        with capture_logs() as logs:
            assert desk.inbox.take(A, mail(*map(str, range(MOST_WAITING)))) is not None
            assert desk.inbox.take(A, mail("too much")) is None
        assert (desk.lost, desk.inbox.waiting) == (1, MOST_WAITING)
        assert [log["event"] for log in logs] == ["inbox.messages_lost"]


async def test_messages_that_a_worker_could_not_keep_are_counted_as_lost() -> None:
    """A worker that only counts them says so by telling fewer than it counts."""
    async with Desk().open() as desk:
        with capture_logs():
            assert desk.inbox.take(A, MessageReceived(1, text=3)) is None
        assert desk.lost == 3


async def test_a_receipt_is_told_once_and_kept() -> None:
    """Whoever receives is told how far a message has come, also when the receipt was quicker than the answer."""
    async with Desk().open() as desk:
        with desk.inbox.receive((A,)) as reception, desk.inbox.receive((B,)) as other:
            await desk.take(A, receipt("S1"))
            await desk.inbox.note_sent(A, "S1", CHAT)
            await desk.take(A, receipt("S1"))
            await desk.take(A, receipt("S1", MessageStatus.READ))
            assert [told.receipt.status for told in reception.receipts] == [MessageStatus.DELIVERED, MessageStatus.READ]
            assert not other.receipts
        assert (await desk.inbox.get(A, "S1")).status is MessageStatus.READ
        with pytest.raises(MessageNotFound):
            await desk.inbox.get(B, "S1")


async def test_sending_does_not_wait_for_a_broken_disk() -> None:
    """A message that WhatsApp has taken is answered, whether or not it can be noted."""
    async with Desk().open() as desk:
        desk.store.broken = True
        with capture_logs():
            await desk.inbox.note_sent(A, "S1", CHAT)
        assert desk.inbox.waiting == 1


async def test_old_messages_are_forgotten() -> None:
    """A message goes when it was kept for as long as the terms say, or when there are too many newer ones."""
    async with Desk(InboxTerms(retention=HOUR, max_kept=2)).open() as desk:
        await desk.take(A, mail("old"))
        await desk.clock.advance(HOUR - 120)
        await desk.take(A, mail("one"))
        await desk.clock.advance(240)
        with desk.inbox.receive(()) as reception:
            assert await texts(reception) == ["one"]
        await desk.take(A, mail("two", "three"))
        await desk.clock.advance(60)
        with desk.inbox.receive(()) as reception:
            assert await texts(reception) == ["two", "three"]


async def test_a_daemon_that_keeps_nothing_says_so() -> None:
    """With a retention of 0 nothing is stored, and whoever asks is told how to change that."""
    async with Desk(InboxTerms(retention=0)).open() as desk:
        assert desk.inbox.take(A, mail("one")) is None
        await desk.inbox.note_sent(A, "S1", CHAT)
        with pytest.raises(MessagesNotKept, match=r"messages\.retention"), desk.inbox.receive(()):
            pass
        with pytest.raises(MessagesNotKept):
            await desk.inbox.get(A, "S1")
        assert desk.lost == 0


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        (RemovalReason.MANUAL, []),
        (RemovalReason.LOGOUT, []),
        (RemovalReason.STOPPED, ["one"]),
        (RemovalReason.IDLE, ["one"]),
    ],
)
async def test_messages_go_with_the_credentials_and_not_before(reason: RemovalReason, kept: list[str]) -> None:
    """A session that is unlinked loses its messages; one that is stopped or expires does not, and others never do."""
    rig = Rig()
    async with Desk().open() as desk, rig.running():
        await rig.connect(A)
        await desk.take(A, mail("one"))
        await desk.take(B, mail("two"))
        await rig.manager.remove(A, reason)
        for event in rig.events:
            desk.inbox.publish(event)
        await desk.take(B, mail("three"))
        with desk.inbox.receive(()) as reception:
            assert await texts(reception) == [*kept, "two", "three"]


async def test_what_somebody_else_acknowledges_opens_the_window() -> None:
    """A message that is forgotten, by whomever and for whatever reason, has no longer to be acknowledged."""
    async with Desk(InboxTerms(retention=HOUR)).open() as desk:
        await desk.take(A, mail("one", "two"))
        with desk.inbox.receive(()) as slow, desk.inbox.receive(()) as quick:
            assert await texts(slow) == await texts(quick) == ["one", "two"]
            await quick.acknowledge(list(quick.handed)[:1])
            assert list(slow.handed) == list(quick.handed) == [2]
            rig = Rig()
            async with rig.running():
                await rig.connect(A)
                await rig.manager.remove(A, RemovalReason.MANUAL)
            for event in rig.events:
                desk.inbox.publish(event)
            await desk.take(B, mail("three"))
            assert not slow.handed
            assert await texts(slow) == ["three"]
            await desk.clock.advance(2 * HOUR)
            assert not slow.handed
            assert desk.lost == 1


async def test_a_clock_that_is_set_forward_deletes_nothing() -> None:
    """Messages grow old as time passes, and not as the host's clock is set."""
    async with Desk(InboxTerms(retention=HOUR)).open() as desk:
        await desk.take(A, mail("one"))
        desk.clock.set_wall(desk.clock.wall() + 24 * HOUR)
        await desk.clock.advance(120)
        with desk.inbox.receive(()) as reception:
            assert await texts(reception) == ["one"]


async def test_sending_much_drives_no_received_message_out() -> None:
    """What was sent and what was received are counted apart."""
    async with Desk(InboxTerms(max_kept=2)).open() as desk:
        await desk.take(A, mail("one"))
        for number in range(5):
            await desk.inbox.note_sent(A, f"S{number}", CHAT)
        await desk.clock.advance(60)
        with desk.inbox.receive(()) as reception:
            assert await texts(reception) == ["one"]
        assert desk.lost == 0


async def test_a_flush_waits_for_the_disk_and_says_what_it_could_not_wait_for() -> None:
    """A stop waits until all is stored; one that must end before says how many messages that costs."""
    async with Desk().open() as desk:
        desk.store.broken = True
        desk.inbox.take(A, mail("one", "two"))
        with capture_logs() as logs, anyio.move_on_after(0.01):
            await desk.inbox.flush()
        assert [log["count"] for log in logs if log["event"] == "inbox.messages_lost"] == [2]
        desk.store.broken = False
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(desk.inbox.flush)
            await desk.clock.advance(5)
        assert desk.inbox.waiting == 0


async def test_of_receipts_that_come_early_the_furthest_counts() -> None:
    """Read stays read, in whatever order the receipts came before the message was known."""
    async with Desk().open() as desk:
        await desk.take(A, receipt("S1", MessageStatus.READ))
        await desk.take(A, receipt("S1", MessageStatus.DELIVERED))
        await desk.inbox.note_sent(A, "S1", CHAT)
        assert (await desk.inbox.get(A, "S1")).status is MessageStatus.READ
