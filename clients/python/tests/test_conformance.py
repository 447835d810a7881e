"""What every client of wad does, whatever its language, against a live daemon and an emulator."""

from __future__ import annotations

import itertools
import re
import time
from typing import TYPE_CHECKING

import grpc
import pytest

from wad_client import Client, WadError
from wad_client.v1 import access_pb2, event_pb2, message_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stage import Stage

PATIENCE = 60.0
"""Seconds after which what has not come is a failure."""

_PHONES = itertools.count(491510000001)

Response = event_pb2.WatchEventsResponse


def link(client: Client, stage: Stage, session_id: str) -> session_pb2.LinkSessionResponse:
    """Link a session to a phone of its own, and return the last step."""
    step = session_pb2.LinkSessionResponse()
    scanned = False
    for step in client.link(session_id, timeout=PATIENCE):
        if step.session.HasField("qr") and not scanned:
            scanned = True
            stage.scan(step.session.qr.code, str(next(_PHONES)))
    return step


def until_synced(watch: Iterator[Response]) -> list[Response]:
    """Return what the watch tells up to and with the next ``synced``."""
    told: list[Response] = []
    for item in watch:
        told.append(item)
        if item.HasField("synced"):
            return told
    raise AssertionError("the watch ended")


def states_until_connected(watch: Iterator[Response], session_id: str) -> list[Response]:
    """Return a session's events up to the one that it is connected with."""
    told: list[Response] = []
    for item in watch:
        if item.event.session.session_id == session_id:
            told.append(item)
        if item.event.session.session_id == session_id and item.event.HasField("auth_success"):
            return told
    raise AssertionError("the watch ended")


def send(client: Client, session_id: str, to: session_pb2.Session, text: str) -> str:
    """Send a text from one session to another, and return its id."""
    phone, *_ = re.split("[:@]", to.user.jid)
    request = message_pb2.SendMessageRequest(session_id=session_id, to=phone, text=text)
    return client.messages.SendMessage(request, timeout=PATIENCE).message_id


def is_kept(client: Client, session_id: str, message_id: str) -> bool:
    """Return True for a message that the daemon knows."""
    try:
        client.get_message(session_id, message_id, timeout=PATIENCE)
    except WadError as error:
        if error.reason != "MESSAGE_NOT_FOUND":
            raise
        return False
    return True


def until_forgotten(client: Client, session_id: str, message_id: str) -> None:
    """Wait until a message is kept no more."""
    deadline = time.monotonic() + PATIENCE
    while is_kept(client, session_id, message_id):
        assert time.monotonic() < deadline, "it is still kept"
        time.sleep(0.02)


def test_links_a_session(client: Client, stage: Stage) -> None:
    """A link yields the QR, and ends connected once a phone has scanned it."""
    last = link(client, stage, "py-links")
    assert last.HasField("connected")
    assert last.session.state == session_pb2.SESSION_STATE_CONNECTED
    assert last.session.user.jid.startswith("49151")


def test_leaves_and_returns(client: Client, stage: Stage) -> None:
    """A link that is left at its QR leaves the session as it is, and another one goes on from there."""
    for step in client.link("py-leaves", timeout=PATIENCE):
        if step.HasField("qr_issued"):
            break
    found = client.sessions.GetSession(session_pb2.GetSessionRequest(session_id="py-leaves"), timeout=PATIENCE)
    assert found.session.state == session_pb2.SESSION_STATE_QR_GENERATED
    assert link(client, stage, "py-leaves").HasField("connected")


def test_watch_sees_snapshot_then_live(client: Client, stage: Stage) -> None:
    """A watch begins with the sessions there are, then tells what happens, in order; its token continues it."""
    link(client, stage, "py-before")
    with client.watch(session_ids=["py-before", "py-after"]) as watch:
        begun = until_synced(watch)
        assert [item.WhichOneof("item") for item in begun] == ["snapshot", "synced"]
        assert begun[0].snapshot.session_id == "py-before"
        token = watch.token
        assert token
        link(client, stage, "py-after")
        live = states_until_connected(watch, "py-after")
        assert watch.token == live[-1].token
    with client.watch(session_ids=["py-before", "py-after"], after_token=token) as again:
        assert states_until_connected(again, "py-after") == live


