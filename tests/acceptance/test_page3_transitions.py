"""The state table's column "may go to", pair by pair: the real engine drives each one.

One pair is left to `tests/unit/domain`: see :data:`UNREACHABLE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Literal

import anyio
import pytest
from google.protobuf.duration_pb2 import Duration

from tests.house import PATIENCE, Emulated, House, until
from tests.watch_validator import ValidatedWatch
from wad.domain.states import TRANSITIONS, SessionState
from wad.emulator.faults import RefuseLogin, Stall
from wad.v1 import event_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from tests.house import Daemon
    from wad.emulator.faults import Rule

pytestmark = pytest.mark.anyio

S = SessionState
Pair = tuple[SessionState, SessionState]

UNREACHABLE: Mapping[Pair, str] = {
    (S.QR_GENERATED, S.CONNECTED): "the engine reports no connection of a new device before it has reported its pairing"
}
"""Pairs that the real engine cannot be brought to, and why; they guard against a report that was lost."""

STUCK = session_pb2.REMOVAL_REASON_STUCK
_numbers = count(491700000100)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Keep one loop for all pairs."""
    return "asyncio"


@pytest.fixture(scope="module")
async def daemon(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Daemon]:
    """Run one emulator and one daemon for all pairs."""
    root = tmp_path_factory.mktemp("transitions")
    async with Emulated.running(root) as emulated, House.of(emulated, root) as house, house.daemon() as daemon:
        yield daemon


@dataclass(frozen=True)
class Stage:
    """One session, its phone, and what can be done to them."""

    daemon: Daemon
    session_id: str
    phone: str

    async def begin(self, **seconds: float) -> str:
        """Create the session with limits of its own, and return its QR; attempts do not follow by themselves."""
        policy = session_pb2.Policy(pairing_silence=Duration(), backoff_base=Duration(seconds=60))
        for name, value in seconds.items():
            getattr(policy, name).FromMilliseconds(round(value * 1000))
        request = session_pb2.CreateSessionRequest(session_id=self.session_id, policy=policy)
        return (await self.daemon.sessions.CreateSession(request, timeout=PATIENCE)).session.qr.code

    async def scan(self, qr: str) -> None:
        """Let the phone scan."""
        await self.daemon.house.emulator.scan(qr, self.phone)

    async def link(self, **seconds: float) -> str:
        """Link the session and return its jid."""
        qr = await self.begin(**seconds)
        return (await self.daemon.until_state(self.session_id, "connected", after=lambda: self.scan(qr)))[-1].user.jid

    async def scan_until(self, state: SessionState, at: Literal["login", "requests"]) -> None:
        """Let the phone scan, and leave the device without an answer on its way to its connection."""
        await self.fault(Stall(target=self.phone, at=at))
        qr = await self.begin()
        await self.daemon.until_state(self.session_id, state, after=lambda: self.scan(qr))

    async def fault(self, rule: Rule) -> None:
        """Put a fault in force until the test is over."""
        await self.daemon.house.emulator.add_fault(rule)

    async def stop(self) -> None:
        """Stop the session."""
        request = session_pb2.StopSessionRequest(session_id=self.session_id)
        await self.daemon.sessions.StopSession(request, timeout=PATIENCE)

    async def reconnect(self) -> None:
        """Have the session connect with its credentials."""
        request = session_pb2.ReconnectSessionRequest(session_id=self.session_id)
        await self.daemon.sessions.ReconnectSession(request, timeout=PATIENCE)

    async def remove(self, reason: session_pb2.RemovalReason.ValueType = STUCK) -> None:
        """Remove the session."""
        await self.daemon.remove(self.session_id, reason)

    async def come_back(self, rule: Rule | None = None, **seconds: float) -> None:
        """Let the linked session begin an attempt, which may meet a fault."""
        await self.link(**seconds)
        await self.stop()
        if rule is not None:
            await self.fault(rule)
        await self.reconnect()

    async def lose(self, rule: Rule, **seconds: float) -> None:
        """Let the linked session lose its connection and meet a fault as it reconnects."""
        jid = await self.link(**seconds)
        await self.fault(rule)
        await self.daemon.until_state(
            self.session_id, "reconnecting", after=lambda: self.daemon.house.emulator.drop(jid)
        )

    async def give_way(self) -> None:
        """Let another client take the session's stream."""
        jid = await self.link()
        emulator = self.daemon.house.emulator
        await self.daemon.until_state(self.session_id, "disconnected", after=lambda: emulator.replace(jid))


