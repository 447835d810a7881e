"""Messages between two sessions: they arrive, they are counted, and nobody reads them on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc.aio
import pytest
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from tests.house import detail, error_info, until
from wad.emulator.faults import Stall
from wad.v1 import session_pb2

if TYPE_CHECKING:
    from tests.house import Daemon, House

pytestmark = pytest.mark.anyio

ADA, BOB, NOBODY = "491700000001", "491700000002", "491700000099"
TEXT = "the cormorant flies at noon"


async def counts(daemon: Daemon, session_id: str) -> tuple[int, int]:
    """Return how many messages a session has sent and received."""
    counters = (await daemon.get(session_id)).counters
    return counters.messages_sent, counters.messages_received


async def series(daemon: Daemon) -> dict[tuple[str, str, str], float]:
    """Return the counts of messages by direction, kind and outcome."""
    lines = (await daemon.http("/metrics")).text.splitlines()
    found = [line.rpartition(" ") for line in lines if line.startswith("wad_messages_total{")]
    labels = [dict(pair.split("=") for pair in name[19:-1].replace('"', "").split(",")) for name, _, _ in found]
    return {
        (label["direction"], label["kind"], label["outcome"]): float(value)
        for label, (_, _, value) in zip(labels, found, strict=True)
    }


async def refused(daemon: Daemon, session_id: str, to: str, text: str) -> grpc.aio.AioRpcError:
    """Send what cannot be sent, and return the error."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await daemon.send(session_id, to, text)
    return caught.value


async def test_a_text_is_received_and_both_counters_outlive_the_daemon(house: House) -> None:
    """What one session sends the other receives; sender, recipient and metrics count it, and a restart forgets none."""
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
        await daemon.link("bob", BOB)
        assert set((await series(daemon)).values()) == {0.0}
        ids = [await daemon.send("ada", to, "hello") for to in (f"+{BOB}", f"{BOB}@s.whatsapp.net")]
        assert len(set(ids)) == 2
        await until(lambda: received(daemon, "bob", 2), "both have come")
        assert await counts(daemon, "ada") == (2, 0)
        counted = {labels: value for labels, value in (await series(daemon)).items() if value}
        assert counted == {("sent", "text", "success"): 2.0, ("received", "text", "success"): 2.0}
    async with house.daemon() as daemon:
        assert await counts(daemon, "ada") == (2, 0)
        assert await counts(daemon, "bob") == (0, 2)


async def received(daemon: Daemon, session_id: str, count: int) -> bool:
    """Say whether a session has received so many messages."""
    return await counts(daemon, session_id) == (0, count)


async def test_what_was_sent_meanwhile_is_received_after_a_reconnection(house: House) -> None:
    """A text for a session that is stopped is received, and counted, when it comes back."""
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
        jid = (await daemon.link("bob", BOB))[-1].user.jid
        await daemon.sessions.StopSession(session_pb2.StopSessionRequest(session_id="bob"))
        await house.emulator.wait_offline(jid)
        await daemon.send("ada", BOB, "are you there?")
        await daemon.sessions.ReconnectSession(session_pb2.ReconnectSessionRequest(session_id="bob"))
        await until(lambda: received(daemon, "bob", 1), "it has come")


async def test_bad_recipients_and_texts_name_the_field_and_send_nothing(house: House) -> None:
    """A recipient or a text that cannot be used is INVALID_ARGUMENT with its field, whatever the session's state."""
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
        bad = [
            ("to", to, "hello") for to in ("", "0049170", "bob", "@lid", f"{BOB}:3@s.whatsapp.net", "status@broadcast")
        ]
        bad += [("text", BOB, text) for text in ("", " \n\t", "x" * 65_537)]
        for session_id in ("ada", "absent"):
            for field, to, text in bad:
                error = await refused(daemon, session_id, to, text)
                assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
                violations = detail(error, error_details_pb2.BadRequest).field_violations
                assert [violation.field for violation in violations] == [field]
        assert await counts(daemon, "ada") == (0, 0)
        assert set((await series(daemon)).values()) == {0.0}


async def test_a_session_that_cannot_send_says_why(house: House) -> None:
    """An absent session is not found; one that shows its QR is not connected."""
    async with house.daemon() as daemon:
        await daemon.sessions.CreateSession(session_pb2.CreateSessionRequest(session_id="new"))
        absent, unlinked = await refused(daemon, "absent", BOB, "hello"), await refused(daemon, "new", BOB, "hello")
    assert (absent.code(), error_info(absent).reason) == (grpc.StatusCode.NOT_FOUND, "SESSION_NOT_FOUND")
    assert (unlinked.code(), error_info(unlinked).reason) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "SESSION_NOT_CONNECTED",
    )
    assert error_info(unlinked).metadata["state"] == "qr_generated"


async def test_a_number_that_nobody_has_is_refused(house: House) -> None:
    """WhatsApp's refusal is MESSAGE_REFUSED, is counted as a failure, and leaves the session connected."""
    async with house.daemon() as daemon:
        await daemon.link("ada", ADA)
        error = await refused(daemon, "ada", NOBODY, "anybody?")
        assert error.code() is grpc.StatusCode.FAILED_PRECONDITION
        assert error_info(error).reason == "MESSAGE_REFUSED"
        assert (await series(daemon))["sent", "text", "failure"] == 1
        assert await counts(daemon, "ada") == (0, 0)
        assert (await daemon.get("ada")).state == session_pb2.SESSION_STATE_CONNECTED


async def test_no_log_holds_a_text_or_a_recipient(house: House) -> None:
    """Sent, received, refused or never answered: a text is only where it waits for its receiver, in no log."""
    async with house.daemon() as daemon:
        jid = (await daemon.link("ada", ADA))[-1].user.jid
        await daemon.link("bob", BOB)
        await daemon.send("ada", BOB, TEXT)
        await until(lambda: received(daemon, "bob", 1), "it has come")
        await refused(daemon, "ada", NOBODY, TEXT)
        await refused(daemon, "ada", f"{NOBODY}@nowhere", TEXT)
        await house.emulator.add_fault(Stall(target=jid))
        error = await refused(daemon, "ada", BOB, TEXT)
        assert error.code() is grpc.StatusCode.UNKNOWN
        assert error_info(error).reason == "MESSAGE_UNCONFIRMED"
    files = [path for path in house.root.rglob("*") if path.is_file()]
    assert {path.name for path in files if TEXT.encode() in path.read_bytes()} <= {"registry.db", "registry.db-wal"}
    logs = [path for path in files if path.suffix == ".log"]
    assert len(logs) >= 3
    assert not [path for path in logs if NOBODY in path.read_text()]
