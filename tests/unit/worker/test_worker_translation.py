"""What the library reports about a client means one thing on the wire."""

from collections.abc import Sequence

import pytest

from wad.wire.v1 import worker_pb2 as pb
from wad.worker import translation as t
from wad.worker.binding import neonize_pb
from wad.worker.client import event_of

JID = neonize_pb.JID(User="4915112345678", RawAgent=0, Device=3, Integrator=0, Server="s.whatsapp.net")
LID = neonize_pb.JID(User="777", RawAgent=0, Device=3, Integrator=0, Server="lid")
DEVICE = neonize_pb.Device(JID=JID, LID=LID, Platform="android", BussinessName="Shop", PushName="Ann", Initialized=True)
USER = pb.User(
    jid="4915112345678:3@s.whatsapp.net", lid="777:3@lid", push_name="Ann", platform="android", business_name="Shop"
)
CONNECTED = neonize_pb.Connected(status=True).SerializeToString()
DISCONNECTED = neonize_pb.Disconnected(status=True).SerializeToString()
PAIRED = neonize_pb.PairStatus(
    ID=JID, BusinessName="Shop", Platform="android", Status=neonize_pb.PairStatus.SUCCESS
).SerializeToString()


def opened() -> t.Translator:
    """Return the translator of a client that is open."""
    translator = t.Translator()
    translator.event(t.DEVICE, b"", None)
    translator.event(t.CONNECTED, CONNECTED, DEVICE)
    return translator


def kinds(facts: Sequence[t.Fact]) -> list[str]:
    """Return the facts' names."""
    return [type(fact).DESCRIPTOR.name for fact in facts]


def test_the_first_code_of_a_batch_lasts_longer() -> None:
    """The first QR code is valid for 60 s, every other for 20 s."""
    translator = t.Translator()
    shown = [translator.qr("a")[0], translator.qr("b")[0], translator.qr("c")[0]]
    assert [fact.valid_for_seconds for fact in shown if isinstance(fact, pb.QrIssued)] == [60, 20, 20]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("success", []),
        ("timeout", ["QrBatchEnded"]),
        ("error", ["PairFailed"]),
        ("err-client-outdated", ["ClientOutdated"]),
        ("err-scanned-without-multidevice", ["PairFailed"]),
        ("passkey-request", ["PairFailed"]),
        ("err-unexpected-state", ["ConnectFailed"]),
        ("a-word-of-a-later-release", ["ConnectFailed"]),
    ],
)
def test_every_end_of_the_qr_codes_has_a_meaning(word: str, meaning: list[str]) -> None:
    """No word with which the library ends its QR codes leaves a session waiting for nothing."""
    assert kinds(t.Translator().status(word)) == meaning


def test_a_pairing_says_who_was_linked() -> None:
    """The pairing names the device, with the hidden id that only the store has."""
    translator = t.Translator()
    translator.qr("a")
    translator.event(t.DEVICE, b"", None)
    (fact,) = translator.event(t.PAIR_STATUS, PAIRED, DEVICE)
    assert isinstance(fact, pb.PairSucceeded)
    assert (fact.user.jid, fact.user.lid, fact.user.business_name) == (USER.jid, USER.lid, "Shop")


def test_a_login_is_not_told_before_the_pairing_that_it_comes_of() -> None:
    """Between the device's report and the pairing's no login is looked for."""
    translator = t.Translator()
    translator.qr("a")
    translator.event(t.DEVICE, b"", None)
    assert not translator.awaits_login
    translator.event(t.PAIR_STATUS, PAIRED, DEVICE)
    assert translator.awaits_login


def paired() -> t.Translator:
    """Return the translator of a client that has just been linked."""
    translator = t.Translator()
    translator.qr("a")
    translator.event(t.DEVICE, b"", None)
    translator.event(t.PAIR_STATUS, PAIRED, DEVICE)
    return translator


def test_a_stalled_login_is_told_once() -> None:
    """Between the pairing and the first login a client may be found stalled, and says so a single time."""
    translator = paired()
    assert translator.is_to_log_in
    assert kinds(translator.stalled()) == ["LoginStalled"]
    assert kinds(translator.stalled()) == []


@pytest.mark.parametrize("kind", [t.CONNECTED, t.OFFLINE_SYNC_PREVIEW, t.DISCONNECTED])
def test_a_client_that_goes_on_is_not_stalled(kind: int) -> None:
    """Whoever has logged in, or whose connection the library restores by itself, is left alone."""
    translator = paired()
    translator.event(kind, {t.CONNECTED: CONNECTED, t.DISCONNECTED: DISCONNECTED}.get(kind, b""), DEVICE)
    assert not translator.is_to_log_in
    assert translator.stalled() == []


