"""The operator's stories of the worker processes: look at them, empty one, replace them under connected sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import grpc.aio
import psutil
import pytest

from tests.house import PATIENCE, error_info, state_name, until
from wad.emulator.faults import RefuseLogin
from wad.v1 import admin_pb2, session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

PHONES = {f"s{number}": f"49170000000{number}" for number in range(4)}


async def listed(daemon: Daemon) -> dict[str, admin_pb2.Worker]:
    """Return the workers by their names."""
    found = await daemon.admin.ListWorkers(admin_pb2.ListWorkersRequest(), timeout=PATIENCE)
    return {worker.worker_id: worker for worker in found.workers}


async def places(daemon: Daemon) -> dict[str, int]:
    """Return the pid of each session's worker."""
    return {name: worker.pid for worker in (await listed(daemon)).values() for name in worker.session_ids}


async def replaced(daemon: Daemon, worker_id: str = "") -> list[admin_pb2.ReplaceWorkersResponse]:
    """Replace a worker, or all, and return the steps."""
    request = admin_pb2.ReplaceWorkersRequest(worker_id=worker_id)
    if not worker_id:
        request = admin_pb2.ReplaceWorkersRequest(all=True)
    return [step async for step in daemon.admin.ReplaceWorkers(request, timeout=PATIENCE)]


async def connections(house: House) -> int:
    """Return how many connections clients have made to the emulator so far."""
    return (await house.emulator.counters())["connections_total"]


async def link_all(daemon: Daemon) -> dict[str, str]:
    """Link every session and return the jids of their devices."""
    return {name: (await daemon.link(name, phone))[-1].user.jid for name, phone in PHONES.items()}


async def metric(daemon: Daemon, series: str) -> float:
    """Return the value of a series of the daemon's metrics."""
    lines = (await daemon.http("/metrics")).text.splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{series} "))


async def test_the_list_tells_the_truth_about_each_process(house: House) -> None:
    """Names, sessions and pids are those of real processes, and what they use is what the system says."""
    house.settings["engine"]["sessions_per_worker"] = 1
    async with house.daemon() as daemon:
        for name in ("s0", "s1"):
            await daemon.link(name, PHONES[name])
        workers = await listed(daemon)
        assert {name: list(worker.session_ids) for name, worker in workers.items()} == {"w1": ["s0"], "w2": ["s1"]}
        for worker in workers.values():
            process = psutil.Process(worker.pid)
            assert str(house.run) in " ".join(process.cmdline())
            assert abs(worker.usage.threads - process.num_threads()) <= 5
            assert abs(worker.usage.resident_memory_bytes - process.memory_info().rss) < 8 << 20
            assert 0 < worker.usage.proportional_memory_bytes <= worker.usage.resident_memory_bytes
            assert (worker.state, worker.closed_reason) == (admin_pb2.WORKER_STATE_READY, "")
        resident = sum(worker.usage.resident_memory_bytes for worker in workers.values())
        assert abs(await metric(daemon, "wad_worker_resident_memory_bytes") - resident) < 16 << 20
        assert await metric(daemon, 'wad_workers{state="ready"}') == 2


async def test_a_replaced_worker_costs_each_of_its_sessions_one_connection_and_no_other(house: House) -> None:
    """Three connected sessions move one by one, as the same devices, into new processes; the fourth notices nothing."""
    house.settings["engine"]["sessions_per_worker"] = 3
    async with house.daemon() as daemon:
        jids, before = await link_all(daemon), await connections(house)
        old = await places(daemon)
        steps = await replaced(daemon, "w1")
        moves = [step.move for step in steps if step.HasField("move")]
        assert [(move.session_id, move.outcome) for move in moves] == [
            (name, admin_pb2.MOVE_OUTCOME_MOVED) for name in ("s0", "s1", "s2")
        ]
        assert (steps[-1].summary.moved, steps[-1].summary.workers_replaced, steps[-1].summary.failed) == (3, 1, 0)
        sessions = {session.session_id: session for session in await daemon.list()}
        assert {name: state_name(session) for name, session in sessions.items()} == dict.fromkeys(PHONES, "connected")
        assert {name: session.user.jid for name, session in sessions.items()} == jids
        new = await places(daemon)
        assert old["s0"] not in new.values()
        assert new["s3"] == old["s3"]
        assert await connections(house) == before + 3
        await until(lambda: not psutil.pid_exists(old["s0"]), "the replaced worker has ended")
        assert await metric(daemon, 'wad_worker_restarts_total{reason="replaced"}') == 1
        await daemon.send("s0", PHONES["s3"], "still here")


