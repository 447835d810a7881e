"""The inbox: what sessions have received, kept until somebody acknowledges it; and how far has come what they sent."""

from __future__ import annotations

from collections import OrderedDict, deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import anyio
import structlog

from wad.domain.errors import StorageError
from wad.domain.message_errors import MessageNotFound, MessagesNotKept
from wad.domain.messages import Direction, Message, MessageStatus
from wad.domain.records import SessionEvent
from wad.domain.states import DELETES_FILES
from wad.managers.reception import Reception, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Sequence

    from wad.domain.events import MessageReceived
    from wad.domain.ids import SessionId
    from wad.domain.messages import Receipt
    from wad.domain.records import WatchEvent
    from wad.managers.ports import MessageStore
    from wad.ports import Clock

MOST_WAITING: Final = 10_000
"""Messages that may wait for the disk; with more it is full or broken, and memory must not be the next to be."""

_BATCH: Final = 500
_MOST_EARLY: Final = 1000
_PATIENCE_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 1.0
_FORGET_SECONDS: Final = 60.0
_CLOCK_ERROR: Final = 60.0

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InboxTerms:
    """How long messages are kept, and how many.

    Attributes:
        retention: Seconds for which one is kept when nobody acknowledges it; 0 to keep none.
        max_kept: The newest messages of each session that are kept.
    """

    retention: float = 7 * 24 * 60 * 60
    max_kept: int = 10_000


@dataclass(slots=True)
class _Mail:
    """What is to be stored of one session."""

    session_id: SessionId
    messages: Sequence[Message] = ()
    receipts: Sequence[Receipt] = ()
    is_removed: bool = False
    stored: anyio.Event = field(default_factory=anyio.Event)


