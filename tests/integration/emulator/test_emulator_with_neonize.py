"""The emulator is WhatsApp to the real, unmodified neonize library."""

from pathlib import Path

import anyio
import pytest

from wad.emulator.client import ControlError, EmulatorClient
from wad.emulator.faults import CloseAfterLinking, CorruptFrame, RefuseLogin, Slow, Stall
from wad.emulator.server import Emulator
from wad.emulator.settings import Settings

from .neonize_driver import Probe, run_probe

pytestmark = pytest.mark.anyio

PHONE = "4915112345678"


async def link(probe: Probe, control: EmulatorClient, client: str = "a", phone: str = PHONE) -> str:
    """Link a client and wait until it is connected; return its jid."""
    await probe.start(client)
    jid = await control.scan(await probe.wait(client, "qr"), phone)
    await probe.wait(client, "connected")
    return jid


async def test_a_client_links_by_qr(probe: Probe, control: EmulatorClient) -> None:
    """A scanned client pairs, comes back after the 515, uploads its pre-keys and says that it is connected."""
    await probe.start("a")
    jid = await control.scan(await probe.wait("a", "qr"), PHONE, push_name="Ada", business_name="Analytical Engines")
    await probe.wait("a", "paired")
    await probe.wait("a", "connected")
    state = await control.state()
    assert jid == f"{PHONE}:1@s.whatsapp.net"
    assert state["counters"]["online"] == state["counters"]["pairings_total"] == 1
    assert state["phones"][0]["push_name"] == "Ada"
    device = state["devices"][0]
    assert (device["jid"], device["name"], device["platform"]) == (jid, "Probe", "chrome")
    assert device["online"]
    assert device["pre_keys"] == 812


async def test_a_linked_client_needs_no_qr(probe: Probe, control: EmulatorClient) -> None:
    """A client with stored credentials logs in again without a scan."""
    jid = await link(probe, control)
    await probe.stop("a")
    await control.wait_offline(jid)
    await probe.start("b", store="a")
    await probe.wait("b", "connected")
    assert (await control.counters())["registrations_total"] == 1


async def test_devices_outlive_the_emulator(directory: Path, tmp_path: Path) -> None:
    """A client that was linked before the emulator was restarted logs in after it."""
    async with (
        Emulator(directory) as first,
        EmulatorClient(first.announcement) as control,
        run_probe(first, tmp_path) as probe,
    ):
        await link(probe, control)
    async with Emulator(directory) as second, run_probe(second, tmp_path) as probe:
        await probe.start("a")
        await probe.wait("a", "connected")


async def test_a_revoked_client_is_logged_out(probe: Probe, control: EmulatorClient) -> None:
    """A client whose phone removes it while it is online is told that it is logged out."""
    jid = await link(probe, control)
    assert await control.revoke(jid) == [jid]
    await probe.wait("a", "logged_out")
    assert not await control.devices()


async def test_a_client_revoked_offline_is_refused(probe: Probe, control: EmulatorClient) -> None:
    """A client whose phone removed it while it was offline is told so when it logs in."""
    jid = await link(probe, control)
    await probe.stop("a")
    await control.wait_offline(jid)
    await control.revoke(jid)
    await probe.start("b", store="a")
    await probe.wait("b", "logged_out")
    assert (await control.counters())["logins_refused_total"] == 1


async def test_the_newer_login_replaces_the_older(probe: Probe, control: EmulatorClient) -> None:
    """When the same credentials log in twice, the first client is told that it is replaced."""
    await link(probe, control)
    await probe.start("b", store="a")
    await probe.wait("b", "connected")
    await probe.wait("a", "replaced")
    counters = await control.counters()
    assert (counters["online"], counters["superseded_total"]) == (1, 1)


async def test_a_client_can_be_replaced_on_demand(probe: Probe, control: EmulatorClient) -> None:
    """The replaced stream can be had without a second client."""
    await control.replace(await link(probe, control))
    await probe.wait("a", "replaced")


@pytest.mark.parametrize("how", ["drop", "stream_error"])
async def test_a_dropped_client_reconnects(probe: Probe, control: EmulatorClient, how: str) -> None:
    """A client whose connection closes, or ends with a 503, logs in again by itself."""
    jid = await link(probe, control)
    await (control.drop("*") if how == "drop" else control.stream_error(jid, 503))
    await probe.wait("a", "disconnected")
    await probe.wait("a", "connected")
    await control.wait_online(jid)
    assert (await control.counters())["logins_total"] == 2


async def test_a_client_logs_out(probe: Probe, control: EmulatorClient) -> None:
    """A client that logs out is unlinked."""
    jid = await link(probe, control)
    await probe.logout("a")
    await control.wait_unlinked(jid)
    assert (await control.counters())["online"] == 0


