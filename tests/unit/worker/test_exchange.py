"""What a client asks of WhatsApp: one question and one message at a time, whoever waits for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from wad.domain.errors import EngineError
from wad.worker.binding import SendRefused
from wad.worker.exchange import MOST_WAITING, Exchange

if TYPE_CHECKING:
    from wad.worker.engine import Engine

pytestmark = pytest.mark.anyio
NEVER, SOON = 60.0, 0.0


class Library:
    """An engine whose answers are given by the test."""

    def __init__(self) -> None:
        self.questions: list[asyncio.Future[str]] = []
        self.sent: list[str] = []

    async def round_trip(self, _uuid: str) -> str:
        """Ask."""
        self.questions.append(asyncio.get_running_loop().create_future())
        return await self.questions[-1]

    async def send_text(self, _uuid: str, _to: str, text: str) -> str:
        """Send."""
        self.sent.append(text)
        return await self.round_trip("")


def make() -> tuple[Library, Exchange]:
    """Return an exchange and its engine."""
    library = Library()
    return library, Exchange(cast("Engine", library), "a#1")


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_probes_share_one_question() -> None:
    """Whoever probes while a question is on its way gets its answer; the next probe asks anew."""
    library, exchange = make()
    with pytest.raises(TimeoutError, match="did not answer within 0 s"):
        await exchange.probe(SOON)
    waiting = asyncio.gather(exchange.probe(NEVER), exchange.probe(NEVER))
    await settle()
    (question,) = library.questions
    question.set_result("")
    await waiting
    third = asyncio.ensure_future(exchange.probe(NEVER))
    await settle()
    library.questions[1].set_result("websocket not connected")
    with pytest.raises(EngineError, match="not connected"):
        await third


async def test_texts_are_sent_one_after_the_other() -> None:
    """Texts go out in the order of the calls, each when the one before has been taken or refused."""
    library, exchange = make()
    calls = [asyncio.ensure_future(exchange.send_text("b", text, NEVER)) for text in ("one", "two")]
    await settle()
    assert library.sent == ["one"]
    library.questions[0].set_exception(SendRefused("server returned error 404"))
    await settle()
    assert library.sent == ["one", "two"]
    library.questions[1].set_result("ID2")
    with pytest.raises(EngineError, match="404"):
        await calls[0]
    assert await calls[1] == "ID2"


async def test_a_text_whose_turn_does_not_come_is_not_sent() -> None:
    """One that waits behind a text that hangs is given up unsent; the one that hangs keeps its turn."""
    library, exchange = make()
    with pytest.raises(TimeoutError):
        await exchange.send_text("b", "hangs", 0.01)
    with pytest.raises(TimeoutError):
        await exchange.send_text("b", "waits", 0.01)
    library.questions[0].set_result("ID1")
    await settle()
    assert library.sent == ["hangs"]
    later = asyncio.ensure_future(exchange.send_text("b", "later", NEVER))
    await settle()
    library.questions[1].set_result("ID2")
    assert await later == "ID2"


async def test_the_texts_that_wait_are_bounded() -> None:
    """More than so many are refused at once, and there is room again when they are done."""
    library, exchange = make()
    waiting = [asyncio.ensure_future(exchange.send_text("b", str(number), NEVER)) for number in range(MOST_WAITING)]
    await settle()
    with pytest.raises(EngineError, match="already"):
        await exchange.send_text("b", "too many", NEVER)
    for number in range(MOST_WAITING):
        library.questions[number].set_result("ID")
        await settle()
    assert await asyncio.gather(*waiting) == ["ID"] * MOST_WAITING
