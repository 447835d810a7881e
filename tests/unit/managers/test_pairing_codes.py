"""Pairing codes through the session manager, on a simulated engine and a clock of our own."""

from __future__ import annotations

from contextlib import aclosing

import anyio
import pytest
from anyio.lowlevel import checkpoint

from tests.unit.managers.rig import ADA, A, Rig
from wad.domain.errors import (
    EngineUnavailable,
    InvalidInput,
    NotPairing,
    PairingCodeRefused,
    SessionNotFound,
)
from wad.domain.records import EventKind, PairingCode, SessionEvent
from wad.domain.states import RemovalReason

pytestmark = pytest.mark.anyio

PHONE = "491700000001"


async def present_code(rig: Rig) -> PairingCode | None:
    """Return the code that the session shows."""
    return (await rig.manager.get(A)).pairing_code


async def test_a_code_is_answered_shown_and_told() -> None:
    """Whoever asks gets the code in the view, and so do all others."""
    async with Rig().running() as rig:
        await rig.manager.create(A)
        view = await rig.manager.request_pairing_code(A, f"+{PHONE}")
        assert view.pairing_code is not None
        assert view.pairing_code.phone_number == PHONE
        assert view.pairing_code == await present_code(rig)
        assert rig.events[-1].kind is EventKind.PAIRING_CODE_ISSUED
        assert rig.engine.type_code(A, view.pairing_code.code, ADA)
        await rig.clock.advance(0)
        assert await rig.state(A) == "connected"


async def test_only_a_session_that_shows_a_qr_takes_a_code() -> None:
    """One that is linked, kept or unknown says so, and WhatsApp is not asked."""
    async with Rig().running() as rig:
        with pytest.raises(SessionNotFound):
            await rig.manager.request_pairing_code(A, PHONE)
        await rig.connect(A)
        with pytest.raises(NotPairing, match="connected"):
            await rig.manager.request_pairing_code(A, PHONE)
        await rig.manager.remove(A, RemovalReason.STUCK)
        with pytest.raises(NotPairing, match="expired"):
            await rig.manager.request_pairing_code(A, PHONE)


async def test_a_number_that_is_none_begins_nothing() -> None:
    """A link with such a number is refused before a session is made."""
    async with Rig().running() as rig:
        with pytest.raises(InvalidInput):
            await anext(rig.manager.link(A, phone_number="12"))
        assert await rig.manager.list(include_inactive=True) == []


@pytest.mark.parametrize("error", [PairingCodeRefused("429"), EngineUnavailable("no answer")])
async def test_a_refusal_is_passed_on_and_changes_nothing(error: Exception) -> None:
    """When WhatsApp gives no code the caller learns it, and the QR can still be scanned."""
    async with Rig().running() as rig:
        before = (await rig.manager.create(A)).view
        rig.engine.fail_next_pairing_code(error)
        with pytest.raises(type(error)):
            await rig.manager.request_pairing_code(A, PHONE)
        assert await rig.manager.get(A) == before


async def test_a_code_that_comes_too_late_is_not_shown() -> None:
    """When the session is over before its code arrives, the caller is told that it takes none."""
    async with Rig().running() as rig:
        await rig.manager.create(A)
        rig.engine.meanwhile = lambda: rig.engine.scan(A, ADA)
        with pytest.raises(NotPairing):
            await rig.manager.request_pairing_code(A, PHONE)


async def test_a_code_of_a_client_that_was_replaced_is_refused() -> None:
    """When the connection was renewed while the code was on its way, it is worth nothing; asking again gives one."""
    async with Rig().running() as rig:
        await rig.manager.create(A)
        await rig.clock.advance(60)
        rig.engine.meanwhile = lambda: rig.engine.expire_qr(A)
        with pytest.raises(PairingCodeRefused, match="another connection"):
            await rig.manager.request_pairing_code(A, PHONE)
        assert (await rig.manager.request_pairing_code(A, PHONE)).pairing_code is not None


class Linked:
    """A link that is followed in the background."""

    def __init__(self) -> None:
        self.steps: list[SessionEvent] = []
        self.error: Exception | None = None
        self.over = anyio.Event()

    async def follow(self, rig: Rig) -> None:
        """Link the session by code, and keep what comes."""
        try:
            async with aclosing(rig.manager.link(A, phone_number=PHONE)) as steps:
                async for step in steps:
                    self.steps.append(step)
        except (PairingCodeRefused, EngineUnavailable) as error:
            self.error = error
        self.over.set()

    async def codes(self, count: int) -> list[str]:
        """Wait for that many codes and return them."""
        while len(found := [step for step in self.steps if step.kind is EventKind.PAIRING_CODE_ISSUED]) < count:
            await checkpoint()
        return [step.view.pairing_code.code for step in found if step.view.pairing_code is not None]


async def test_a_link_by_code_shows_one_with_the_first_qr_of_each_client() -> None:
    """QRs that rotate bring no new code, a new client does; the latest links the session."""
    async with Rig().running() as rig, anyio.create_task_group() as tasks:
        linked = Linked()
        tasks.start_soon(linked.follow, rig)
        await linked.codes(1)
        await rig.clock.advance(60)
        rig.engine.next_qr(A)
        await rig.clock.advance(100)
        rig.engine.expire_qr(A)
        first, second = await linked.codes(2)
        assert not rig.engine.type_code(A, first, ADA)
        assert rig.engine.type_code(A, second, ADA)
        await linked.over.wait()
        assert linked.steps[-1].kind is EventKind.AUTH_SUCCESS


async def test_a_link_by_code_joins_a_session_that_shows_a_qr() -> None:
    """The code comes at once, with the QR that is there, and not a second time for the same phone."""
    async with Rig().running() as rig:
        await rig.manager.create(A)
        async with anyio.create_task_group() as tasks:
            one, other = Linked(), Linked()
            tasks.start_soon(one.follow, rig)
            (code,) = await one.codes(1)
            tasks.start_soon(other.follow, rig)
            while not other.steps:
                await checkpoint()
            assert other.steps[0].view.pairing_code is not None
            assert other.steps[0].view.pairing_code.code == code
            assert rig.engine.type_code(A, code, ADA)
            await one.over.wait()
            await other.over.wait()
            assert len(await one.codes(1)) == 1
            assert other.steps[-1].kind is EventKind.AUTH_SUCCESS


async def test_a_link_whose_code_is_refused_fails_and_the_session_lives_on() -> None:
    """The caller, who waits for a code, is told that there is none; the QR stays for others."""
    async with Rig().running() as rig, anyio.create_task_group() as tasks:
        rig.engine.fail_next_pairing_code(PairingCodeRefused("429"))
        linked = Linked()
        tasks.start_soon(linked.follow, rig)
        await linked.over.wait()
        assert isinstance(linked.error, PairingCodeRefused)
        assert await rig.state(A) == "qr_generated"


async def test_a_link_goes_on_when_its_qr_is_scanned_while_the_code_is_on_its_way() -> None:
    """A refusal that comes because the session has gone on is none of the caller's business."""
    async with Rig().running() as rig, anyio.create_task_group() as tasks:
        rig.engine.meanwhile = lambda: rig.engine.scan(A, ADA)
        rig.engine.fail_next_pairing_code(PairingCodeRefused("not now"))
        linked = Linked()
        tasks.start_soon(linked.follow, rig)
        await linked.over.wait()
        assert linked.error is None
        assert linked.steps[-1].kind is EventKind.AUTH_SUCCESS