@pytest.mark.parametrize(
    ("rule", "event"),
    [
        (RefuseLogin(reason=401, times=1), "logged_out"),
        (RefuseLogin(reason=402, code=101, expire=60, times=1), "banned"),
        (RefuseLogin(reason=405, times=1), "outdated"),
        (RefuseLogin(reason=409, times=1), "refused"),
    ],
)
async def test_logins_are_refused_on_demand(
    probe: Probe, control: EmulatorClient, rule: RefuseLogin, event: str
) -> None:
    """Each reason for a refused login reaches the client as what it means."""
    jid = await link(probe, control)
    await control.add_fault(rule)
    await control.drop(jid)
    await probe.wait("a", event)


async def test_an_unavailable_service_is_tried_again(probe: Probe, control: EmulatorClient) -> None:
    """A client that is refused with 503 tries again until it is let in."""
    jid = await link(probe, control)
    await control.add_fault(RefuseLogin(reason=503, times=2, target=jid))
    await control.drop(jid)
    await probe.wait("a", "disconnected")
    await probe.wait("a", "connected")
    assert (await control.counters())["logins_refused_total"] == 2


async def test_a_stalled_client_comes_back(probe: Probe, control: EmulatorClient) -> None:
    """A login that nobody answers is no login, until the stall is over and the client tries again."""
    jid = await link(probe, control)
    await control.add_fault(Stall(at="login", target=PHONE, times=1))
    before = (await control.counters())["connections_total"]
    await control.drop(jid)
    await control.wait_state(lambda state: state["counters"]["connections_total"] > before, "the client is back")
    await control.wait_offline(jid)
    await probe.stop("a")
    await probe.start("b", store="a")
    await probe.wait("b", "connected")


async def test_spoilt_and_slow_frames_are_survived(probe: Probe, control: EmulatorClient) -> None:
    """A client that cannot decrypt one frame, and gets the others late, is still there afterwards."""
    jid = await link(probe, control)
    await control.add_fault(Slow(delay_ms=5, target=jid))
    await control.add_fault(CorruptFrame(times=1, target=jid))
    await control.stream_error(jid, 503)
    await probe.wait("a", "connected")


async def test_the_close_after_linking_can_be_moved(probe: Probe, control: EmulatorClient) -> None:
    """A connection that stays open for a while after the 515 lets every client log in."""
    await control.add_fault(CloseAfterLinking(min_ms=300, max_ms=400, times=1))
    await link(probe, control)


async def test_a_stalled_handshake_holds_nobody_up(probe: Probe, control: EmulatorClient) -> None:
    """While one client waits for an answer to its handshake, another one gets its QR code."""
    await control.add_fault(Stall(at="handshake", times=1))
    await probe.start("a")
    await control.wait_state(lambda state: state["counters"]["connections_total"] == 1, "the first one is there")
    await probe.start("b")
    await probe.wait("b", "qr")
    assert (await control.counters())["registrations_total"] == 1


async def test_a_client_that_nobody_scans_is_sent_away(directory: Path, tmp_path: Path) -> None:
    """When the last code of a connection has expired, the server ends it and the client says so."""
    settings = Settings(qr_lifetimes=(0.3, 0.1, 0.1, 0.1, 0.1, 0.1), qr_grace=0, sign_timeout=0)
    async with Emulator(directory, settings=settings) as emulator, run_probe(emulator, tmp_path) as probe:
        await probe.start("a")
        qr = await probe.wait("a", "qr")
        await probe.wait("a", "qr_timeout")
        async with EmulatorClient.of(directory) as control:
            with pytest.raises(ControlError, match="expired"):
                await control.scan(qr, PHONE)


async def test_a_full_phone_links_no_more(directory: Path, tmp_path: Path) -> None:
    """A phone with as many devices as it may have says so, and the client's code stays good for when one is revoked."""
    async with (
        Emulator(directory, settings=Settings(device_limit=1)) as emulator,
        EmulatorClient(emulator.announcement) as control,
        run_probe(emulator, tmp_path) as probe,
    ):
        first = await link(probe, control)
        await probe.start("b")
        qr = await probe.wait("b", "qr")
        with pytest.raises(ControlError, match=r"may have 1.* Revoke one of them") as refusal:
            await control.scan(qr, PHONE)
        assert (refusal.value.status, refusal.value.code) == (409, "device_limit")
        await control.revoke(first)
        await control.scan(qr, PHONE)
        await probe.wait("b", "connected")


async def test_a_code_is_scanned_once(probe: Probe, control: EmulatorClient) -> None:
    """A QR code that was scanned cannot be scanned again."""
    await probe.start("a")
    qr = await probe.wait("a", "qr")
    await control.scan(qr, PHONE)
    with pytest.raises(ControlError, match="used"):
        await control.scan(qr, PHONE)


async def test_twenty_clients_at_once(probe: Probe, control: EmulatorClient) -> None:
    """Twenty clients that link at the same time are all connected in the end."""
    clients = {f"client-{number}": f"49151000000{number:02d}" for number in range(20)}
    for client in clients:
        await probe.start(client)
    async with anyio.create_task_group() as tasks:
        for client, phone in clients.items():
            tasks.start_soon(control.scan, await probe.wait(client, "qr"), phone)
    for client in clients:
        await probe.wait(client, "connected")
    assert (await control.counters())["online"] == len(clients)
