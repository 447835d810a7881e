"""One call is all that a login screen needs, and whoever shows it may leave and come back."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import grpc
import grpc.aio
import pytest

from tests.house import PATIENCE, state_name
from wad.v1 import device_pb2, device_pb2_grpc, session_pb2, session_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from tests.house import House

pytestmark = pytest.mark.anyio

PHONE = "491700000001"
Step = session_pb2.LinkSessionResponse


@asynccontextmanager
async def another_screen(house: House) -> AsyncGenerator[grpc.aio.Channel]:
    """Connect anew; other channels of this process would share their connection otherwise."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.insecure_channel(f"unix:{house.run / 'wad.sock'}", options=options) as channel:
        yield channel


def link(channel: grpc.aio.Channel, phone_number: str = "", *, timeout: float = PATIENCE) -> Any:
    """Begin to link a session, or come back to it."""
    request = session_pb2.LinkSessionRequest(session_id="sales", phone_number=phone_number)
    return session_pb2_grpc.SessionServiceStub(channel).LinkSession(request, timeout=timeout)


async def until(call: Any, holds: Callable[[Step], bool]) -> Step:
    """Read up to the step that looks as wanted."""
    while True:
        step = await call.read()
        assert isinstance(step, Step)
        if holds(step):
            return step


def shows_qr(step: Step) -> bool:
    """Return True when there is a QR to show."""
    return step.session.HasField("qr")


async def follow(call: Any) -> list[str]:
    """Read a link to its end, and return every different state with what the last step was."""
    seen: list[str] = []
    step = None
    while isinstance(found := await call.read(), Step):
        step = found
        if not seen or seen[-1] != state_name(step.session):
            seen.append(state_name(step.session))
    return [*seen, "" if step is None else str(step.WhichOneof("step"))]


async def test_who_comes_back_is_shown_the_present_qr_at_once(house: House) -> None:
    """The first response after a return, on another connection, has the same QR and its end; it links the phone."""
    async with house.daemon() as daemon:
        call = link(daemon.channel)
        before = (await until(call, shows_qr)).session
        call.cancel()
        async with another_screen(house) as channel:
            call = link(channel)
            step = await call.read()
            assert step.WhichOneof("step") is None
            assert step.session.qr == before.qr
            assert step.session.qr.expire_time.seconds > step.session.qr.issue_time.seconds
            assert step.session.generation == before.generation
            await house.emulator.scan(step.session.qr.code, PHONE)
            assert (await follow(call))[-2:] == ["connected", "connected"]
        assert (await house.emulator.counters())["registrations_total"] == 1


async def test_who_comes_back_is_shown_the_present_pairing_code_at_once(house: House) -> None:
    """The code that the phone was shown stays good: the return asks WhatsApp for no other one."""
    async with house.daemon() as daemon:
        call = link(daemon.channel, PHONE)
        before = (await until(call, lambda step: step.HasField("pairing_code_issued"))).session
        call.cancel()
        async with another_screen(house) as channel:
            call = link(channel, PHONE)
            step = await call.read()
            assert step.session.pairing_code == before.pairing_code
            assert step.session.pairing_code.expire_time.seconds > step.session.pairing_code.issue_time.seconds
            assert step.session.HasField("qr")
            await house.emulator.pair(before.pairing_code.code, PHONE)
            assert (await follow(call))[-2:] == ["connected", "connected"]


async def test_who_comes_back_with_a_phone_number_is_given_a_code_too(house: House) -> None:
    """A user who cannot scan after all names the phone on the second call: a code follows beside the same QR."""
    async with house.daemon() as daemon:
        call = link(daemon.channel)
        before = (await until(call, shows_qr)).session
        call.cancel()
        call = link(daemon.channel, PHONE)
        step = await until(call, lambda step: step.HasField("pairing_code_issued"))
        assert step.session.qr.code == before.qr.code
        assert step.session.generation == before.generation
        call.cancel()


async def test_who_comes_back_after_the_link_is_told_that_it_is_connected(house: House) -> None:
    """The phone scanned while nobody looked: the next call ends at once, connected, with who is logged in."""
    async with house.daemon() as daemon:
        call = link(daemon.channel)
        shown = (await until(call, shows_qr)).session
        call.cancel()
        await daemon.until_state("sales", "connected", after=lambda: house.emulator.scan(shown.qr.code, PHONE))
        call = link(daemon.channel)
        steps = [await call.read() for _ in range(2)]
        assert [step.WhichOneof("step") for step in steps] == [None, "connected"]
        assert steps[-1].session.user.jid.startswith(PHONE)
        assert not isinstance(await call.read(), Step)


async def test_two_screens_show_the_same(house: House) -> None:
    """Two callers at once begin one session, are shown the same QR, and are both told of the connection."""
    async with house.daemon() as daemon, another_screen(house) as channel:
        calls = [link(daemon.channel), link(channel)]
        shown = [(await until(call, shows_qr)).session for call in calls]
        assert shown[0].qr == shown[1].qr
        ends: list[list[str]] = []

        async def see(call: Any) -> None:
            ends.append(await follow(call))

        async with anyio.create_task_group() as tasks:
            for call in calls:
                tasks.start_soon(see, call)
            await house.emulator.scan(shown[0].qr.code, PHONE)
        assert [end[-2:] for end in ends] == [["connected", "connected"]] * 2
        assert (await house.emulator.counters())["registrations_total"] == 1


async def test_a_deadline_ends_the_call_and_not_the_link(house: House) -> None:
    """After DEADLINE_EXCEEDED the session still shows its QR, and the phone can link it."""
    async with house.daemon() as daemon:
        call = link(daemon.channel)
        before = (await until(call, shows_qr)).session
        call.cancel()
        call = link(daemon.channel, timeout=1)
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await follow(call)
        assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert (await daemon.get("sales")).qr == before.qr
        await daemon.until_state("sales", "connected", after=lambda: house.emulator.scan(before.qr.code, PHONE))


async def test_a_device_is_found_again_by_the_id_that_it_was_given(house: House) -> None:
    """Whoever declares a device without an id finds it in the first response, and comes back to it by that."""
    async with house.daemon() as daemon, another_screen(house) as channel:
        first: Any = None
        call = daemon.devices.LinkDevice(device_pb2.LinkDeviceRequest(phone_number=PHONE), timeout=PATIENCE)
        async for step in call:
            first = step
            if step.device.session.HasField("qr"):
                break
        call.cancel()
        request = device_pb2.LinkDeviceRequest(phone_number=PHONE, device_id=first.device.device_id)
        stub: Any = device_pb2_grpc.DeviceServiceStub(channel)
        again = stub.LinkDevice(request, timeout=PATIENCE)
        step = await again.read()
        assert step.device.session.qr == first.device.session.qr
        again.cancel()
        assert len((await daemon.devices.ListDevices(device_pb2.ListDevicesRequest(), timeout=PATIENCE)).devices) == 1
