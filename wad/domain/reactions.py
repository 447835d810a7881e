"""How a session's machine answers what happens to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from wad.domain import effects as do
from wad.domain import events as ev
from wad.domain.qr_window import QrWindow
from wad.domain.records import EventKind, SessionRecord
from wad.domain.session_book import SessionBook
from wad.domain.states import (
    DELETES_FILES,
    DISCARDS_UNPAIRED,
    DesiredState,
    RemovalReason,
    SessionState,
    end_state,
)

if TYPE_CHECKING:
    from wad.domain.effects import Effect
    from wad.domain.events import Moment, UserIdentity

_S = SessionState
_REFUSALS = frozenset({"CONNECT_FAILED", "PAIRING_FAILED"})
_MOVABLE = frozenset({_S.CONNECTING, _S.QR_GENERATED, _S.RECONNECTING})
_MAY_ASK_FOR_QR = frozenset({_S.CONNECTING, _S.QR_GENERATED})


class Reactions(SessionBook):
    """What one session does about each thing that happens to it; :class:`wad.domain.session.Session` is driven by it.

    Args:
        record: What is known of it; a new session's record is fresh.
        now: The present.
        paired: Its directory holds the credentials of a linked device.
        interactive: Somebody waits for the outcome. Then refused credentials give way to a QR, and a first attempt that
            reaches nothing removes the session, so that a failed creation leaves no trace.
    """

    def __init__(self, record: SessionRecord, now: Moment, *, paired: bool, interactive: bool) -> None:
        super().__init__(record, now)
        self.paired = paired
        self._interactive = interactive
        self._reached = False  # a QR or a connection, in this life
        self._with_stored_credentials = paired

    # ── the engine's reports ──────────────────────────────────────────────────────────────────────────────────────

    def _handle_engine(self, event: ev.EngineEvent) -> list[Effect]:  # noqa: C901, PLR0911, PLR0912 - one line an event
        match event:
            case ev.QrIssued():
                return self._show_qr(event)
            case ev.PairingCodeIssued():
                return self._show_pairing_code(event)
            case ev.QrBatchEnded():
                return self._ask_for_more_codes()
            case ev.PairSucceeded(user=user):
                return self._pair(user)
            case ev.PairFailed(message=message):
                return self._fail("PAIRING_FAILED", message)
            case ev.SyncStarted():
                return self._enter(_S.SYNCING) if self.state is _S.PAIRING_SUCCESS else []
            case ev.LoginStalled():
                return self._retry() if self.state is _S.PAIRING_SUCCESS else []
            case ev.ConnectionOpened(user=user):
                return self._open(user)
            case ev.ConnectionLost(message=message):
                return self._lose(message)
            case ev.ConnectFailed(code=code, message=message):
                return self._fail("CONNECT_FAILED", f"WhatsApp refused the login with code {code} {message}".rstrip())
            case ev.LoggedOut(on_connect=on_connect):
                return self._log_out(on_connect=on_connect)
            case ev.StreamReplaced():
                return self._give_way()
            case ev.TemporarilyBanned(code=code, expires_in=seconds):
                self._note("TEMPORARILY_BANNED", f"The account is banned for {seconds:.0f} s (code {code}).")
                return self._remove(RemovalReason.CONNECTION_ERROR)
            case ev.ClientOutdated():
                self._note("UPSTREAM_OUTDATED", "WhatsApp no longer accepts this engine's version; upgrade wad.")
                return self._remove(RemovalReason.CONNECTION_ERROR)
            case ev.ClientEnded(message=message, store_lost=True):
                return self._lose_store(message)
            case ev.ClientEnded(message=message):
                return self._fail("CLIENT_ENDED", message or "The engine's client ended without giving a reason.")
            case ev.HeartbeatAnswered():
                return self._heartbeat()
            case ev.HeartbeatMissed(message=message):
                self._note("HEARTBEAT_MISSED", message)
                return self._miss_heartbeat()
            case ev.MessageReceived(count=0):
                return []  # receipts say what others do, which is no use of the session
            case ev.MessageReceived(count=count):
                self._touch()
                self.record = replace(self.record, messages_received=self.record.messages_received + count)
                return [do.PersistSoon()]
            case ev.WorkerExited(worker=worker, status=status):
                return self._crash(f"Worker {worker} ended: {status}.")
            case ev.ReplacementDue():
                return self._move()
            case ev.StartFailed(reason=reason, message=message):
                return self._fail(reason, message, give_up=False)
            case _:  # pragma: no cover - the type checker proves it
                assert_never(event)

    def _show_qr(self, event: ev.QrIssued) -> list[Effect]:
        if self.state not in _MAY_ASK_FOR_QR:
            return []
        self._reached = True
        self.paired = self._with_stored_credentials = False
        window = self._limits.window
        if window is None or (self.state is _S.CONNECTING and window.is_closed(self._now)):
            window = self._limits.window = QrWindow(self._now, self.policy.qr_window)
        changed = self._enter(_S.QR_GENERATED)
        window.show(event, self._now)
        return [*changed, self._tell(EventKind.QR_ISSUED)]

    def _show_pairing_code(self, event: ev.PairingCodeIssued) -> list[Effect]:
        window = self._limits.window
        if self.state is not _S.QR_GENERATED or window is None or window.batch_ended:
            return []
        self._touch()
        window.show_code(event, self._now)
        return [self._tell(EventKind.PAIRING_CODE_ISSUED)]

    def _ask_for_more_codes(self) -> list[Effect]:
        """Restart the engine for a fresh batch: WhatsApp's codes last 160 s, the user's window is longer."""
        window = self._limits.window
        if self.state is not _S.QR_GENERATED or window is None:
            return self._fail("CONNECTION_CLOSED", "WhatsApp closed the connection before it sent a QR.")
        window.end_batch()
        if not window.ended_at_once(self._now):
            return self._retry()
        self._attempts.fail()  # the server closes at once: ask again, but ever more slowly
        self._attempts.back_off(self._now)
        return [do.StopClient(self.generation)]

    def _pair(self, user: UserIdentity) -> list[Effect]:
        if self.state is not _S.QR_GENERATED:
            return []
        self.paired = True
        self._touch()
        self.record = replace(self.record, user=user)
        self._refuses(user)
        entered = self._enter(_S.PAIRING_SUCCESS)
        self._attempts.expect_login(self._now)
        return entered

    def _refuses(self, user: UserIdentity) -> bool:
        """Return True, and note why, when another phone has linked the device than the one that was declared."""
        device = self.record.device
        if device is None or device.belongs_to(user):
            return False
        whose = f"{device.device_id} of {device.phone_number}"
        self._note("PHONE_MISMATCH", f"Device {whose} was linked by another phone, {user.phone_number}.")
        return True

    def _open(self, user: UserIdentity) -> list[Effect]:
        if not user.jid and self.record.user is not None:
            user = self.record.user  # the engine, or a worker of an older release, did not say who it is
        if self.state is _S.CONNECTED:
            if user == self.record.user:
                return []
            self.record = replace(self.record, user=user)
            return [do.Persist()]
        if self.state is _S.DISCONNECTED:
            return []
        if self._refuses(user):
            return self._remove(RemovalReason.LOGOUT)  # only now: unlinking takes a connection
        done: list[Effect] = []
        just_paired = self.state in (_S.QR_GENERATED, _S.PAIRING_SUCCESS, _S.SYNCING)
        if self.state is _S.PAIRING_SUCCESS:
            done += self._enter(_S.SYNCING)
        if self._lost:
            self._lost, self.record = False, replace(self.record, reconnects=self.record.reconnects + 1)
        self._reached = self.paired = True
        self._attempts.open(self._now)
        self._heartbeats.begin(self._now)
        self._touch()
        self.record = replace(
            self.record,
            user=user,
            connected_at=self._now.wall,
            auto_reconnected=self._with_stored_credentials,
            last_heartbeat_at=self._now.wall,
            failed_heartbeats=0,
        )
        done += self._enter(_S.CONNECTED)
        if just_paired:
            done.append(self._tell(EventKind.AUTH_SUCCESS))
        return done

    def _lose(self, message: str) -> list[Effect]:
        if self.state is not _S.CONNECTED:
            return []  # still on its way: the engine tries again, and the state's limit ends it
        self._attempts.lose(self._now)
        self._note("CONNECTION_LOST", message)
        return self._enter(_S.RECONNECTING)

    def _log_out(self, *, on_connect: bool) -> list[Effect]:
        self._note("LOGGED_OUT", "WhatsApp says that this device is no longer linked.")
        if on_connect and self._interactive and not self._reached:
            old = self.generation
            self.paired = self._with_stored_credentials = False
            self.record = replace(self.record, user=None)
            self._limits.entered = self._now.mono
            return [do.StopClient(old), do.TrashCredentials(), do.Persist(), self._start_client()]
        return self._remove(RemovalReason.LOGOUT, unlink=False)

    def _give_way(self) -> list[Effect]:
        """Let the other client have the stream: two that fight for it replace each other for ever."""
        self._note("REPLACED", "Another client logged in with this session's credentials.")
        stop = do.StopClient(self.generation)
        entered = self._enter(_S.DISCONNECTED)
        self._attempts.give_way(self._now)
        return [*entered, stop]

    def _overrun(self) -> list[Effect]:
        """End a state that has lasted longer than it may."""
        if self.state is _S.QR_GENERATED:
            return self._remove(RemovalReason.QR_EXPIRED)
        return self._fail("TIMED_OUT", f"The session was {self.state} for longer than it may be.")

    # ── heartbeats ────────────────────────────────────────────────────────────────────────────────────────────────

    def _ask_for_heartbeat(self) -> list[Effect]:
        self._heartbeats.plan_next(self._now)
        if self.state is _S.CONNECTED:
            return [do.Probe(self.generation)]
        return self._miss_heartbeat()

    def _heartbeat(self) -> list[Effect]:
        self._heartbeats.succeed(self._now)
        self.record = replace(self.record, last_heartbeat_at=self._now.wall, failed_heartbeats=0)
        return [do.PersistSoon(), self._tell(EventKind.HEARTBEAT)]

    def _miss_heartbeat(self) -> list[Effect]:
        missed = self.record.failed_heartbeats + 1
        self.record = replace(self.record, failed_heartbeats=missed)
        told: list[Effect] = [do.Persist(), self._tell(EventKind.HEARTBEAT)]
        if 0 < self.policy.max_failed_heartbeats <= missed:
            return [*told, *self._remove(RemovalReason.HEARTBEAT)]
        return told

    # ── attempts ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _start_client(self) -> do.StartClient:
        self.record = replace(self.record, generation=self.generation + 1)
        return do.StartClient(self.generation, alone=self._attempts.suspected)

    def _retry(self) -> list[Effect]:
        """Replace the client: a new attempt, more codes, or a cure for a silent one."""
        old = self.generation
        self._attempts.next_at = None
        if self.state is _S.DISCONNECTED:
            return [*self._enter(_S.CONNECTING), self._start_client()]
        if self.state is _S.PAIRING_SUCCESS:
            self._attempts.expect_login_longer(self._now)
        return [do.StopClient(old), self._start_client(), do.Persist()]

    def _connect_now(self) -> list[Effect]:
        if self.state is not _S.DISCONNECTED:
            return []
        self._attempts.insist()
        self.record = replace(self.record, last_error=None)
        return self._retry()

    def _crash(self, message: str) -> list[Effect]:
        """Come back after a crash of the worker, unless there were too many of them."""
        if self.state is _S.DISCONNECTED:
            return []
        crashes = self._attempts.crash(self._now)
        if not self._attempts.crash_looping:
            return self._fail("WORKER_EXITED", message, give_up=False)
        count = f"It was crash {crashes} within {self.policy.restart_period:g} s; reconnect the session by hand."
        effects = self._fail("CRASH_LOOP", f"{message} {count}", give_up=False)
        self._attempts.next_at = None
        return effects

    def _move(self) -> list[Effect]:
        """Go on in another worker; while a phone is being linked that would cost the link, and is left for later."""
        if self.state is _S.CONNECTED:
            old = self.generation
            return [*self._enter(_S.RECONNECTING), do.StopClient(old), self._start_client(), do.Persist()]
        return self._retry() if self.state in _MOVABLE else []

    def _lose_store(self, trouble: str) -> list[Effect]:
        """Wait for the store to come back: a linked session never begins another one in its place."""
        reason = "CREDENTIALS_MISSING" if self.paired else "STORAGE_ERROR"
        message = (
            f"The session's directory was taken away while it was in use: {trouble}. Is its disk mounted? Bring the "
            "directory back; the session then goes on by itself."
        )
        return self._fail(reason, message, give_up=False)

    def _fail(self, reason: str, message: str, *, give_up: bool = True) -> list[Effect]:
        """End an attempt; another follows after a while, unless there were too many.

        A fault on our own side (*give_up* is False) never counts against the session: it comes back when that ends. Nor
        does it count against a linked one that WhatsApp cannot be reached: an outage of minutes must not end every
        session for good. What counts is that WhatsApp refuses.
        """
        give_up = give_up and (reason in _REFUSALS or not self.paired)
        if self.state is _S.DISCONNECTED:
            return []
        if self.state is _S.CONNECTED:
            self._attempts.lose(self._now)
        self._note(reason, message)
        self._attempts.fail(ours=not give_up)
        if self._interactive and not self._reached:
            return self._remove(RemovalReason.ERROR)
        if give_up and self._attempts.exhausted:
            return self._remove(RemovalReason.CONNECTION_ERROR)
        stop = do.StopClient(self.generation)
        entered = self._enter(_S.DISCONNECTED)
        self._with_stored_credentials = self.paired
        self._attempts.back_off(self._now)
        return [*entered, stop]

    # ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _remove(self, reason: RemovalReason, *, unlink: bool = True) -> list[Effect]:
        """Take the session out of service: client, then record, then files, each only once the one before is done.

        A removal that deletes is recorded before anything is done, so that a daemon which dies in its midst finishes it
        at its next start.
        """
        generation = self.generation
        delete = reason in DELETES_FILES or (reason in DISCARDS_UNPAIRED and not self.paired)
        entered = self._enter(end_state(self.state, reason))
        self.removal = reason
        self.record = replace(self.record, active=False, removal=reason)
        if reason is not RemovalReason.SHUTDOWN:
            self.record = replace(self.record, desired=DesiredState.STOPPED)
        done: list[Effect] = [effect for effect in entered if not isinstance(effect, do.Persist)]
        if reason in DELETES_FILES:
            done.append(do.Persist())
            done += [do.Unlink(generation)] if unlink and self.paired else []
        done += [do.StopClient(generation), do.Persist()]
        if delete:
            done.append(do.Discard(reason))
        told = self._tell(EventKind.REMOVED)
        return [*done, told, do.Finish(reason, told.event.cause)]
