"""What a session is told: in order, and with the call that it comes from."""

from __future__ import annotations

import anyio
import pytest
import structlog

from wad.managers.mailbox import Mailbox

pytestmark = pytest.mark.anyio


def request_id() -> object:
    """Return the call that the present task's log lines name."""
    return structlog.contextvars.get_contextvars().get("request_id")


async def test_reader_works_on_behalf_of_who_wrote() -> None:
    """While it acts upon an item, the reader's log lines name the writer's call, and none when there was none."""
    mailbox: Mailbox[str] = Mailbox()
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        mailbox.put("asked")
    mailbox.put("fact")
    with structlog.contextvars.bound_contextvars(request_id="r2"):
        mailbox.put("asked again")
    assert [(await mailbox.take(), request_id()) for _ in range(3)] == [
        ("asked", "r1"),
        ("fact", None),
        ("asked again", "r2"),
    ]
    structlog.contextvars.clear_contextvars()


async def test_items_come_in_order_and_urgent_ones_first() -> None:
    """What is put before the others is taken before them; the others keep their order."""
    mailbox: Mailbox[int] = Mailbox()
    for item in (1, 2):
        mailbox.put(item)
    mailbox.put_first(0)
    assert [await mailbox.take() for _ in range(3)] == [0, 1, 2]


async def test_reader_waits_for_the_first_item() -> None:
    """Taking from an empty mailbox returns once something is put in."""
    mailbox: Mailbox[str] = Mailbox()
    taken: list[str] = []

    async def read() -> None:
        taken.append(await mailbox.take())

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read)
            await anyio.wait_all_tasks_blocked()
            assert taken == []
            mailbox.put("news")
    assert taken == ["news"]
