"""Which keys of the configuration can change while the daemon runs, and that each of them really does something."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import fields
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import pytest

from tests.unit.managers.rig import A, B, Rig
from wad.daemon import lifecycle
from wad.daemon.config import LiveConfig
from wad.daemon.config.keys import KEYS
from wad.daemon.effects import LIVE, Effects
from wad.domain.access import Role
from wad.domain.alerts import Alert, Thresholds
from wad.domain.devices import Device
from wad.domain.errors import DeviceLimitReached, SessionLimitReached
from wad.domain.message_errors import MessagesNotKept
from wad.domain.messages import Message
from wad.domain.policy import Policy
from wad.domain.workers import WorkerState, WorkerUsage
from wad.engine import upkeep
from wad.engine.budget import spent
from wad.engine.host import WorkerEngine
from wad.engine.settings import EngineSettings
from wad.managers.alerts import AlertTerms, AlertWatch
from wad.managers.devices import MultiDeviceSessionManager
from wad.managers.hub import EventHub
from wad.managers.inbox import Inbox, InboxTerms
from wad.managers.sweep import Sweep
from wad.managers.sweeper import Sweeper
from wad.managers.terms import Wait
from wad.rpc.access.grants import Grants
from wad.rpc.access.peers import Peer
from wad.storage.memory_messages import MemoryMessages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
    from pathlib import Path

    from wad.domain.alerts import AlertState
    from wad.managers.sweep import Room, SweepReport

pytestmark = pytest.mark.anyio

NEED_A_RESTART = {
    *("daemon.state_dir", "daemon.runtime_dir", "daemon.sessions_dir", "sessions.restore_concurrency"),
    *("grpc.unix_socket", "grpc.tcp", "grpc.tls_cert_file", "grpc.tls_key_file", "grpc.tls_client_ca_file"),
    *("grpc.insecure_loopback", "grpc.max_message_size", "http.host", "http.port"),
    *("engine.sessions_per_worker", "engine.device_name", "engine.platform", "engine.log_level", "engine.proxy_url"),
    *("engine.ca_file", "engine.noise_root_key", "engine.allow_custom_upstream", "tracing.endpoint"),
}
PHONE = "491700000001"
ADA = Peer(4711, frozenset({4711}), "ada")


class Stage(Rig):
    """A rig with everything that keys take effect on."""

    def __init__(self, tmp_path: Path) -> None:
        super().__init__()
        path = tmp_path / "wad.toml"
        path.write_text('[sessions]\ncleanup_interval = "5m"\n')
        self.live = LiveConfig(path, environ={"HOME": str(tmp_path)})
        self.devices = MultiDeviceSessionManager(self.manager, Policy())
        self.sweep = Sweep(
            manager=self.manager,
            registry=self.registry,
            files=self.files,
            inspector=self.files,
            clock=self.clock,
            trash_retention=1,
        )
        self.sweeps = 0
        self.sweeper = Sweeper(self.sweep, self.clock, interval=300, sink=self)
        self.grants = Grants()
        self.workers = WorkerEngine(EngineSettings(sessions_dir=tmp_path, runtime_dir=tmp_path, log_dir=tmp_path))
        self.measured_values: dict[Alert, float | None] = {Alert.MEMORY_HIGH: 1.0}
        self.alerts = AlertWatch(lambda: self.measured_values, self.clock, AlertTerms(), sink=self, events=EventHub())
        self.store = MemoryMessages()
        self.inbox = Inbox(self.store, self.clock, InboxTerms())
        effects = Effects(
            self.manager,
            self.devices,
            self.sweep,
            self.sweeper,
            self.grants,
            self.workers,
            self.inbox,
            self.alerts,
        )
        self.live.attend(effects.by_key())

    def measured(self, room: Room) -> None:
        """Take what was measured."""

    def swept(self, report: SweepReport) -> None:
        """Count a sweep."""
        self.sweeps += 1

    def show(self, states: Sequence[AlertState], thresholds: Thresholds) -> None:
        """Take the alerts."""
        self.thresholds = thresholds

    @asynccontextmanager
    async def sweeping(self) -> AsyncGenerator[None]:
        """Run the scheduler of the sweep."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.sweeper.run)
            await self.clock.advance(0)
            yield
            tasks.cancel_scope.cancel()

    def set(self, key: str, value: object) -> None:
        """Change one key."""
        self.live.update({key: value}, [key])


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncGenerator[Stage]:
    """Run a manager with all that belongs to it."""
    made = Stage(tmp_path)
    async with made.running():
        yield made