async def revoke_while_syncing(stage: Stage) -> None:
    """Unlink a device on the phone that is being made ready."""
    await stage.scan_until(S.SYNCING, "requests")
    emulator = stage.daemon.house.emulator
    (jid,) = [jid for jid in await emulator.devices() if jid.startswith(stage.phone)]
    await emulator.revoke(jid)


async def connected_then(stage: Stage, action: str) -> None:
    """Do something to the stream of a connected session."""
    jid = await stage.link()
    await getattr(stage.daemon.house.emulator, action)(jid)


async def refused_after_pairing(stage: Stage) -> None:
    """Refuse the first login of a device that was just linked."""
    await stage.fault(RefuseLogin(target=stage.phone, reason=401))
    await stage.scan(await stage.begin())


async def stalled_after_pairing(stage: Stage, at: Literal["login", "requests"], **seconds: float) -> None:
    """Leave a device that was just linked without an answer, until a limit is over."""
    await stage.fault(Stall(target=stage.phone, at=at))
    await stage.scan(await stage.begin(**seconds))


async def cleared(stage: Stage, reached: Awaitable[object]) -> None:
    """Let an operator clear a session that has come to a state."""
    await reached
    await stage.remove()


def silent(stage: Stage) -> Stall:
    """Return a fault that leaves the logins of the session's device unanswered."""
    return Stall(target=stage.phone, at="login")


def refused(stage: Stage) -> RefuseLogin:
    """Return a fault that refuses the logins of the session's device."""
    return RefuseLogin(target=stage.phone, reason=401)


async def removed_when_replaced(stage: Stage) -> None:
    """Remove a session by hand that has given way to another client."""
    await stage.give_way()
    await stage.remove(session_pb2.REMOVAL_REASON_MANUAL)


async def wanted_when_replaced(stage: Stage) -> None:
    """Ask for a session that has given way to another client."""
    await stage.give_way()
    await stage.reconnect()


async def stopped_at_its_qr(stage: Stage) -> None:
    """Stop a session that shows a QR."""
    await stage.begin()
    await stage.stop()