class Inbox:
    """Stores messages in the order in which they come, and hands them out.

    Args:
        store: Where they are kept.
        clock: Tells when they came, and how old they are.
        terms: How long they are kept, and how many.
        lost: Told how many messages could not be kept.

    Attributes:
        terms: The present ones; :meth:`set_terms` changes them.
        receptions: Who receives.
    """

    def __init__(
        self, store: MessageStore, clock: Clock, terms: InboxTerms, lost: Callable[[int], None] = lambda _: None
    ) -> None:
        self.terms = terms
        self.receptions: set[Reception] = set()
        self._store = store
        self._clock = clock
        self._lost = lost
        self._waiting: deque[_Mail] = deque()
        self._messages_waiting = 0
        self._news = anyio.Event()
        self._drained = anyio.Event()
        self._to_wipe = False
        self._terms_changed = anyio.Event()
        self._began = clock.wall() - clock.monotonic()
        self._early: OrderedDict[tuple[SessionId, str], Receipt] = OrderedDict()

    @property
    def waiting(self) -> int:
        """Messages that wait for the disk."""
        return self._messages_waiting

    def set_terms(self, terms: InboxTerms) -> None:
        """Keep messages so long, and so many, from now on."""
        self.terms = terms
        self._terms_changed.set()
        if not terms.retention:
            for reception in self.receptions:
                reception.end(MessagesNotKept())

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────────────────

    def take(self, session_id: SessionId, event: MessageReceived) -> anyio.Event | None:
        """Take what a session has received; return what is set when it is on the disk, None when nothing is to be."""
        if not self.terms.retention:
            return None
        room = self._messages_waiting + len(event.messages) <= MOST_WAITING
        messages = event.messages if room else ()
        if missing := event.count - len(messages):
            why = "the worker had no room for them, or is of an earlier release" if room else "the disk takes no more"
            _log.error("inbox.messages_lost", session_id=session_id, count=missing, reason=why)
            self._lost(missing)
        if not messages and not event.receipts:
            return None
        now = self._clock.wall()
        return self._put(_Mail(session_id, [replace(message, stored_at=now) for message in messages], event.receipts))

    async def note_sent(self, session_id: SessionId, message_id: str, to: str) -> None:
        """Keep that a session has sent a message, for its receipts to be understood; a slow disk is not waited for."""
        if not self.terms.retention or self._messages_waiting >= MOST_WAITING:
            return
        now = self._clock.wall()
        sent = Message(message_id, to, direction=Direction.SENT, sent_at=now, stored_at=now, status=MessageStatus.SENT)
        stored = self._put(_Mail(session_id, [sent]))
        with anyio.move_on_after(_PATIENCE_SECONDS):
            await stored.wait()

    def publish(self, event: WatchEvent) -> None:
        """Take note of what happens to sessions: with its credentials, a session's messages are deleted."""
        if isinstance(event, SessionEvent) and event.view.record.removal in DELETES_FILES:
            self._put(_Mail(event.view.record.session_id, is_removed=True))

    def _put(self, mail: _Mail) -> anyio.Event:
        self._waiting.append(mail)
        self._messages_waiting += len(mail.messages)
        self._news.set()
        return mail.stored

    # ── what goes out ────────────────────────────────────────────────────────────────────────────────────────────

    async def get(self, session_id: SessionId, message_id: str) -> Message:
        """Return a message.

        Raises:
            MessageNotFound: It is not kept.
            MessagesNotKept: None is.
            StorageError: It could not be read.
        """
        self._expect_to_keep()
        found = await self._store.find(session_id, message_id)
        if found is None:
            raise MessageNotFound(session_id, message_id)
        return found

    @contextmanager
    def receive(
        self, sessions: Sequence[SessionId], covers: Callable[[SessionId], bool] = lambda _: True
    ) -> Generator[Reception]:
        """Hand messages out inside this context.

        Args:
            sessions: Whose; of all sessions when it is empty.
            covers: Says of each whether whoever receives may reach it.

        Raises:
            MessagesNotKept: The daemon keeps none.
        """
        self._expect_to_keep()
        reception = Reception(self._store, sessions, covers, self._forgotten)
        self.receptions.add(reception)
        try:
            yield reception
        finally:
            self.receptions.discard(reception)

    def _forgotten(self, delivery_ids: Collection[int]) -> None:
        self._to_wipe = self._to_wipe or bool(delivery_ids)
        for reception in self.receptions:
            reception.drop(delivery_ids)

    def _expect_to_keep(self) -> None:
        if not self.terms.retention:
            raise MessagesNotKept

    # ── what is done meanwhile ───────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Store what comes, and forget what is too old, until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._store_all)
            tasks.start_soon(self._forget_old)

    async def _store_all(self) -> None:
        while True:
            await self._news.wait()
            self._news = anyio.Event()
            while self._waiting:
                await self._store_some()

    async def _store_some(self) -> None:
        """Store what waits longest; it waits on when the disk does not take it."""
        batch = self._batch()
        try:
            if batch[0].is_removed:
                await self._forget_session(batch[0].session_id)
            else:
                await self._store.add([(mail.session_id, message) for mail in batch for message in mail.messages])
                for mail in batch:
                    await self._note_receipts(mail)
        except StorageError as error:
            _log.error("inbox.not_stored", waiting=self.waiting, error=str(error))
            await self._clock.sleep(_RETRY_SECONDS)
            return
        for mail in batch:
            self._waiting.popleft()
            self._messages_waiting -= len(mail.messages)
            mail.stored.set()
        if not self._waiting:
            self._drained.set()
            self._drained = anyio.Event()
        for reception in self.receptions:
            reception.notice(mail.session_id for mail in batch if mail.messages)

    async def _forget_session(self, session_id: SessionId) -> None:
        await self._store.forget_session(session_id)
        self._to_wipe = True
        for reception in self.receptions:
            reception.drop([number for number, owner in reception.handed.items() if owner == session_id])

    async def flush(self) -> None:
        """Return when all that has come is on the disk; when cancelled, log what is not."""
        try:
            while self._waiting:
                await self._drained.wait()
        finally:
            if self._messages_waiting:
                _log.error("inbox.messages_lost", count=self._messages_waiting, reason="the disk takes no more")

    def _batch(self) -> list[_Mail]:
        """Return what is stored at one go: a removal by itself, for what comes after it is not its own."""
        batch: list[_Mail] = []
        for mail in self._waiting:
            if batch and (mail.is_removed or batch[0].is_removed or len(batch) >= _BATCH):
                break
            batch.append(mail)
        return batch

    async def _note_receipts(self, mail: _Mail) -> None:
        for message in mail.messages:
            early = self._early.pop((mail.session_id, message.message_id), None)
            if early is not None and message.direction is Direction.SENT:
                await self._note(mail.session_id, early, [message.message_id])
        for receipt in mail.receipts:
            await self._note(mail.session_id, receipt, receipt.message_ids)

    async def _note(self, session_id: SessionId, receipt: Receipt, message_ids: Sequence[str]) -> None:
        raised = await self._store.raise_status(session_id, message_ids, receipt.status)
        if others := [message_id for message_id in message_ids if message_id not in raised]:
            known = await self._store.sent_ids(session_id, others)
            # A receipt can be quicker than the answer to the message itself. Most are of what the phone has sent.
            for other in others:
                early = self._early.get((session_id, other))
                if other not in known and (early is None or early.status < receipt.status):
                    self._early[session_id, other] = receipt
            while len(self._early) > _MOST_EARLY:
                self._early.popitem(last=False)
        for message_id in raised:
            for reception in self.receptions:
                reception.tell(Told(session_id, message_id, receipt))

    async def _forget_old(self) -> None:
        while True:
            self._terms_changed = anyio.Event()
            try:
                await self._forget_once()
            except StorageError as error:
                _log.error("inbox.not_forgotten", error=str(error))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._nap, tasks.cancel_scope)
                await self._terms_changed.wait()
                tasks.cancel_scope.cancel()

    async def _nap(self, scope: anyio.CancelScope) -> None:
        await self._clock.sleep(_FORGET_SECONDS)
        scope.cancel()

    async def _forget_once(self) -> None:
        terms = self.terms
        # A clock that is set forward by mistake must not make all messages old.
        now = min(self._clock.wall(), self._began + self._clock.monotonic() + _CLOCK_ERROR)
        if unread := await self._store.forget_old(now - terms.retention, terms.max_kept):
            _log.warning("inbox.messages_expired", count=unread)
            self._lost(unread)
            self._to_wipe = True
            await self._drop_absent()
        if self._to_wipe:
            self._to_wipe = False
            await self._store.wipe()

    async def _drop_absent(self) -> None:
        for reception in tuple(self.receptions):
            handed = tuple(reception.handed)
            there = await self._store.sessions_of(handed)
            reception.drop([number for number in handed if number not in there])