@pytest.fixture(autouse=True)
def log_level() -> Generator[None]:
    """Leave the level of the log as it was."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)


def test_every_key_is_live_or_named_here_as_needing_a_restart() -> None:
    """Whoever adds a key decides which of the two it is."""
    assert set(KEYS) == set(LIVE) | NEED_A_RESTART
    assert not set(LIVE) & NEED_A_RESTART


# ── each effect ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def log_level_changes(stage: Stage) -> None:
    """The root logger takes what the new level lets through."""
    stage.set("daemon.log_level", "error")
    assert logging.getLogger().level == logging.ERROR
    stage.set("daemon.log_level", "debug")
    assert logging.getLogger("wad.anything").isEnabledFor(logging.DEBUG)


async def stop_timeout_changes(stage: Stage) -> None:
    """A stop waits no longer than the present value says."""
    stage.set("daemon.stop_timeout", 0)

    async def drain(*, stops: bool) -> None:
        assert stops
        await anyio.lowlevel.checkpoint()

    parts: Any = SimpleNamespace(reporter=SimpleNamespace(set_serving=bool), rpc=SimpleNamespace(drain=drain))
    with anyio.fail_after(20):  # less than the default
        await lifecycle._stop(stage.live, parts, anyio.sleep_forever)  # pyright: ignore[reportPrivateUsage] - nothing public is as small


async def max_sessions_changes(stage: Stage) -> None:
    """Another session is refused, and the one that is live stays."""
    await stage.connect(A)
    stage.set("sessions.max_sessions", 1)
    with pytest.raises(SessionLimitReached):
        await stage.manager.create(B)
    assert await stage.state(A) == "connected"
    assert stage.manager.stats().limit == 1
    stage.set("sessions.max_sessions", 2)
    await stage.manager.create(B)


async def cleanup_interval_changes(stage: Stage) -> None:
    """The wait for the next sweep begins anew with the new interval; 0 stops it, and another one starts it again."""
    async with stage.sweeping():
        await stage.clock.advance(299)
        stage.set("sessions.cleanup_interval", "10m")
        await stage.clock.advance(599)
        assert stage.sweeps == 0
        await stage.clock.advance(1)
        assert stage.sweeps == 1
        stage.set("sessions.cleanup_interval", 0)
        assert not stage.sweeper.state().running
        await stage.clock.advance(86400)
        assert stage.sweeps == 1
        stage.set("sessions.cleanup_interval", 60)
        await stage.clock.advance(60)
        assert stage.sweeps == 2


async def trash_retention_changes(stage: Stage) -> None:
    """The next sweep purges by it."""
    stage.set("sessions.trash_retention", "3h")
    await stage.sweeper.sweep()
    assert stage.files.purged == [3 * 3600]


async def devices_per_phone_changes(stage: Stage) -> None:
    """Another device of the phone is refused."""
    stage.set("devices.max_devices_per_phone", 1)
    await stage.devices.create(Device.declared(PHONE, "a"), wait=Wait.FIRST_QR_OR_CONNECTION)
    with pytest.raises(DeviceLimitReached):
        await stage.devices.create(Device.declared(PHONE, "b"), wait=Wait.FIRST_QR_OR_CONNECTION)


async def grants_change(stage: Stage) -> None:
    """The next call of the user is let in, with the role that was granted."""
    stage.set("access.grants", [{"user": "4711", "role": "operator", "sessions": ["shop-*"]}])
    caller = stage.grants.of_peer(ADA)
    assert (caller.role, caller.scope.patterns) == (Role.OPERATOR, ("shop-*",))


def uses_up(stage: Stage, usage: WorkerUsage) -> str:
    """Return which budgets a worker with that usage has used up."""
    return spent(usage, stage.workers._settings)  # pyright: ignore[reportPrivateUsage] - what its next look goes by


async def worker_max_memory_changes(stage: Stage) -> None:
    """A worker that was within its budget is not any more."""
    assert not uses_up(stage, WorkerUsage(resident_bytes=200 << 20))
    stage.set("engine.worker_max_memory", "150MiB")
    assert uses_up(stage, WorkerUsage(resident_bytes=200 << 20))


async def worker_max_age_changes(stage: Stage) -> None:
    """A worker that was young enough is not any more."""
    assert not uses_up(stage, WorkerUsage(age=3600))
    stage.set("engine.worker_max_age", "30m")
    assert uses_up(stage, WorkerUsage(age=3600))


async def received(stage: Stage, count: int) -> int:
    """Let a session receive messages, forget what is too much, and return how many are left."""
    messages = [(A, Message(f"M{number}", "1@g.us", stored_at=stage.clock.wall())) for number in range(count)]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stage.inbox.run)
        await stage.store.add(messages)
        await stage.clock.advance(600)
        tasks.cancel_scope.cancel()
    return len(await stage.store.unacknowledged(0, (), 1000))


async def message_retention_changes(stage: Stage) -> None:
    """Messages that were young enough are forgotten; with none, none are taken."""
    assert await received(stage, 3) == 3
    stage.set("messages.retention", "5m")
    assert await received(stage, 3) == 0
    stage.set("messages.retention", "0s")
    with pytest.raises(MessagesNotKept), stage.inbox.receive(()):
        pass


async def kept_messages_change(stage: Stage) -> None:
    """Of each session only the newest stay."""
    assert await received(stage, 3) == 3
    stage.set("messages.max_kept", 2)
    assert await received(stage, 3) == 2


async def alert_interval_changes(stage: Stage) -> None:
    """The daemon looks at once, and then at the new interval; 0 ends that."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stage.alerts.run)
        await stage.clock.advance(1)
        for seconds in (60, 7):
            stage.set("alerts.interval", seconds)
            await stage.clock.advance(0)
            began = stage.clock.wall()
            assert stage.alerts.board().looked_at == began
            await stage.clock.advance(seconds)
            assert stage.alerts.board().looked_at == began + seconds
        stage.set("alerts.interval", 0)
        looked_at = stage.alerts.board().looked_at
        await stage.clock.advance(86400)
        assert stage.alerts.board().looked_at == looked_at
        tasks.cancel_scope.cancel()