async def test_all_workers_are_replaced_and_each_session_moves_once(house: House) -> None:
    """After that every session is connected in a process that was not there before, at the cost of one connection."""
    house.settings["engine"]["sessions_per_worker"] = 2
    async with house.daemon() as daemon:
        await link_all(daemon)
        old, before = await places(daemon), await connections(house)
        summary = (await replaced(daemon))[-1].summary
        assert (summary.moved, summary.workers_replaced, summary.workers_left) == (4, 2, 0)
        new = await places(daemon)
        assert new.keys() == PHONES.keys()
        assert not set(new.values()) & set(old.values())
        assert await connections(house) == before + 4
        assert {state_name(session) for session in await daemon.list()} == {"connected"}


async def test_a_session_that_a_phone_is_just_linking_stays(house: House) -> None:
    """It is not taken away between the scan and the login, which would cost the link; it connects where it is."""
    house.settings["sessions"] = {"pairing": "5m", "pairing_silence": 0}
    async with house.daemon() as daemon:
        request = session_pb2.CreateSessionRequest(session_id="new")
        qr = (await daemon.sessions.CreateSession(request, timeout=PATIENCE)).session.qr.code
        await house.emulator.add_fault(RefuseLogin(reason=503))
        await daemon.until_state("new", "pairing_success", after=lambda: house.emulator.scan(qr, "491700000009"))
        place = await places(daemon)
        steps = await replaced(daemon, "w1")
        assert [step.move.outcome for step in steps if step.HasField("move")] == [admin_pb2.MOVE_OUTCOME_STAYED]
        assert list(steps[1].replaced.remaining_session_ids) == ["new"]
        assert state_name(await daemon.get("new")) == "pairing_success"
        await house.emulator.clear_faults()
        await daemon.until_state("new", "connected")
        assert await places(daemon) == place
        [worker] = (await listed(daemon)).values()
        assert worker.closed_reason


async def test_a_session_that_cannot_log_in_again_stops_the_replacement(house: House) -> None:
    """The first failure ends it: the others stay connected where they are, and their workers go on as before."""
    house.settings["engine"]["sessions_per_worker"] = 1
    async with house.daemon() as daemon:
        jids = await link_all(daemon)
        old = await places(daemon)
        await house.emulator.add_fault(RefuseLogin(reason=503, target=jids["s0"]))
        steps = await replaced(daemon)
        assert [step.WhichOneof("step") for step in steps] == ["move", "replaced", "summary"]
        assert (steps[0].move.session_id, steps[-1].summary.failed) == ("s0", 1)
        new = await places(daemon)
        assert {name: new[name] for name in ("s1", "s2", "s3")} == {name: old[name] for name in ("s1", "s2", "s3")}
        assert {name: w.closed_reason for name, w in (await listed(daemon)).items() if name in {"w2", "w3", "w4"}} == {
            "w2": "",
            "w3": "",
            "w4": "",
        }
        await house.emulator.clear_faults()
        await daemon.until_state("s0", "connected")


async def test_a_drained_worker_takes_no_new_sessions_and_ends_when_it_is_empty(house: House) -> None:
    """What it has stays connected; what comes goes elsewhere."""
    async with house.daemon() as daemon:
        await daemon.link("s0", PHONES["s0"])
        response = await daemon.admin.DrainWorker(admin_pb2.DrainWorkerRequest(worker_id="w1"), timeout=PATIENCE)
        assert response.worker.closed_reason
        await daemon.link("s1", PHONES["s1"])
        assert {name: list(w.session_ids) for name, w in (await listed(daemon)).items()} == {"w1": ["s0"], "w2": ["s1"]}
        assert state_name(await daemon.get("s0")) == "connected"
        await daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id="s0"), timeout=PATIENCE)

        async def has_ended() -> bool:
            return "w1" not in await listed(daemon)

        await until(has_ended, "the drained worker has ended")


async def test_a_worker_that_is_not_there_is_not_found(house: House) -> None:
    """Draining and replacing one name the worker, with a reason of its own."""
    async with house.daemon() as daemon:
        with pytest.raises(grpc.aio.AioRpcError) as drained:
            await daemon.admin.DrainWorker(admin_pb2.DrainWorkerRequest(worker_id="w77"), timeout=PATIENCE)
        with pytest.raises(grpc.aio.AioRpcError) as replacing:
            await replaced(daemon, "w77")
        for error in (drained.value, replacing.value):
            assert error.code() is grpc.StatusCode.NOT_FOUND
            assert error_info(error).reason == "WORKER_NOT_FOUND"
