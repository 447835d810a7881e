"""The pairing code in the session machine."""

from __future__ import annotations

import pytest

from tests.unit.domain.test_session import ADA, Life
from wad.domain import effects as do
from wad.domain import events as ev
from wad.domain.policy import Policy
from wad.domain.records import EventKind, PairingCode

PHONE = "491700000001"


def coded(life: Life, code: str = "ABCD-1234") -> Life:
    """Let a pairing code be issued for the present client."""
    return life.tell(ev.PairingCodeIssued(life.session.generation, code, PHONE, 160))


def shown(life: Life) -> PairingCode | None:
    """Return the code that the session shows."""
    return life.session.view().pairing_code


def test_a_code_is_shown_next_to_the_qr_and_told() -> None:
    """Watchers get the code with the phone that it is for, and the QR stays."""
    life = coded(Life().qr())
    (published,) = life.effects
    assert isinstance(published, do.Publish)
    view = published.event.view
    assert published.event.kind is EventKind.PAIRING_CODE_ISSUED
    assert view.pairing_code is not None
    assert (view.pairing_code.code, view.pairing_code.phone_number) == ("ABCD-1234", PHONE)
    assert view.qr is not None


def test_a_code_lives_as_long_as_its_client() -> None:
    """Asked for 100 s after the first QR, a code has 60 s left of the connection's 160."""
    life = Life().qr()
    life.time += 100
    code = shown(coded(life.qr()))
    assert code is not None
    assert code.expires_at - code.issued_at == 60


def test_a_code_ends_with_the_window() -> None:
    """A code is never shown as valid for longer than the session waits for it."""
    code = shown(coded(Life(policy=Policy(qr_window=30)).qr()))
    assert code is not None
    assert code.expires_at - code.issued_at == 30


def test_a_code_outlasts_the_qrs_of_its_client() -> None:
    """The QR rotates, the code stays."""
    life = coded(Life().qr())
    life.time += 60
    assert shown(life.qr()) is not None


def test_a_new_code_takes_the_place_of_the_one_before() -> None:
    """There is one code at a time."""
    code = shown(coded(coded(Life().qr()), "WXYZ-5678"))
    assert code is not None
    assert code.code == "WXYZ-5678"


def test_a_code_is_void_once_its_client_is_replaced() -> None:
    """With the end of a client's QRs its code is gone, and does not come back with the next client's QR."""
    life = coded(Life().qr())
    life.time += 160
    life.tell(ev.QrBatchEnded(1))
    assert shown(life) is None
    assert shown(life.qr()) is None
    assert life.session.view().qr is not None


@pytest.mark.parametrize(
    "event",
    [ev.PairSucceeded(1, ADA), ev.ConnectionOpened(1, ADA), ev.PairFailed(1, "refused"), ev.WorkerExited(1, "w1", "9")],
    ids=["paired", "connected", "refused", "crashed"],
)
def test_a_code_is_hidden_when_the_qr_is(event: ev.Event) -> None:
    """Whatever ends the showing of the QR ends that of the code."""
    life = coded(Life().qr()).tell(event)
    assert (shown(life), life.session.view().qr) == (None, None)


def test_a_code_of_a_replaced_client_is_ignored() -> None:
    """A code that arrives when another client shows the QR would link nobody."""
    life = Life().qr()
    life.time += 160
    life.tell(ev.QrBatchEnded(1)).qr()
    assert life.session.generation == 2
    assert life.tell(ev.PairingCodeIssued(1, "ABCD-1234", PHONE, 160)).effects == []
    assert shown(life) is None


@pytest.mark.parametrize("seconds", [0, 160], ids=["cut off", "used up"])
def test_a_code_of_a_client_that_has_gone_is_ignored(seconds: float) -> None:
    """A code that arrives after the end of its client's QRs, and before the next client's first, is void already."""
    life = Life().qr()
    life.time += seconds
    assert coded(life.tell(ev.QrBatchEnded(1))).effects == []
    assert shown(life) is None


@pytest.mark.parametrize("life", [Life(), Life().connected()], ids=["connecting", "connected"])
def test_a_code_without_a_qr_is_ignored(life: Life) -> None:
    """Only a session that shows a QR shows a code."""
    assert coded(life).effects == []
    assert shown(life) is None


def test_no_representation_holds_a_code() -> None:
    """A code that is printed by accident, in a log or a failed assertion, is left out."""
    issued = ev.PairingCodeIssued(1, "ABCD-1234", PHONE, 160)
    assert "ABCD" not in repr(issued)
    assert "ABCD" not in repr(coded(Life().qr()).session.view())