async def alert_hysteresis_changes(stage: Stage) -> None:
    """A raised alert is resolved by a value that would not have been enough before."""
    memory = next(state for state in stage.alerts.board().states if state.alert is Alert.MEMORY_HIGH)
    for hysteresis, active in ((0.1, True), (0.01, False)):
        stage.set("alerts.hysteresis", hysteresis)
        for part in (1.01, 0.95):
            stage.measured_values[Alert.MEMORY_HIGH] = part * memory.threshold
            stage.alerts.look()
        assert {state.alert: state.active for state in stage.alerts.board().states}[Alert.MEMORY_HIGH] is active


def threshold(name: str) -> Callable[[Stage], Awaitable[None]]:
    """Return a check that the threshold is published as it is set."""

    async def check(stage: Stage) -> None:
        stage.set(f"alerts.{name}", 0)
        assert getattr(stage.thresholds, name) == 0
        await anyio.lowlevel.checkpoint()

    return check


def limit_of_sessions(name: str) -> Callable[[Stage], Awaitable[None]]:
    """Return a check that sessions which are made live from now on have the limit, and the others keep theirs."""

    async def check(stage: Stage) -> None:
        await stage.connect(A)
        old = (await stage.manager.get(A)).record.policy
        stage.set(f"sessions.{name}", 7)
        await stage.manager.create(B)
        assert getattr((await stage.manager.get(B)).record.policy, name) == 7
        assert (await stage.manager.get(A)).record.policy == old

    return check


