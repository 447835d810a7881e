"""Sessions fill workers up before another is needed."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from wad.engine.placement import choose


@dataclass
class Bus:
    """A worker with so many sessions."""

    load: int = 0
    accepts: bool = True


@given(st.lists(st.builds(Bus, st.integers(0, 12), st.booleans())))
def test_the_fullest_worker_with_a_place_is_chosen(workers: list[Bus]) -> None:
    """The choice has a place, takes sessions, and no other such worker is fuller."""
    chosen = choose(workers, 10)
    free = [worker for worker in workers if worker.accepts and worker.load < 10]
    assert chosen in free if free else chosen is None
    assert all(worker.load <= chosen.load for worker in free if chosen)


@given(st.integers(0, 60), st.integers(1, 12))
def test_no_worker_more_than_needed_is_made(sessions: int, size: int) -> None:
    """So many sessions take as few workers as can hold them, and none is over its limit."""
    workers: list[Bus] = []
    for _ in range(sessions):
        worker = choose(workers, size)
        if worker is None:
            worker = Bus()
            workers.append(worker)
        worker.load += 1
    assert len(workers) == -(-sessions // size)
    assert all(worker.load <= size for worker in workers)
