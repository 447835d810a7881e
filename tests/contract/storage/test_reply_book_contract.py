"""What every book of requests that may come again guarantees, whatever keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from wad.domain.replies import Reply
from wad.storage.database import open_database
from wad.storage.memory_calls import MemoryReplies
from wad.storage.replies import SqlReplies

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from wad.rpc.ports import ReplyBook

pytestmark = pytest.mark.anyio

BEGUN = Reply("token:abc", "123e4567-e89b-12d3-a456-426614174000", "wad.v1.MessageService/SendMessage", "f1", 1000.5)


@pytest.fixture(params=["memory", "sqlite"])
async def book(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[ReplyBook]:
    """Yield each book in turn."""
    if request.param == "memory":
        yield MemoryReplies()
    else:
        async with open_database(tmp_path / "wad.db") as database:
            yield SqlReplies(database)


async def found(book: ReplyBook, reply: Reply = BEGUN) -> Reply | None:
    """Return what is kept under the ids of *reply*; when it is nothing, *reply* is begun."""
    return await book.begin(reply, kept_since=0)


async def test_a_request_is_begun_once(book: ReplyBook) -> None:
    """The first to begin a request is told that there was none; whoever comes next is given it as it was begun."""
    assert await found(book) is None
    again = replace(BEGUN, fingerprint="f2", method="other", began_at=2000.0)
    assert await found(book, again) == BEGUN


async def test_an_answer_is_kept_as_it_was(book: ReplyBook) -> None:
    """A request that comes again finds every byte of the first answer, also when there are none."""
    for number, response in enumerate((b"\x00\xffanswer", b"")):
        reply = replace(BEGUN, request_id=str(number))
        await book.begin(reply, kept_since=0)
        await book.answer(reply.caller, reply.request_id, response)
        assert await found(book, reply) == replace(reply, response=response)


async def test_the_same_id_of_another_caller_is_another_request(book: ReplyBook) -> None:
    """Callers make their ids up for themselves, so one never meets the request of another."""
    other = replace(BEGUN, caller="token:xyz")
    assert await found(book) is None
    assert await found(book, other) is None
    await book.answer(other.caller, other.request_id, b"theirs")
    assert await found(book) == BEGUN


async def test_what_is_withdrawn_was_never_begun(book: ReplyBook) -> None:
    """A withdrawn request can be begun anew; withdrawing an absent one, or answering it, is no error."""
    await found(book)
    for _ in range(2):
        await book.withdraw(BEGUN.caller, BEGUN.request_id)
    await book.answer(BEGUN.caller, BEGUN.request_id, b"late")
    assert await found(book) is None


async def test_what_is_too_old_is_begun_anew(book: ReplyBook) -> None:
    """A request that began before the time from which requests are kept is replaced whole, its answer included."""
    await found(book)
    await book.answer(BEGUN.caller, BEGUN.request_id, b"old")
    assert await book.begin(replace(BEGUN, began_at=3000.0), kept_since=BEGUN.began_at) is not None
    newer = replace(BEGUN, fingerprint="f2", began_at=3000.0)
    assert await book.begin(newer, kept_since=BEGUN.began_at + 1) is None
    assert await found(book) == newer


async def test_what_is_too_old_is_forgotten_and_the_rest_stays(book: ReplyBook) -> None:
    """Forgetting strikes what began before that time, and nothing else."""
    newer = replace(BEGUN, request_id="newer", began_at=2000.0)
    await found(book)
    await found(book, newer)
    await book.forget(2000.0)
    assert await found(book, newer) == newer
    assert await found(book) is None


async def test_of_many_that_begin_the_same_request_one_does(book: ReplyBook) -> None:
    """However many begin a request at the same time, exactly one is told that there was none."""
    first: list[bool] = []

    async def begin(number: int) -> None:
        first.append(await book.begin(replace(BEGUN, began_at=float(number)), kept_since=0) is None)

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(begin, number)
    assert sorted(first) == [False] * 19 + [True]