def limit_of_devices(name: str) -> Callable[[Stage], Awaitable[None]]:
    """Return a check that devices which are made live from now on have the limit, and sessions do not."""

    async def check(stage: Stage) -> None:
        stage.set(f"devices.{name}", 7)
        device = Device.declared(PHONE, "a")
        await stage.devices.create(device, wait=Wait.FIRST_QR_OR_CONNECTION)
        await stage.manager.create(B)
        assert getattr((await stage.manager.get(device.session_id)).record.policy, name) == 7
        assert getattr((await stage.manager.get(B)).record.policy, name) == getattr(Policy(), name)

    return check


CHECKS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "daemon.log_level": log_level_changes,
    "daemon.stop_timeout": stop_timeout_changes,
    "sessions.max_sessions": max_sessions_changes,
    "sessions.cleanup_interval": cleanup_interval_changes,
    "sessions.trash_retention": trash_retention_changes,
    "devices.max_devices_per_phone": devices_per_phone_changes,
    "access.grants": grants_change,
    "messages.retention": message_retention_changes,
    "messages.max_kept": kept_messages_change,
    "alerts.interval": alert_interval_changes,
    "alerts.hysteresis": alert_hysteresis_changes,
    **{f"alerts.{field.name}": threshold(field.name) for field in fields(Thresholds)},
    "engine.worker_max_memory": worker_max_memory_changes,
    "engine.worker_max_age": worker_max_age_changes,
    **{f"sessions.{field.name}": limit_of_sessions(field.name) for field in fields(Policy)},
    **{
        f"devices.{name}": limit_of_devices(name)
        for name in ("qr_window", "idle", "max_age", "heartbeat", "max_failed_heartbeats")
    },
}


@pytest.mark.parametrize("key", LIVE)
async def test_a_live_key_takes_effect(stage: Stage, key: str) -> None:
    """A key that is said to be live changes what the daemon does, without a restart."""
    await CHECKS[key](stage)


async def test_a_limit_of_sessions_also_holds_for_devices_without_one(stage: Stage) -> None:
    """What ``[devices]`` does not say, ``[sessions]`` says, also when it changes."""
    stage.set("sessions.syncing", 7)
    assert stage.devices.policy.syncing == 7
    assert stage.devices.policy.idle == 1800


async def test_a_sweep_that_was_stopped_by_hand_stays_so_under_another_interval(stage: Stage) -> None:
    """Whoever stopped the scheduler starts it again; only one that had no interval is started by getting one."""
    stage.sweeper.stop()
    stage.set("sessions.cleanup_interval", 60)
    assert not stage.sweeper.state().running
    stage.sweeper.start()
    async with stage.sweeping():
        await stage.clock.advance(60)
    assert stage.sweeps == 1


async def test_workers_are_looked_at_with_the_present_budgets(tmp_path: Path) -> None:
    """The engine asks for its settings at every look, so a budget that was lowered meets workers that run."""
    engine = WorkerEngine(
        EngineSettings(sessions_dir=tmp_path, runtime_dir=tmp_path, log_dir=tmp_path, idle_worker_grace=0.01)
    )
    closed = anyio.Event()
    looked = anyio.Event()

    def usage() -> WorkerUsage:
        looked.set()
        return WorkerUsage(age=3600)

    worker: Any = SimpleNamespace(id="w1", state=WorkerState.READY, closed="", sessions={"a": 1}, usage=usage)
    sink: Any = None

    def close(*_arguments: object) -> None:
        closed.set()

    async def replace(*_arguments: object) -> AsyncGenerator[None]:
        for never in ():
            yield never

    worker.close = close
    replacements: Any = SimpleNamespace(replace=replace)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upkeep.keep_up, {"w1": worker}, lambda: engine._settings, replacements, sink)  # pyright: ignore[reportPrivateUsage] - as above
        with anyio.fail_after(20):
            await looked.wait()
            assert not closed.is_set()
            engine.set_budgets(max_resident_bytes=0, max_worker_age=1800)
            await closed.wait()
        tasks.cancel_scope.cancel()
