"""Whatever people, phones, workers, disks and clocks do, the session manager keeps its promises."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from structlog.testing import capture_logs

from tests.unit.managers.rig import ADA, Rig
from wad.domain.errors import EngineUnavailable, SessionBusy, StorageError, WadError
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.states import DELETES_FILES, TERMINAL, RemovalReason, SessionState
from wad.engine.simulated import TwoClients
from wad.managers.runner import STORAGE_RETRY
from wad.managers.sweep import Sweep
from wad.managers.terms import Limits, Wait

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from wad.domain.records import SessionRecord

IDS = [SessionId(name) for name in "abc"]
LIMIT = 2
EXAMPLES = max(settings().max_examples // 2, 1)
"""Of the profile's; a step costs a millisecond, a hundred times that of a machine without a loop."""
HOUR = 3600.0

ids = st.sampled_from(IDS)
moments = st.one_of(st.floats(0, 5), st.floats(0, 90), st.floats(0, 2 * HOUR))


has_clients = precondition(lambda machine: bool(machine.rig.engine.clients))


def settled(record: SessionRecord) -> SessionRecord:
    """Return the record without what is saved some seconds after it has changed."""
    return replace(
        record, last_activity_at=0, last_heartbeat_at=None, failed_heartbeats=0, messages_sent=0, messages_received=0
    )


class WatchedRig(Rig):
    """A rig that notes what must never happen."""

    def __init__(self) -> None:
        super().__init__(
            policy=Policy(idle=15 * 60, max_age=HOUR, max_failures=3), limits=Limits(LIMIT, restore_concurrency=2)
        )
        self.violations: list[str] = []
        self.refused: set[SessionId] = set()
        start, delete, trash = self.engine.start, self.files.delete, self.files.trash_credentials

        async def watched_start(session_id: SessionId, generation: int, *, alone: bool = False) -> None:
            try:
                await start(session_id, generation, alone=alone)
            except TwoClients as error:
                self.violations.append(str(error))
                raise

        async def watched_delete(session_id: SessionId, reason: RemovalReason) -> None:
            if session_id in self.engine.credentials and reason not in DELETES_FILES:
                self.violations.append(f"the credentials of {session_id} were to be deleted for {reason}")
            await delete(session_id, reason)

        async def watched_trash(session_id: SessionId) -> None:
            if session_id not in self.refused:
                self.violations.append(f"the credentials of {session_id} were trashed, and nobody had refused them")
            await trash(session_id)

        self.engine.start, self.files.delete, self.files.trash_credentials = (
            watched_start,
            watched_delete,
            watched_trash,
        )


