"""Whatever happens and whenever, a session only does what the table allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from wad.domain import effects as do
from wad.domain import events as ev
from wad.domain.deadlines import DeadlineKind
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import EventKind, SessionRecord
from wad.domain.session import Session
from wad.domain.states import (
    DELETES_FILES,
    DISCARDS_UNPAIRED,
    TERMINAL,
    TRANSITIONS,
    RemovalReason,
    SessionState,
)

if TYPE_CHECKING:
    from collections.abc import Callable

USER = ev.UserIdentity("491700000001:3@s.whatsapp.net", "123@lid", "Ada", "android")
LIMITED = {
    SessionState.CONNECTING: "connecting",
    SessionState.QR_GENERATED: "qr_window",
    SessionState.PAIRING_SUCCESS: "pairing",
    SessionState.SYNCING: "syncing",
    SessionState.RECONNECTING: "reconnecting",
}

USUAL: dict[SessionState, tuple[Callable[[int], ev.Event], Callable[[int], ev.Event]]] = {
    SessionState.CONNECTING: (lambda g: ev.QrIssued(g, "qr", 60), lambda g: ev.ConnectionOpened(g, USER)),
    SessionState.QR_GENERATED: (lambda g: ev.PairSucceeded(g, USER), ev.QrBatchEnded),
    SessionState.PAIRING_SUCCESS: (ev.SyncStarted, lambda g: ev.ConnectionOpened(g, USER)),
    SessionState.SYNCING: (lambda g: ev.ConnectionOpened(g, USER), lambda g: ev.ClientEnded(g, "")),
    SessionState.CONNECTED: (lambda g: ev.ConnectionLost(g, "gone"), lambda g: ev.WorkerExited(g, "w1", "signal 9")),
    SessionState.RECONNECTING: (lambda g: ev.ConnectionOpened(g, USER), lambda g: ev.ConnectionOpened(g, USER)),
}

generations = st.sampled_from(["present", "present", "present", "past", "future"])
durations = st.one_of(st.just(0.0), st.floats(0.5, 600))


def engine_events(generation: int) -> st.SearchStrategy[ev.Event]:
    """Return every kind of fact that an engine may report about *generation*."""
    return st.one_of(
        st.builds(ev.QrIssued, st.just(generation), st.just("qr"), st.sampled_from([20.0, 60.0])),
        st.builds(
            ev.PairingCodeIssued, st.just(generation), st.just("ABCD-1234"), st.just("491700000001"), st.just(160.0)
        ),
        st.builds(ev.QrBatchEnded, st.just(generation)),
        st.builds(ev.PairSucceeded, st.just(generation), st.just(USER)),
        st.builds(ev.PairFailed, st.just(generation), st.just("refused")),
        st.builds(ev.SyncStarted, st.just(generation)),
        st.builds(ev.LoginStalled, st.just(generation)),
        st.builds(ev.ConnectionOpened, st.just(generation), st.just(USER)),
        st.builds(ev.ConnectionLost, st.just(generation), st.just("gone")),
        st.builds(ev.ConnectFailed, st.just(generation), st.just(413), st.just("")),
        st.builds(ev.LoggedOut, st.just(generation), st.booleans(), st.just(401)),
        st.builds(ev.StreamReplaced, st.just(generation)),
        st.builds(ev.TemporarilyBanned, st.just(generation), st.just(101), st.just(60.0)),
        st.builds(ev.ClientOutdated, st.just(generation)),
        st.builds(ev.ClientEnded, st.just(generation), st.just("")),
        st.builds(ev.WorkerExited, st.just(generation), st.just("w1"), st.just("signal 9 (SIGKILL)")),
        st.builds(ev.StartFailed, st.just(generation), st.just("ENGINE_UNAVAILABLE"), st.just("no worker")),
    )


class SessionLife(RuleBasedStateMachine):
    """Random facts and random clocks drive one session; the invariants watch what it does."""

    @initialize(
        paired=st.booleans(),
        interactive=st.booleans(),
        policy=st.builds(
            Policy, connecting=durations, qr_window=durations, pairing=durations, idle=durations, max_age=durations
        ),
    )
    def begin(self, paired: bool, interactive: bool, policy: Policy) -> None:  # noqa: FBT001 - hypothesis passes them
        self.time = 1000.0
        record = SessionRecord(SessionId("s"), created_at=5e8, last_activity_at=5e8, policy=policy)
        self.session = Session(record, self.now(), paired=paired, interactive=interactive)
        self.running: set[int] = set()
        self.code_of = 0
        self.ended = False
        self.seen = SessionState.CONNECTING
        self.perform(self.session.start(self.now()))

    def now(self, chance: float = 0.5) -> ev.Moment:
        return ev.Moment(self.time, 5e8 + self.time, chance)

    def perform(self, effects: list[do.Effect]) -> None:
        for effect in effects:
            assert not self.ended, "nothing follows the end"
            match effect:
                case do.StartClient(generation):
                    assert not self.running, "two clients on one credential set"
                    self.running.add(generation)
                case do.StopClient(generation):
                    self.running.discard(generation)
                case do.TrashCredentials():
                    assert not self.running, "credentials are moved while a client uses them"
                case do.Discard(reason):
                    assert not self.running, "files are deleted under a client"
                    assert reason in DELETES_FILES or (reason in DISCARDS_UNPAIRED and not self.session.paired)
                case do.Publish(event) if event.kind is EventKind.STATE_CHANGED and event.previous is not None:
                    assert event.previous is self.seen
                    assert event.view.record.state in TRANSITIONS[self.seen]
                    self.seen = event.view.record.state
                case do.Publish(event) if event.kind is EventKind.PAIRING_CODE_ISSUED:
                    self.code_of = self.session.generation
                case do.Finish():
                    self.ended = True
                case _:
                    pass
        assert self.session.state is self.seen, "every transition is published"

    @rule(which=generations, data=st.data(), chance=st.floats(0, 1, exclude_max=True))
    def engine_reports(self, which: str, data: st.DataObject, chance: float) -> None:
        generation = self.session.generation + {"present": 0, "past": -1, "future": 1}[which]
        before = self.session.view()
        effects = self.session.handle(data.draw(engine_events(generation)), self.now(chance))
        if which != "present":
            assert not effects
            assert self.session.view() == before
        self.perform(effects)

    @precondition(lambda self: self.session.state in USUAL)
    @rule(pick=st.integers(0, 1), seconds=st.floats(0, 20))
    def life_goes_its_usual_way(self, pick: int, seconds: float) -> None:
        """Reach the states that a random fact seldom reaches."""
        self.time += seconds
        self.perform(self.session.handle(USUAL[self.session.state][pick](self.session.generation), self.now()))

    @rule(event=st.sampled_from([ev.Touched(), ev.ConnectRequested()]))
    def people_ask(self, event: ev.Event) -> None:
        self.perform(self.session.handle(event, self.now()))

    @precondition(lambda self: self.time > 1300)
    @rule(reason=st.sampled_from(RemovalReason))
    def removal(self, reason: RemovalReason) -> None:
        was_over = self.session.removal is not None
        self.perform(self.session.handle(ev.RemovalRequested(reason), self.now()))
        assert self.session.removal is not None
        assert was_over or self.session.removal is reason
        assert self.ended

    @rule(seconds=st.one_of(st.floats(0, 60), st.floats(0, 4000)))
    def time_passes(self, seconds: float) -> None:
        self.time += seconds
        self.perform(self.session.on_deadline(self.now()))

    @precondition(lambda self: self.session.next_deadline() is not None)
    @rule(chance=st.floats(0, 1, exclude_max=True))
    def deadline_comes(self, chance: float) -> None:
        deadline = self.session.next_deadline()
        assert deadline is not None
        self.time = max(self.time, deadline.at)
        before = (self.session.view(), self.session.next_deadline())
        self.perform(self.session.on_deadline(self.now(chance)))
        assert (self.session.view(), self.session.next_deadline()) != before, "a deadline that is due has an effect"

    @invariant()
    def terminal_states_have_no_deadline(self) -> None:
        if self.session.state in TERMINAL or self.session.removal is not None:
            assert self.session.next_deadline() is None
            assert self.ended

    @invariant()
    def live_states_with_a_limit_have_a_deadline(self) -> None:
        if self.session.removal is not None:
            return
        policy, state = self.session.policy, self.session.state
        name = LIMITED.get(state)
        limited = bool(name and getattr(policy, name)) or (state is SessionState.CONNECTED and bool(policy.idle))
        if limited or policy.max_age:
            assert self.session.next_deadline() is not None

    @invariant()
    def qr_is_shown_only_while_it_can_be_scanned(self) -> None:
        assert (self.session.view().qr is not None) == (self.session.state is SessionState.QR_GENERATED)

    @invariant()
    def pairing_code_is_shown_only_next_to_the_qr_of_its_client(self) -> None:
        code = self.session.view().pairing_code
        if code is not None:
            assert self.session.state is SessionState.QR_GENERATED
            assert self.running == {self.session.generation} == {self.code_of}

    @invariant()
    def deadlines_of_qr_belong_to_the_qr_state(self) -> None:
        deadline = self.session.next_deadline()
        if deadline is not None and deadline.kind is DeadlineKind.QR:
            assert self.session.state is SessionState.QR_GENERATED


TestSessionLife = SessionLife.TestCase
TestSessionLife.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
