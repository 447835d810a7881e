"""The session machine, rule by rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wad.domain import effects as do
from wad.domain import events as ev
from wad.domain.errors import InvalidInput
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import EventKind, SessionRecord
from wad.domain.session import Session
from wad.domain.states import RemovalReason

ADA = ev.UserIdentity("491700000001:3@s.whatsapp.net", "1:3@lid", "Ada", "android")


class Life:
    """One session and its time."""

    def __init__(self, *, paired: bool = False, interactive: bool = True, policy: Policy | None = None) -> None:
        self.time = 0.0
        record = SessionRecord(SessionId("s"), created_at=0, last_activity_at=0, policy=policy or Policy())
        self.session = Session(record, self.now(), paired=paired, interactive=interactive)
        self.effects = self.session.start(self.now())

    def now(self) -> ev.Moment:
        """Return the present, with chance at its middle."""
        return ev.Moment(self.time, 1e9 + self.time, 0.5)

    def tell(self, *happened: ev.Event) -> Life:
        """Let things happen."""
        for event in happened:
            self.effects = self.session.handle(event, self.now())
        return self

    def wait(self, seconds: float) -> Life:
        """Let time pass."""
        self.time += seconds
        self.effects = self.session.on_deadline(self.now())
        return self

    def qr(self) -> Life:
        """Reach ``qr_generated``."""
        return self.tell(ev.QrIssued(self.session.generation, "code", 60))

    def scanned(self) -> Life:
        """Reach ``pairing_success``."""
        return self.qr().tell(ev.PairSucceeded(self.session.generation, ADA))

    def syncing(self) -> Life:
        """Reach ``syncing``."""
        return self.scanned().tell(ev.SyncStarted(self.session.generation))

    def connected(self) -> Life:
        """Reach ``connected``."""
        return self.tell(ev.ConnectionOpened(self.session.generation, ADA))

    @property
    def state(self) -> str:
        """The session's state."""
        return self.session.state

    def kinds(self) -> list[str]:
        """Return the names of the latest effects."""
        return [type(effect).__name__ for effect in self.effects]


@pytest.mark.parametrize(
    ("life", "limit", "state"),
    [
        (Life(interactive=False), 60, "disconnected"),
        (Life().syncing(), 60, "disconnected"),
        (Life().connected().tell(ev.ConnectionLost(1, "gone")), 60, "disconnected"),
        (Life().qr(), 300, "qr_expired"),
        (Life().connected(), 15 * 60, "expired"),
        (Life(policy=Policy(idle=0)).connected(), 2 * 60 * 60, "expired"),
    ],
    ids=["connecting", "syncing", "reconnecting", "qr_generated", "idle", "max age"],
)
def test_a_state_ends_at_its_limit_and_not_before(life: Life, limit: float, state: str) -> None:
    """A state lasts exactly as long as its limit allows."""
    before = life.state
    assert life.wait(limit - 0.001).state == before
    assert life.wait(0.001).state == state


def test_pairing_ends_at_its_limit_whatever_was_tried_before() -> None:
    """A client that stays silent after the scan is replaced, and at 30 s the pairing is given up."""
    life = Life().scanned()
    assert life.wait(5).kinds() == ["StopClient", "StartClient", "Persist"]
    assert life.wait(9.9).effects == []
    assert life.wait(0.1).kinds() == ["StopClient", "StartClient", "Persist"]
    assert life.state == "pairing_success"
    assert life.wait(15).state == "disconnected"


def test_a_client_that_will_not_log_in_is_replaced_at_once() -> None:
    """A linked client that is known to be stalled gives way to one that logs in with what it has stored."""
    life = Life().scanned().tell(ev.LoginStalled(1))
    assert life.kinds() == ["StopClient", "StartClient", "Persist"]
    assert (life.state, life.session.generation) == ("pairing_success", 2)
    assert life.connected().state == "connected"


def test_a_stalled_login_means_nothing_once_the_client_has_logged_in() -> None:
    """Only a session that waits for its first login has its client replaced."""
    assert Life().syncing().tell(ev.LoginStalled(1)).effects == []


def test_a_pairing_goes_through_every_state() -> None:
    """When the engine skips a step, the watchers still see each state once, in order."""
    life = Life().scanned().connected()
    published = [effect.event for effect in life.effects if isinstance(effect, do.Publish)]
    assert [(event.kind, event.view.record.state) for event in published] == [
        (EventKind.STATE_CHANGED, "syncing"),
        (EventKind.STATE_CHANGED, "connected"),
        (EventKind.AUTH_SUCCESS, "connected"),
    ]


