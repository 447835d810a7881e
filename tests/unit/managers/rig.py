"""A session manager on fakes: no process, no disk, and a clock that only moves when it is told to."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from wad.daemon.clock import FakeClock
from wad.domain.events import UserIdentity
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import SessionEvent
from wad.engine.simulated import SimulatedEngine
from wad.managers.hub import EventHub
from wad.managers.inbox import Inbox, InboxTerms
from wad.managers.session_manager import SessionManager
from wad.managers.terms import Limits
from wad.storage.memory import FakeSessionFiles, MemoryRegistry
from wad.storage.memory_messages import MemoryMessages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from wad.domain.records import SessionRecord, WatchEvent
    from wad.domain.states import RemovalReason

A, B, C = SessionId("a"), SessionId("b"), SessionId("c")
ADA = UserIdentity("491700000001:1@s.whatsapp.net", "1:1@lid", "Ada", "android")


class FixedChance:
    """No chance at all: jitter is always at its middle."""

    def chance(self) -> float:
        """Return one half."""
        return 0.5


class LinkedFiles(FakeSessionFiles):
    """Session directories that hold what the simulated engine has stored there."""

    def __init__(self, engine: SimulatedEngine) -> None:
        super().__init__()
        self._engine = engine

    async def is_paired(self, session_id: SessionId) -> bool:
        """Return True when the engine has credentials for the session."""
        await super().is_paired(session_id)
        return session_id in self._engine.credentials

    async def set_aside(self, session_id: SessionId) -> None:
        """Set the damaged credentials aside, where the engine does not find them."""
        assert session_id not in self._engine.clients, "files are moved under a client"
        await super().set_aside(session_id)
        self._engine.credentials.pop(session_id, None)

    async def delete(self, session_id: SessionId, reason: RemovalReason) -> None:
        """Delete the directory, and with it what the engine would find there."""
        assert session_id not in self._engine.clients, "files are deleted under a client"
        await super().delete(session_id, reason)
        self._engine.credentials.pop(session_id, None)


class Rig:
    """The manager and its fakes.

    Attributes:
        inbox: One that keeps nothing.
        events: Everything that was published, in order.
    """

    def __init__(
        self, *, policy: Policy | None = None, limits: Limits | None = None, records: Sequence[SessionRecord] = ()
    ) -> None:
        self.clock = FakeClock()
        self.engine = SimulatedEngine()
        self.registry = MemoryRegistry(records)
        self.files = LinkedFiles(self.engine)
        self.events: list[SessionEvent] = []
        self.inbox = Inbox(MemoryMessages(), self.clock, InboxTerms(retention=0))
        self.policy, self.limits = policy or Policy(), limits or Limits()
        self.manager = self.new_manager()

    def new_manager(self) -> SessionManager:
        """Return a manager as a daemon that has just started has it, of the same disk and the same engine."""
        return SessionManager(
            engine=self.engine,
            pairing=self.engine,
            prober=self.engine,
            lasting=self.engine,
            registry=self.registry,
            files=self.files,
            inspector=self.files,
            hub=EventHub(sinks=(self,)),
            clock=self.clock,
            entropy=FixedChance(),
            policy=self.policy,
            limits=self.limits,
        )

    def publish(self, event: WatchEvent) -> None:
        """Note an event."""
        assert isinstance(event, SessionEvent)
        self.events.append(event)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Rig]:
        """Run the manager."""
        async with anyio.create_task_group() as tasks:
            await tasks.start(self.manager.run)
            yield self
            tasks.cancel_scope.cancel()

    async def connect(self, session_id: SessionId) -> None:
        """Create a session and let its owner scan the QR."""
        await self.manager.create(session_id)
        self.engine.scan(session_id, ADA)
        await self.clock.advance(0)
        assert await self.state(session_id) == "connected"

    async def state(self, session_id: SessionId) -> str:
        """Return the session's state."""
        return (await self.manager.get(session_id)).record.state

    def kept(self, session_id: SessionId) -> None:
        """Let the session be one that an earlier daemon linked."""
        self.files.paired[session_id] = True
        self.engine.credentials[session_id] = ADA
