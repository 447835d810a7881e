"""The worker processes over the contract and on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio
import pytest
from structlog.testing import capture_logs

from tests.integration.rpc.rpc_fakes import connected, error_info, serving
from tests.integration.rpc.test_wadctl import wadctl
from wad.cli.failures import ExitCode
from wad.domain.workers import MoveOutcome
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


async def test_workers_are_listed_with_all_that_is_known_of_them(tmp_path: Path) -> None:
    """Each has its sessions, usage and versions; they are ordered as people count."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        first, second = (await stub.ListWorkers(admin_pb2.ListWorkersRequest())).workers
    assert (first.worker_id, first.pid, first.state) == ("w2", 4711, admin_pb2.WORKER_STATE_READY)
    assert (list(first.session_ids), first.closed_reason) == (["a", "b"], "")
    assert (first.usage.descriptors, first.usage.threads, first.usage.leaked_threads) == (33, 21, 2)
    assert (first.usage.resident_memory_bytes, first.usage.proportional_memory_bytes) == (1 << 26, 1 << 24)
    assert first.usage.age.ToSeconds() == 7200
    assert (first.engine_version, first.protocol_version) == ("0.5.2", 2)
    assert (second.worker_id, second.closed_reason) == ("w10", "it was told to drain")


async def test_the_table_of_workers_says_why_one_takes_no_sessions(tmp_path: Path) -> None:
    """People see the same, with sizes and times that they can read."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "workers", "list")
        drained = await wadctl(served, "workers", "drain", "w2", "-o", "json")
    assert result.exit_code == ExitCode.OK
    for text in ("w2", "4711", "ready", "64 MiB", "16 MiB", "2 h", "w10 gets no new sessions: it was told to drain."):
        assert text in result.stdout
    assert json.loads(drained.stdout)["worker"]["closed_reason"] == "it was told to drain"


@pytest.mark.parametrize("command", ["drain", "replace"])
async def test_a_worker_that_is_not_there_is_told_apart(tmp_path: Path, command: str) -> None:
    """The status is NOT_FOUND, reason and metadata name the worker, and the command exits 3."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "drain": lambda: stub.DrainWorker(admin_pb2.DrainWorkerRequest(worker_id="w9")),
            "replace": lambda: stub.ReplaceWorkers(admin_pb2.ReplaceWorkersRequest(worker_id="w9")).read(),
        }
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await calls[command]()
        result = await wadctl(served, "workers", command, "w9")
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    info = error_info(caught.value)
    assert (info.reason, dict(info.metadata)) == ("WORKER_NOT_FOUND", {"worker_id": "w9"})
    assert result.exit_code == ExitCode.NOT_FOUND


async def test_a_replacement_tells_every_step_and_sums_it_up(tmp_path: Path) -> None:
    """Sessions and workers come in the order in which they were done, the sum comes last."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        steps = [step async for step in stub.ReplaceWorkers(admin_pb2.ReplaceWorkersRequest(all=True))]
        shown = await wadctl(served, "workers", "replace", "--all")
    assert [step.WhichOneof("step") for step in steps] == ["move", "move", "replaced", "move", "replaced", "summary"]
    moves = [step.move for step in steps if step.HasField("move")]
    assert [(move.session_id, move.worker_id, move.target_worker_id) for move in moves] == [
        ("b", "w2", ""),
        ("a", "w2", "w11"),
        ("c", "w10", "w11"),
    ]
    assert [list(step.replaced.remaining_session_ids) for step in steps if step.HasField("replaced")] == [["b"], []]
    summary = steps[-1].summary
    assert (summary.workers_replaced, summary.workers_left, summary.moved, summary.stayed) == (1, 1, 2, 1)
    assert shown.exit_code == ExitCode.OK
    for text in ("a  moved to w11 (1.5 s)", "b  stayed", "w10 is replaced.", "2 moved, 1 stayed"):
        assert text in shown.stdout


async def test_a_session_that_fails_makes_the_command_fail(tmp_path: Path) -> None:
    """The table and the JSON tell of it, the sum still comes, and the exit code is 1."""
    async with serving(tmp_path) as served:
        served.sessions.workers.outcomes["b"] = MoveOutcome.FAILED
        shown = await wadctl(served, "workers", "replace", "w2")
        told = await wadctl(served, "workers", "replace", "w2", "-o", "json")
    assert (shown.exit_code, told.exit_code) == (ExitCode.FAILED, ExitCode.FAILED)
    assert "b  FAILED to come up elsewhere" in shown.stdout
    first, *_, last = map(json.loads, told.stdout.splitlines())
    assert (first["move"]["outcome"], last["summary"]["failed"]) == ("MOVE_OUTCOME_FAILED", 1)


@pytest.mark.parametrize("arguments", [[], ["w1", "--all"]])
async def test_a_replacement_must_say_whose(tmp_path: Path, arguments: list[str]) -> None:
    """Neither and both are refused by the command, and neither by the daemon."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        result = await wadctl(served, "workers", "replace", *arguments)
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ReplaceWorkers(admin_pb2.ReplaceWorkersRequest()).read()
    assert result.exit_code == ExitCode.USAGE
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize("command", ["list", "drain", "replace"])
async def test_the_commands_explain_themselves(tmp_path: Path, command: str) -> None:
    """Each one's help has examples."""
    async with serving(tmp_path) as served:
        shown = await wadctl(served, "workers", command, "--help")
    assert f"wadctl workers {command}" in shown.stdout.partition("Examples:")[2]