def test_watch_survives_a_restart(client: Client, stage: Stage) -> None:
    """A restart of the daemon shows in a watch as a reset and a new snapshot; then it goes on, with no item twice."""
    ids = ["py-first", "py-second"]
    with client.watch(session_ids=ids) as watch:
        told = until_synced(watch)
        link(client, stage, "py-first")
        told += states_until_connected(watch, "py-first")
        stage.restart()
        resumed = until_synced(watch)
        assert [item.WhichOneof("item") for item in resumed] == ["reset", "snapshot", "synced"]
        assert resumed[1].snapshot.state == session_pb2.SESSION_STATE_CONNECTED
        link(client, stage, "py-second")
        told += resumed + states_until_connected(watch, "py-second")
    tokens = [item.token for item in told if item.token]
    assert len(set(tokens)) == len(tokens)
    before, after = told[: told.index(resumed[0])], told[told.index(resumed[-1]) :]
    for part in (before, after):
        sequence = [item.event.sequence for item in part if item.HasField("event")]
        assert sequence
        assert sequence == sorted(set(sequence))


def test_receives_what_others_send(client: Client, stage: Stage) -> None:
    """A message comes with what it says, is kept until it is acknowledged, and its sender learns that it arrived."""
    link(client, stage, "py-ada")
    bob = link(client, stage, "py-bob").session
    sent, told, receipt = "", message_pb2.Delivery(), message_pb2.MessageReceipt()
    early = send(client, "py-ada", bob, "early")
    with client.receive(session_ids=["py-ada", "py-bob"]) as inbox:
        for item in inbox:
            if item.delivery.message.message_id == early:  # so the inbox is open, and will not miss the receipt
                sent = send(client, "py-ada", bob, "hello")
            elif item.HasField("delivery"):
                told = item.delivery
            elif item.receipt.message_id == sent:
                receipt = item.receipt
            if told.delivery_id and receipt.message_id:
                break
        assert (told.message.session_id, told.message.message_id, told.message.text) == ("py-bob", sent, "hello")
        assert told.message.kind == message_pb2.MESSAGE_KIND_TEXT
        assert client.get_message("py-bob", sent, timeout=PATIENCE) == told.message
        inbox.acknowledge(told)
        until_forgotten(client, "py-bob", sent)
    kept = client.get_message("py-ada", sent, timeout=PATIENCE)
    assert (receipt.session_id, kept.direction) == ("py-ada", message_pb2.MESSAGE_DIRECTION_SENT)
    assert receipt.status == kept.status == message_pb2.MESSAGE_STATUS_DELIVERED


def test_receives_again_what_was_not_acknowledged(client: Client, stage: Stage) -> None:
    """After a restart of the daemon an unacknowledged message comes again, an acknowledged one does not."""
    link(client, stage, "py-carol")
    dave = link(client, stage, "py-dave").session
    with client.receive(session_ids=["py-dave"]) as inbox:
        sent = [send(client, "py-carol", dave, text) for text in ("one", "two")]
        one, two = (next(inbox).delivery for _ in sent)
        assert [found.message.message_id for found in (one, two)] == sent
        inbox.acknowledge(one)
        until_forgotten(client, "py-dave", sent[0])
        stage.restart()
        inbox.acknowledge(one)
        assert next(inbox).delivery == two
        inbox.acknowledge(one, two)
        link(client, stage, "py-carol")
        three = send(client, "py-carol", dave, "three")
        last = next(inbox).delivery
        assert last.message.message_id == three
        inbox.acknowledge(last)
    for message_id in (*sent, three):
        until_forgotten(client, "py-dave", message_id)