@pytest.mark.parametrize("seconds", [0, 1, 14 * 60])
def test_a_touch_begins_the_idle_time_anew(seconds: float) -> None:
    """Activity moves the idle limit by as much, and costs no effect."""
    life = Life().connected()
    life.time += seconds
    assert life.tell(ev.Touched()).effects == []
    assert life.wait(15 * 60 - 0.001).state == "connected"
    assert life.wait(0.001).state == "expired"


@pytest.mark.parametrize("failures", range(1, 9))
def test_backoff_doubles_up_to_its_cap(failures: int) -> None:
    """The longest wait is 1, 2, 4 … seconds and never more than 60; full jitter draws from all of it."""
    policy = Policy()
    longest = min(60, 2 ** (failures - 1))
    assert policy.backoff(failures, 0) == 0
    assert policy.backoff(failures, 0.5) == longest / 2
    assert policy.backoff(failures, 1) == longest


def test_ten_refusals_in_a_row_end_a_session_and_keep_its_files() -> None:
    """Permanent trouble ends in a removal that deletes nothing."""
    life = Life(paired=True, interactive=False)
    for _ in range(10):
        life.tell(ev.ConnectFailed(life.session.generation, 400, "bad request"))
        life.wait(60)
    assert life.session.removal is RemovalReason.CONNECTION_ERROR
    assert "Discard" not in life.kinds()


@pytest.mark.parametrize("linked", [True, False])
def test_an_outage_never_ends_a_linked_session(linked: bool) -> None:  # noqa: FBT001 - pytest passes it
    """However long WhatsApp cannot be reached, a linked session goes on trying; one that nobody linked is given up."""
    life = Life(paired=linked, interactive=False, policy=Policy(idle=0, max_age=0))
    for _ in range(100):
        life.tell(ev.ClientEnded(life.session.generation, "connection refused"))
        life.wait(60)
    assert life.session.removal is (None if linked else RemovalReason.CONNECTION_ERROR)


def test_faults_of_our_own_never_end_a_session() -> None:
    """As long as no worker can be started, a wanted session waits; it comes back when one can."""
    life = Life(paired=True, interactive=False)
    for _ in range(50):
        life.tell(ev.StartFailed(life.session.generation, "ENGINE_UNAVAILABLE", "no worker"))
        life.wait(60)
    assert life.session.removal is None
    assert life.connected().state == "connected"


def test_faults_of_our_own_leave_the_session_all_its_attempts() -> None:
    """However long our side was at fault, only failures of another kind end the session, and only ten of them."""
    life = Life(paired=True, interactive=False)
    for _ in range(50):
        life.tell(ev.StartFailed(life.session.generation, "STORAGE_ERROR", "no disk")).wait(60)
    for _ in range(9):
        life.tell(ev.ClientEnded(life.session.generation, "refused")).wait(60)
    assert life.session.removal is None


def test_a_lost_store_is_waited_for() -> None:
    """A session whose store was taken away says so, and tries again until it is back, however often that fails."""
    life = Life(paired=True).connected()
    for _ in range(50):
        life.tell(ev.ClientEnded(life.session.generation, "its file is gone", store_lost=True))
        assert life.session.state == "disconnected"
        assert life.session.record.last_error is not None
        assert life.session.record.last_error.reason == "CREDENTIALS_MISSING"
        assert "its file is gone" in life.session.record.last_error.message
        life.wait(60)
    assert life.connected().session.state == "connected"


def test_an_unlinked_session_that_loses_its_store_shows_another_qr() -> None:
    """Without credentials there is none to wait for: the storage is blamed, and the user's time to scan goes on."""
    life = Life().qr().tell(ev.ClientEnded(1, "its file is gone", store_lost=True))
    assert life.session.state == "disconnected"
    assert life.session.record.last_error is not None
    assert life.session.record.last_error.reason == "STORAGE_ERROR"
    assert life.wait(60).qr().session.state == "qr_generated"


def test_a_stable_connection_forgives_earlier_failures() -> None:
    """The count of failures begins anew after 60 s of connection."""
    life = Life(paired=True, interactive=False)
    for _ in range(30):
        life.tell(ev.ClientEnded(life.session.generation, "refused")).wait(60)
        life.connected().wait(60).tell(ev.ConnectionLost(life.session.generation, "gone"))
    assert life.session.removal is None