class ManagerLife(RuleBasedStateMachine):
    """Random wishes, faults and clocks drive one manager; the invariants watch what it does."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.logs = self.stack.enter_context(capture_logs())
        self.loop = asyncio.new_event_loop()
        self.rig = WatchedRig()
        self.pending: list[asyncio.Task[object]] = []
        self.begin()

    # ── the daemon around it ─────────────────────────────────────────────────────────────────────────────────────────

    def begin(self) -> None:
        self.ended = anyio.Event()
        self.daemon = self.loop.create_task(self.serve())
        self.settle()

    async def serve(self) -> None:
        async with self.rig.running():
            await self.ended.wait()

    def end(self) -> None:
        for task in self.pending:
            task.cancel()
        self.ended.set()
        self.loop.run_until_complete(asyncio.wait([self.daemon, *self.pending]))
        self.pending.clear()
        assert self.daemon.exception() is None

    def teardown(self) -> None:
        self.end()
        self.loop.close()
        self.stack.close()

    def ask(self, wish: Coroutine[object, object, object]) -> None:
        """Begin what somebody wants; it need not end at once, and may be refused."""

        async def refusable() -> None:
            with suppress(WadError):
                await wish

        self.pending.append(self.loop.create_task(refusable()))
        self.settle()

    def memory_and_registry_agree(self) -> tuple[dict[SessionId, SessionRecord], dict[SessionId, SessionRecord]]:
        """Assert it, and return all records and those of the live sessions."""
        records = {record.session_id: record for record in self.loop.run_until_complete(self.rig.registry.load())}
        live = {view.record.session_id: view.record for view in self.rig.manager.live()}
        for session_id, record in live.items():
            known = records[session_id]
            assert settled(known) == settled(record)
        return records, live

    def disk_works(self) -> bool:
        return self.rig.registry.failure is None and self.rig.files.failure is None

    def live_client(self, pick: int) -> SessionId:
        clients = sorted(self.rig.engine.clients)
        return clients[pick % len(clients)]

    def settle(self, seconds: float = 0) -> None:
        self.loop.run_until_complete(self.rig.clock.advance(seconds))
        for task in [task for task in self.pending if task.done()]:
            self.pending.remove(task)
            task.result()

    # ── what people want ─────────────────────────────────────────────────────────────────────────────────────────────

    @rule(session_id=ids, wait=st.sampled_from(Wait))
    def create(self, session_id: SessionId, wait: Wait) -> None:
        self.ask(self.rig.manager.create(session_id, wait=wait))

    @rule(session_id=ids)
    def create_and_scan(self, session_id: SessionId) -> None:
        self.ask(self.rig.manager.create(session_id))
        self.scan(session_id)

    @rule(session_id=ids, reason=st.sampled_from([r for r in RemovalReason if r is not RemovalReason.SHUTDOWN]))
    def remove(self, session_id: SessionId, reason: RemovalReason) -> None:
        self.ask(self.rig.manager.remove(session_id, reason))

    @rule(session_id=ids)
    def stop(self, session_id: SessionId) -> None:
        self.ask(self.rig.manager.stop(session_id))

    @rule(session_id=ids)
    def reconnect(self, session_id: SessionId) -> None:
        self.ask(self.rig.manager.reconnect(session_id))

    @rule(session_id=ids)
    def touch(self, session_id: SessionId) -> None:
        self.ask(self.rig.manager.touch(session_id))

    @rule(dry_run=st.booleans())
    def sweep(self, dry_run: bool) -> None:  # noqa: FBT001 - hypothesis passes it
        rig = self.rig
        sweep = Sweep(
            manager=rig.manager,
            registry=rig.registry,
            files=rig.files,
            inspector=rig.files,
            clock=rig.clock,
            trash_retention=HOUR,
        )
        self.ask(sweep.run(dry_run=dry_run))

    # ── what phones and WhatsApp do ──────────────────────────────────────────────────────────────────────────────────

    def scan(self, session_id: SessionId) -> None:
        client = self.rig.engine.clients.get(session_id)
        if client is not None and client.qr_codes and session_id not in self.rig.engine.credentials:
            self.rig.engine.scan(session_id, replace(ADA, jid=f"{session_id}@s.whatsapp.net"))
            self.settle()

    @has_clients
    @rule(pick=st.integers(0, LIMIT - 1))
    def a_phone_scans(self, pick: int) -> None:
        self.scan(self.live_client(pick))

    @rule(session_id=ids, cleared=st.booleans())
    def a_worker_dies_of_a_scan(self, session_id: SessionId, cleared: bool) -> None:  # noqa: FBT001 - hypothesis passes it
        """The credentials are stored, nobody is told, and an operator may clear what looks stuck."""
        self.create(session_id, Wait.NONE)
        client = self.rig.engine.clients.get(session_id)
        if client is not None and client.qr_codes and session_id not in self.rig.engine.credentials:
            self.rig.engine.credentials[session_id] = replace(ADA, jid=f"{session_id}@s.whatsapp.net")
            self.rig.engine.kill_worker(session_id)
            if cleared:
                self.remove(session_id, RemovalReason.STUCK)
            self.settle()

    @has_clients
    @rule(pick=st.integers(0, LIMIT - 1))
    def a_loss_cannot_be_recorded(self, pick: int) -> None:
        """What could not be saved is saved when the disk works again, though nothing else happens to the session."""
        self.disk(registry=True, files=False)
        self.a_client_suffers(pick, "lose")
        self.disk(registry=False, files=False)
        self.settle(STORAGE_RETRY + 1)
        self.memory_and_registry_agree()

    @has_clients
    @rule(pick=st.integers(0, LIMIT - 1), what=st.sampled_from(["lose", "replace", "end", "expire_qr", "kill_worker"]))
    def a_client_suffers(self, pick: int, what: str) -> None:
        getattr(self.rig.engine, what)(self.live_client(pick))
        self.settle()

    @has_clients
    @rule(pick=st.integers(0, LIMIT - 1), seconds=st.floats(1, 90))
    def a_qr_batch_ends(self, pick: int, seconds: float) -> None:
        self.settle(seconds)
        if self.rig.engine.clients:
            self.rig.engine.expire_qr(self.live_client(pick))
            self.settle()

    @has_clients
    @rule(pick=st.integers(0, LIMIT - 1))
    def the_engine_reconnects(self, pick: int) -> None:
        session_id = self.live_client(pick)
        if session_id in self.rig.engine.credentials:
            self.rig.engine.restore(session_id)
            self.settle()

    @rule(session_id=ids)
    def logout_on_the_phone(self, session_id: SessionId) -> None:
        if session_id in self.rig.engine.credentials:
            self.rig.refused.add(session_id)
            self.rig.engine.logout(session_id)
            self.settle()

    # ── what goes wrong, and what time does ──────────────────────────────────────────────────────────────────────────

    @rule(error=st.sampled_from([EngineUnavailable("no worker"), SessionBusy("in use")]))
    def next_start_fails(self, error: WadError) -> None:
        self.rig.engine.fail_next_start(error)

    @rule(session_id=ids, mute=st.booleans())
    def engine_is_silent(self, session_id: SessionId, mute: bool) -> None:  # noqa: FBT001 - hypothesis passes it
        (self.rig.engine.silent.add if mute else self.rig.engine.silent.discard)(session_id)

    @rule(session_id=ids, held=st.booleans())
    def foreign_process(self, session_id: SessionId, held: bool) -> None:  # noqa: FBT001 - hypothesis passes it
        (self.rig.engine.hold if held else self.rig.engine.let_go)(session_id)

    @rule(registry=st.booleans(), files=st.booleans())
    def disk(self, registry: bool, files: bool) -> None:  # noqa: FBT001 - hypothesis passes them
        self.rig.registry.failure = StorageError("the disk is full") if registry else None
        self.rig.files.failure = StorageError("the disk is full") if files else None

    @rule(session_id=ids)
    def an_older_registry_is_put_back(self, session_id: SessionId) -> None:
        """A record of a session that is over claims again that it is active; the next sweep finds out."""
        record = self.loop.run_until_complete(self.rig.registry.get(session_id)) if self.disk_works() else None
        if record is None or session_id in self.rig.manager.runners or self.rig.manager.may_restore(session_id):
            return
        self.loop.run_until_complete(self.rig.registry.save(replace(record, active=True)))
        self.sweep(dry_run=False)
        self.settle(1)
        after = self.loop.run_until_complete(self.rig.registry.get(session_id))
        assert after is None or not after.active or session_id in self.rig.manager.runners, "an orphan is left"

    @rule(seconds=moments)
    def time_passes(self, seconds: float) -> None:
        self.settle(seconds)

    @rule(seconds=st.floats(-HOUR, HOUR))
    def wall_clock_jumps(self, seconds: float) -> None:
        self.rig.clock.set_wall(self.rig.clock.wall() + seconds)

    @rule(how=st.sampled_from(["stopped", "killed", "killed_with_its_workers", "detached"]))
    def restart(self, how: str) -> None:
        """End the daemon in one of the four ways there are, and start another on the same disk."""
        self.disk(registry=False, files=False)
        if how == "stopped":
            self.ask(self.rig.manager.shutdown())
            self.settle(60)
            assert self.rig.engine.clients == {}, "an orderly stop ends every client"
        elif how == "detached":
            self.ask(self.rig.manager.detach())
            self.settle(60)
        elif how == "killed_with_its_workers":
            self.rig.engine.dismiss()
        clients = dict(self.rig.engine.clients)
        self.end()
        assert how == "killed_with_its_workers" or self.rig.engine.clients == clients, (
            "what runs without a daemon goes on"
        )
        self.rig.manager = self.rig.new_manager()
        self.begin()
        self.ask(self.rig.manager.adopt())
        self.ask(self.rig.manager.restore())
        self.settle(1)

    @rule()
    def calm(self) -> None:
        """When all faults end, memory and registry come to agree, and nothing claims to be what it is not."""
        self.disk(registry=False, files=False)
        self.settle(STORAGE_RETRY + 1)
        self.ask(self.rig.manager.restore())
        self.settle(1)
        self.sweep(dry_run=False)
        records, live = self.memory_and_registry_agree()
        for session_id in records.keys() - live.keys():
            assert not records[session_id].active, f"{session_id} claims to be active"
        assert self.rig.engine.clients.keys() <= live.keys(), "a client runs without a session"
        for session_id, record in live.items():
            if record.state is not SessionState.DISCONNECTED:
                assert self.rig.engine.clients[session_id].generation == record.generation

    # ── what always holds ────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def nothing_forbidden_has_happened(self) -> None:
        assert not self.rig.violations
        assert not [entry for entry in self.logs if entry["event"] == "session.defect"]
        self.logs.clear()

    @invariant()
    def the_limit_holds(self) -> None:
        assert self.rig.manager.stats().active <= LIMIT
        assert len(self.rig.engine.clients) <= LIMIT

    @invariant()
    def timers_belong_to_live_sessions(self) -> None:
        stats = self.rig.manager.stats()
        armed = self.rig.manager._scheduler.armed  # pyright: ignore[reportPrivateUsage] - the counts leave two kinds out
        assert armed.keys() <= self.rig.manager.runners.keys()
        assert stats.qr_timers <= stats.sessions[SessionState.QR_GENERATED]
        assert stats.qr_timers + stats.session_timers <= stats.active

    @invariant()
    def a_terminal_session_is_on_its_way_out(self) -> None:
        for view in self.rig.manager.live():
            if view.record.state in TERMINAL:
                assert self.rig.manager.runners[view.record.session_id].removing


TestManagerLife = ManagerLife.TestCase
TestManagerLife.settings = settings(max_examples=EXAMPLES, deadline=None)