DRIVEN: Mapping[Pair, Callable[[Stage], Awaitable[object]]] = {
    (S.CONNECTING, S.QR_GENERATED): lambda stage: stage.begin(),
    (S.CONNECTING, S.CONNECTED): lambda stage: stage.come_back(),
    (S.CONNECTING, S.DISCONNECTED): lambda stage: stage.come_back(silent(stage), connecting=2),
    (S.CONNECTING, S.LOGGED_OUT): lambda stage: stage.come_back(refused(stage)),
    (S.CONNECTING, S.EXPIRED): lambda stage: cleared(stage, stage.come_back(silent(stage))),
    (S.QR_GENERATED, S.PAIRING_SUCCESS): lambda stage: stage.link(),
    (S.QR_GENERATED, S.QR_EXPIRED): lambda stage: stage.begin(qr_window=1),
    (S.QR_GENERATED, S.DISCONNECTED): stopped_at_its_qr,
    (S.QR_GENERATED, S.EXPIRED): lambda stage: cleared(stage, stage.begin()),
    (S.PAIRING_SUCCESS, S.SYNCING): lambda stage: stage.link(),
    (S.PAIRING_SUCCESS, S.DISCONNECTED): lambda stage: stalled_after_pairing(stage, "login", pairing=1),
    (S.PAIRING_SUCCESS, S.LOGGED_OUT): refused_after_pairing,
    (S.PAIRING_SUCCESS, S.EXPIRED): lambda stage: cleared(stage, stage.scan_until(S.PAIRING_SUCCESS, "login")),
    (S.SYNCING, S.CONNECTED): lambda stage: stage.link(),
    (S.SYNCING, S.DISCONNECTED): lambda stage: stalled_after_pairing(stage, "requests", syncing=1),
    (S.SYNCING, S.LOGGED_OUT): revoke_while_syncing,
    (S.SYNCING, S.EXPIRED): lambda stage: cleared(stage, stage.scan_until(S.SYNCING, "requests")),
    (S.CONNECTED, S.RECONNECTING): lambda stage: connected_then(stage, "drop"),
    (S.CONNECTED, S.DISCONNECTED): lambda stage: connected_then(stage, "replace"),
    (S.CONNECTED, S.LOGGED_OUT): lambda stage: connected_then(stage, "revoke"),
    (S.CONNECTED, S.EXPIRED): lambda stage: stage.link(idle=2),
    (S.RECONNECTING, S.CONNECTED): lambda stage: connected_then(stage, "drop"),
    (S.RECONNECTING, S.DISCONNECTED): lambda stage: stage.lose(silent(stage), reconnecting=1),
    (S.RECONNECTING, S.LOGGED_OUT): lambda stage: stage.lose(refused(stage)),
    (S.RECONNECTING, S.EXPIRED): lambda stage: cleared(stage, stage.lose(silent(stage))),
    (S.DISCONNECTED, S.CONNECTING): wanted_when_replaced,
    (S.DISCONNECTED, S.LOGGED_OUT): removed_when_replaced,
    (S.DISCONNECTED, S.EXPIRED): lambda stage: cleared(stage, stage.give_way()),
}
"""What brings a session from one state to the other."""


class Seen:
    """The transitions of one session, as a watcher sees them."""

    def __init__(self, daemon: Daemon, session_id: str) -> None:
        self._daemon = daemon
        self._request = event_pb2.WatchEventsRequest(
            session_ids=[session_id],
            types=[event_pb2.EVENT_TYPE_STATE_CHANGED],
            from_now=event_pb2.FromNow(),
        )
        self.pairs: set[Pair] = set()
        self.live = anyio.Event()

    async def watch(self) -> None:
        """Note transitions until cancelled."""
        async for response in ValidatedWatch(self._daemon.events, self._request, timeout=2 * PATIENCE):
            self.live.set()
            change = response.event.state_changed
            if response.HasField("event") and change.from_state:
                self.pairs.add((state(change.from_state), state(change.to_state)))


def state(value: session_pb2.SessionState.ValueType) -> SessionState:
    """Return the state that the contract's number stands for."""
    return S(session_pb2.SessionState.Name(value).removeprefix("SESSION_STATE_").lower())


def test_every_pair_of_the_table_is_driven_or_said_to_be_out_of_reach() -> None:
    """No pair is forgotten, and none is driven that the table does not have."""
    table = {(source, target) for source, targets in TRANSITIONS.items() for target in targets}
    assert DRIVEN.keys() | UNREACHABLE.keys() == table
    assert not DRIVEN.keys() & UNREACHABLE.keys()


@pytest.mark.parametrize(("source", "target"), DRIVEN, ids=[f"{source}-to-{target}" for source, target in DRIVEN])
async def test_state_goes_to(daemon: Daemon, source: SessionState, target: SessionState) -> None:
    """The real engine brings a session from the one state to the other."""
    stage = Stage(daemon, f"{source}-{target}", str(next(_numbers)))
    seen = Seen(daemon, stage.session_id)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(seen.watch)
        await seen.live.wait()
        try:
            await DRIVEN[source, target](stage)
            await until(lambda: (source, target) in seen.pairs, f"{source} → {target}; seen: {seen.pairs}")
        finally:
            await daemon.house.emulator.clear_faults()
            tasks.cancel_scope.cancel()
    metrics = (await daemon.http("/metrics")).text
    assert f'wad_session_state_transitions_total{{from="{source}",to="{target}"}}' in metrics