def test_maps_errors(client: Client) -> None:
    """An error of the daemon has its code, its reason, what belongs to that, and the field that was wrong."""
    with pytest.raises(WadError) as unknown:
        client.sessions.GetSession(session_pb2.GetSessionRequest(session_id="py-nobody"), timeout=PATIENCE)
    assert unknown.value.code is grpc.StatusCode.NOT_FOUND
    assert unknown.value.reason == "SESSION_NOT_FOUND"
    assert unknown.value.metadata == {"session_id": "py-nobody"}
    assert unknown.value.retry_after is None
    with pytest.raises(WadError) as bad:
        next(client.link("not an id", timeout=PATIENCE))
    assert bad.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert bad.value.reason == "INVALID_SESSION_ID"
    assert [violation.field for violation in bad.value.violations] == ["session_id"]
    with pytest.raises(WadError) as watched:
        next(client.watch(session_ids=["not an id"]))
    assert [violation.field for violation in watched.value.violations] == ["session_ids[0]"]
    with pytest.raises(WadError) as received:
        next(client.receive(session_ids=["not an id"]))
    assert received.value.reason == "INVALID_INPUT"


def refusal(stage: Stage, token: str | None, request: session_pb2.GetSessionRequest) -> WadError:
    """Return how a call over TCP is refused."""
    with Client(stage.tls, token=token, ca_file=stage.ca_file) as client, pytest.raises(WadError) as refused:
        client.sessions.GetSession(request, timeout=PATIENCE)
    return refused.value


def test_refuses_without_token(stage: Stage) -> None:
    """Over TCP nobody is known who does not say who they are."""
    refused = refusal(stage, None, session_pb2.GetSessionRequest(session_id="py-any"))
    assert refused.code is grpc.StatusCode.UNAUTHENTICATED
    assert refused.reason == "CREDENTIALS_REQUIRED"


def test_refuses_a_wrong_token(stage: Stage) -> None:
    """A token that the daemon has not made opens nothing, neither a watch, which then ends, nor an inbox."""
    wrong = stage.token[:-4] + "AAAA"
    refused = refusal(stage, wrong, session_pb2.GetSessionRequest(session_id="py-any"))
    assert refused.code is grpc.StatusCode.UNAUTHENTICATED
    assert refused.reason == "TOKEN_INVALID"
    with Client(stage.tls, token=wrong, ca_file=stage.ca_file) as client:
        watch = client.watch()
        with pytest.raises(WadError):
            next(watch)
        assert list(watch) == []
        with pytest.raises(WadError) as received:
            next(client.receive())
        assert received.value.reason == "TOKEN_INVALID"


def test_refuses_beyond_role(stage: Stage) -> None:
    """Who may only look creates nothing, and is told which role it takes; a token counts over the unix socket, too."""
    with Client(stage.unix, token=stage.viewer_token) as client:
        caller = client.access.GetCaller(access_pb2.GetCallerRequest(), timeout=PATIENCE).caller
        assert caller.role == access_pb2.ROLE_VIEWER
    with Client(stage.tls, token=stage.viewer_token, ca_file=stage.ca_file) as client:
        client.sessions.ListSessions(session_pb2.ListSessionsRequest(), timeout=PATIENCE)
        with pytest.raises(WadError) as refused:
            next(client.link("py-viewer", timeout=PATIENCE))
    assert refused.value.code is grpc.StatusCode.PERMISSION_DENIED
    assert refused.value.reason == "PERMISSION_DENIED"
    assert refused.value.metadata["required_role"] == "operator"


def test_refuses_beyond_scope(client: Client, stage: Stage) -> None:
    """Who reaches only some sessions learns of the others not even whether they exist."""
    client.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id="py-scope"), timeout=PATIENCE)
    for session_id in ("py-scope", "py-nobody"):
        refused = refusal(stage, stage.other_token, session_pb2.GetSessionRequest(session_id=session_id))
        assert refused.code is grpc.StatusCode.PERMISSION_DENIED
        assert refused.metadata["session_id"] == session_id


def test_names_the_address_of_an_unreachable_daemon(tmp_path: Path) -> None:
    """Where no daemon answers, the error says so, where that is, and what to do; no stream waits for one."""
    address = f"unix://{tmp_path}/none.sock"
    with Client(address) as client:
        with pytest.raises(WadError, match=rf"No wad daemon answers at {address}: .*`wad serve`") as unreachable:
            client.sessions.ListSessions(session_pb2.ListSessionsRequest(), timeout=PATIENCE)
        assert unreachable.value.code is grpc.StatusCode.UNAVAILABLE
        for endless in (client.watch(), client.receive()):
            with pytest.raises(WadError, match="No wad daemon answers"):
                next(endless)