@pytest.mark.parametrize(
    ("event", "reason"),
    [(ev.TemporarilyBanned(1, 101, 3600), "TEMPORARILY_BANNED"), (ev.ClientOutdated(1), "UPSTREAM_OUTDATED")],
)
def test_permanent_causes_end_a_session_at_once(event: ev.Event, reason: str) -> None:
    """A ban or an outdated engine is not tried again; the cause is told, the files stay."""
    life = Life(paired=True).tell(event)
    assert life.session.removal is RemovalReason.CONNECTION_ERROR
    assert life.session.record.last_error is not None
    assert life.session.record.last_error.reason == reason
    assert "Discard" not in life.kinds()


def test_removal_closes_first_and_deletes_last() -> None:
    """The order is client, record, files."""
    life = Life().connected().tell(ev.RemovalRequested(RemovalReason.LOGOUT))
    assert life.kinds() == ["Publish", "Persist", "Unlink", "StopClient", "Persist", "Discard", "Publish", "Finish"]


def test_a_logout_by_the_phone_is_not_unlinked_again() -> None:
    """WhatsApp has unlinked the device already; only our side is cleared."""
    life = Life().connected().tell(ev.LoggedOut(1, on_connect=False, code=401))
    assert life.session.removal is RemovalReason.LOGOUT
    assert "Unlink" not in life.kinds()


def test_a_moment_does_not_come_back_with_the_wall_clock() -> None:
    """Setting the wall clock moves no deadline: only what is shown."""
    life = Life().connected()
    deadline = life.session.next_deadline()
    yesterday = replace(life.now(), wall=life.now().wall - 86_400)
    life.session.handle(ev.ConnectionOpened(1, ADA), yesterday)
    assert life.session.next_deadline() == deadline


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_a_limit_is_a_duration(value: float) -> None:
    """A negative or endless limit is refused with the name of its field."""
    with pytest.raises(InvalidInput) as caught:
        Policy(idle=value)
    assert caught.value.field == "policy.idle"


def test_a_late_code_does_not_open_the_window_again() -> None:
    """A code that is handled after the window's end, but before its deadline, does not give another five minutes."""
    life = Life().qr()
    life.time = 300.5
    life.qr()
    assert life.wait(0).session.removal is RemovalReason.QR_EXPIRED


@pytest.mark.parametrize("window", [0, 300])
def test_codes_are_counted_through_the_window(window: float) -> None:
    """Each code of a window has the next number, whether or not the window ever closes."""
    life = Life(policy=Policy(qr_window=window))
    attempts: list[int] = []
    for _ in range(3):
        life.time += 20
        view = life.qr().session.view()
        assert view.qr is not None
        attempts.append(view.qr.attempt)
    assert attempts == [1, 2, 3]


def test_a_connection_while_a_qr_is_shown_is_a_connection() -> None:
    """When the report of a scan was lost, the connection that comes of it is not: the QR is over, its user known."""
    life = Life().qr().connected()
    assert life.state == "connected"
    assert life.session.view().qr is None
    assert life.session.record.user == ADA


def crash(life: Life) -> None:
    """Let the worker crash, and the session come back."""
    life.tell(ev.WorkerExited(life.session.generation, "w1", "signal 9 (SIGKILL)"))


def test_a_session_lives_through_as_many_crashes_as_it_may_and_no_more() -> None:
    """The sixth crash within five minutes leaves the session disconnected, until somebody asks for it."""
    life = Life(paired=True, interactive=False).connected()
    for _crash in range(5):
        crash(life)
        assert life.session.record.last_error is not None
        assert life.session.record.last_error.reason == "WORKER_EXITED"
        life.wait(59).connected()
    crash(life)
    assert life.session.record.last_error is not None
    assert (life.session.state, life.session.record.last_error.reason) == ("disconnected", "CRASH_LOOP")
    assert life.session.removal is None
    life.wait(3600)
    assert life.session.state == "disconnected"
    life.tell(ev.ConnectRequested())
    assert life.session.state == "connecting"


def test_crashes_that_are_far_apart_are_lived_through_for_ever() -> None:
    """Only crashes within the period count."""
    life = Life(paired=True, interactive=False, policy=Policy(idle=0, max_age=0)).connected()
    for _crash in range(50):
        crash(life)
        life.wait(60).connected().wait(15)
    assert life.session.state == "connected"