def test_stored_credentials_do_not_make_a_stalled_login() -> None:
    """A client that begins with the credentials of a linked device has an attempt of its own, with its own limit."""
    translator = t.Translator()
    translator.event(t.DEVICE, b"", None)
    assert translator.awaits_login
    assert not translator.is_to_log_in


def test_the_first_connection_follows_one_sync() -> None:
    """However the login is noticed, one SyncStarted precedes the first ConnectionOpened, and none a later one."""
    translator = t.Translator()
    translator.event(t.DEVICE, b"", None)
    facts = [
        *translator.event(t.CONNECTED, CONNECTED, DEVICE),
        *translator.logged_in(),
        *translator.event(t.DISCONNECTED, DISCONNECTED, None),
        *translator.event(t.OFFLINE_SYNC_COMPLETED, b"", None),
        *translator.event(t.CONNECTED, CONNECTED, DEVICE),
    ]
    assert kinds(facts) == ["SyncStarted", "ConnectionOpened", "ConnectionLost", "ConnectionOpened"]


def test_an_open_connection_says_who_it_is() -> None:
    """The user of a connection is the device's, complete."""
    translator = t.Translator()
    assert translator.event(t.CONNECTED, CONNECTED, DEVICE)[-1] == pb.ConnectionOpened(user=USER)


def test_a_loss_is_told_once() -> None:
    """Further signs of the same loss are not told, and before a connection there is none to lose."""
    translator = t.Translator()
    assert not translator.lost("early")
    translator = opened()
    timeout = neonize_pb.KeepAliveTimeout(ErrorCount=1, LastSuccess=0).SerializeToString()
    facts = [
        *translator.event(t.KEEP_ALIVE_TIMEOUT, timeout, None),
        *translator.event(t.KEEP_ALIVE_TIMEOUT, timeout, None),
        *translator.event(t.DISCONNECTED, DISCONNECTED, None),
        *translator.lost("probe"),
        *translator.event(t.KEEP_ALIVE_RESTORED, b"", DEVICE),
    ]
    assert kinds(facts) == ["ConnectionLost", "ConnectionOpened"]


@pytest.mark.parametrize(
    ("kind", "report", "fact"),
    [
        (
            t.LOGGED_OUT,
            neonize_pb.LoggedOut(OnConnect=True, Reason=neonize_pb.MAIN_DEVICE_GONE),
            pb.LoggedOut(on_connect=True, code=403),
        ),
        (t.STREAM_REPLACED, neonize_pb.StreamReplaced(), pb.StreamReplaced()),
        (
            t.TEMPORARY_BAN,
            neonize_pb.TemporaryBan(Code=neonize_pb.TemporaryBan.BROADCAST_LIST, Expire=3600),
            pb.TemporarilyBanned(code=106, expires_in_seconds=3600),
        ),
        (
            t.CONNECT_FAILURE,
            neonize_pb.ConnectFailure(
                Reason=neonize_pb.BAD_USER_AGENT, Message="no", Raw=neonize_pb.Node(Tag="failure")
            ),
            pb.ConnectFailed(code=409, message="no"),
        ),
        (t.CLIENT_OUTDATED, neonize_pb.ClientOutdated(), pb.ClientOutdated()),
    ],
)
def test_every_end_keeps_the_servers_code(kind: int, report: neonize_pb.LoggedOut, fact: t.Fact) -> None:
    """The library numbers the server's codes anew; on the wire they are the server's again."""
    translator = opened()
    assert translator.event(kind, report.SerializePartialToString(), None) == [fact]
    assert not translator.open


def test_an_unknown_event_means_nothing() -> None:
    """An event that is not subscribed is passed over."""
    assert not t.Translator().event(99, b"", None)


@pytest.mark.parametrize("name", [field.name for field in pb.Event.DESCRIPTOR.oneofs_by_name["fact"].fields])
def test_every_fact_has_its_place_in_an_event(name: str) -> None:
    """Whatever is translated can be wrapped."""
    fact = getattr(pb.Event(), name)
    event = event_of("s", 4, type(fact)())
    assert (event.session_id, event.generation, event.WhichOneof("fact")) == ("s", 4, name)


def test_a_pairing_code_can_be_asked_for_while_a_qr_is_shown() -> None:
    """From the first QR code to the end of the codes, however they end."""
    for word in ("success", "timeout", "error"):
        translator = t.Translator()
        assert not translator.shows_qr
        translator.qr("a")
        assert translator.shows_qr
        translator.status(word)
        assert not translator.shows_qr
