"""The watch over the logs finds what it must, and tells nobody what it has found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.leaks import WATCH, Watch, learn_from
from wad.v1 import access_pb2, message_pb2, session_pb2

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

KEY = "uKqYp3o0Jw5nq0bVY1Jm2yq2mZ8j0m3xWc4s6d7e8fA="
QR = f"https://wa.me/settings/linked_devices#2@abcdefgh,{KEY},{KEY},{KEY},1"
TOKEN = "wad_abcd1234_" + "x" * 43


@pytest.fixture
def place(tmp_path: Path) -> Generator[Path]:
    """Return a directory, and see to it that the suite's own watch finds nothing there."""
    yield tmp_path
    for path in tmp_path.iterdir():
        path.unlink()


@pytest.fixture
def known() -> Generator[None]:
    """Forget afterwards what a test has taught the suite's own watch."""
    before = dict(WATCH.secrets)
    yield
    WATCH.secrets.clear()
    WATCH.secrets.update(before)


@pytest.mark.parametrize(
    ("name", "line", "kind"),
    [
        ("daemon.log", f"scan {QR}", "a QR"),
        ("worker-w1.log", f"the key is {KEY}", "a QR"),
        ("worker-w1.stderr", "enter ABCD-1234", "a pairing code"),
        ("worker-w1.log.1", TOKEN, "a token"),
    ],
)
def test_a_secret_in_a_log_is_found(place: Path, name: str, line: str, kind: str) -> None:
    """The report has the log and the kind of secret, and not the secret."""
    watch = Watch()
    watch.learn("a QR", QR)
    watch.learn("a pairing code", "ABCD-1234")
    (place / "innocent.log").write_text("session.state state=connected\n")
    (place / name).write_text(line)
    (found,) = watch.search(place)
    assert found == f"{place / name} holds {kind}"


def test_what_was_searched_is_searched_again_only_when_it_has_grown(place: Path) -> None:
    """A log is read once, and again after more was written to it."""
    watch, log = Watch(), place / "daemon.log"
    log.write_text("nothing\n")
    assert watch.search(place) == []
    with log.open("a") as file:
        file.write(TOKEN)
    assert len(watch.search(place)) == 1


def test_secrets_are_learned_from_the_contract_s_own_marks(known: None) -> None:
    """QR, pairing code, token and text are learned wherever they stand in a message, and a recipient is not."""
    session = session_pb2.Session(
        session_id="alpha-beta", qr=session_pb2.Qr(code=QR), pairing_code=session_pb2.PairingCode(code="ABCD-1234")
    )
    learn_from(session_pb2.ListSessionsResponse(sessions=[session]))
    learn_from(access_pb2.CreateTokenResponse(secret=TOKEN))
    learn_from(message_pb2.SendMessageRequest(session_id="alpha-beta", to="491700000002", text="hello mum"))
    assert {KEY, "ABCD-1234", TOKEN, "hello mum"} <= {secret.decode() for secret in WATCH.secrets}
    assert not {b"alpha-beta", b"491700000002"} & WATCH.secrets.keys()