def test_a_session_that_crashes_again_gets_a_worker_of_its_own() -> None:
    """After the second crash the session is kept apart, so that it takes no other down."""
    life = Life(paired=True, interactive=False).connected()
    for alone in (False, True):
        crash(life)
        life.wait(59)
        assert [e.alone for e in life.effects if isinstance(e, do.StartClient)] == [alone]
        life.connected()


def test_crashes_never_remove_a_session() -> None:
    """A worker's end is our own fault: it is not held against the session."""
    life = Life(paired=True, interactive=False, policy=Policy(restart_intensity=0, max_failures=3)).connected()
    for _crash in range(20):
        crash(life)
        life.wait(60)
    assert life.session.removal is None


def test_a_connected_session_moves_by_stopping_first() -> None:
    """A session whose worker is replaced never has two clients, and comes back as it was."""
    life = Life(paired=True, interactive=False).connected()
    old = life.session.generation
    life.tell(ev.ReplacementDue(old))
    steps = [effect for effect in life.effects if isinstance(effect, do.StopClient | do.StartClient)]
    assert steps == [do.StopClient(old), do.StartClient(old + 1)]
    assert life.session.state == "reconnecting"
    assert life.connected().session.state == "connected"


def test_a_session_that_is_being_linked_does_not_move() -> None:
    """A move in the midst of a pairing would cost the link."""
    for life in (Life().scanned(), Life().syncing()):
        assert life.tell(ev.ReplacementDue(life.session.generation)).effects == []


@pytest.mark.parametrize(
    "loss",
    [ev.ConnectionLost(1, "gone"), ev.WorkerExited(1, "w1", "signal 9 (SIGKILL)"), ev.StreamReplaced(1)],
    ids=["lost", "crashed", "replaced"],
)
def test_every_connection_that_is_restored_counts_once(loss: ev.EngineEvent) -> None:
    """However a connection was lost and however many clients it took: back is back."""
    life = Life(paired=True, interactive=False).connected().tell(loss)
    if life.state == "disconnected":
        life.wait(60).tell(ev.ConnectFailed(life.session.generation, 500, "later")).wait(60)
    assert life.session.record.reconnects == 0
    assert life.connected().session.record.reconnects == 1


def test_the_first_connection_of_a_life_is_no_reconnect() -> None:
    """A session that begins with stored credentials, after failures too, has lost nothing yet."""
    life = Life(paired=True, interactive=False)
    life.tell(ev.ConnectFailed(1, 500, "later")).wait(60)
    assert life.connected().session.record.reconnects == 0


def test_the_latest_error_outlives_the_return_of_the_connection() -> None:
    """Whoever looks after a session has come back still reads why it was away, and since when."""
    life = Life(paired=True, interactive=False).connected().wait(7)
    crash(life)
    life.wait(60).connected()
    error = life.session.record.last_error
    assert error is not None
    assert (life.state, error.reason, error.at) == ("connected", "WORKER_EXITED", 1e9 + 7)


def test_who_asks_for_a_session_begins_without_its_old_error() -> None:
    """A creation and a reconnect by hand forget what went wrong before; a daemon that restores the session does not."""
    broken = Life(paired=True, interactive=False).connected()
    for _crash in range(6):
        crash(broken)
        broken.wait(59).connected()
    record = broken.session.record
    assert record.last_error is not None
    restored = Session(record, broken.now(), paired=True, interactive=False)
    restored.start(broken.now())
    assert restored.record.last_error == record.last_error
    created = Session(record, broken.now(), paired=True, interactive=True)
    created.start(broken.now())
    assert created.record.last_error is None
    assert broken.tell(ev.ConnectRequested()).session.record.last_error is None


@pytest.mark.parametrize(
    ("reason", "kept"), [("manual", False), ("stopped", False), ("stuck", True), ("shutdown", True)]
)
def test_who_ends_a_session_is_not_told_an_old_error_as_the_cause(reason: str, *, kept: bool) -> None:
    """An end that was asked for has no fault; a session that is stuck, or comes back, keeps what it suffered from."""
    life = Life(paired=True, interactive=False).connected()
    crash(life)
    life.wait(60).connected().tell(ev.RemovalRequested(RemovalReason(reason)))
    assert (life.session.record.last_error is not None) is kept
