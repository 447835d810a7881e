"""The control API says what is wrong with a request."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wad.emulator.control import Control
from wad.emulator.jid import LID_SERVER, USER_SERVER, Jid
from wad.emulator.network import Network
from wad.emulator.phones import Device, Phones
from wad.emulator.settings import Settings

pytestmark = pytest.mark.anyio

JID = Jid("4915112345678", USER_SERVER, 1)


@pytest.fixture
async def http(tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    """Return a client of the API of a network with one linked device, which is offline."""
    phones = Phones(tmp_path)
    phone = phones.phone(JID.user)
    phones.link(phone, Device(JID, Jid(phone.lid, LID_SERVER, 1), b"n" * 32, b"i" * 32, 1, 0.0))
    transport = httpx.ASGITransport(Control(Network(phones, Settings())).app())
    async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as client:
        yield client


@pytest.mark.parametrize(
    ("request_line", "body", "status", "error"),
    [
        ("POST /scan", {}, 400, "invalid_request"),
        ("POST /scan", [], 400, "invalid_request"),
        ("POST /scan", {"qr": "hello", "phone": JID.user}, 400, "invalid_qr"),
        ("POST /pair", {}, 400, "invalid_request"),
        ("POST /pair", {"code": "hello", "phone": JID.user}, 400, "invalid_code"),
        ("POST /pair", {"code": "ABCD-1234", "phone": "0151"}, 400, "invalid_phone"),
        ("POST /pair", {"code": "ABCD-1234", "phone": JID.user}, 404, "code_unknown"),
        ("POST /faults", {"kind": "earthquake"}, 400, "invalid_request"),
        ("POST /faults", {"kind": "slow"}, 400, "invalid_request"),
        ("POST /faults", {"kind": "corrupt_frame", "time": 3}, 400, "invalid_request"),
        ("POST /faults", {"kind": "blackhole", "times": 3}, 400, "invalid_request"),
        ("POST /faults", {"kind": "clock_skew"}, 400, "invalid_request"),
        ("POST /faults", {"kind": "bad_certificate", "flaw": "ugly"}, 400, "invalid_request"),
        ("DELETE /faults/7", None, 404, "unknown_fault"),
        ("POST /devices/4915112345678:9@s.whatsapp.net/drop", None, 404, "unknown_device"),
        ("POST /devices/nobody/revoke", None, 404, "unknown_device"),
        (f"POST /devices/{JID}/drop", None, 409, "offline"),
        (f"POST /devices/{JID}/stream-error?code=x", None, 400, "invalid_request"),
        ("GET /elsewhere", None, 404, "unknown_path"),
        ("GET /scan", None, 404, "unknown_path"),
    ],
)
async def test_refusals_explain_themselves(
    http: httpx.AsyncClient, request_line: str, body: Any, status: int, error: str
) -> None:
    """Every refusal has a status, a short name, a message and a hint."""
    response = await http.request(*request_line.split(), json=body)
    answer = response.json()
    assert (response.status_code, answer["error"]) == (status, error)
    assert answer["message"]
    assert answer["hint"]


async def test_a_body_that_is_no_json_is_refused(http: httpx.AsyncClient) -> None:
    """A body that cannot be read is said to be no JSON."""
    response = await http.post("/scan", content=b"{")
    assert (response.status_code, response.json()["error"]) == (400, "invalid_json")


async def test_a_refusal_keeps_the_secret_of_the_code(http: httpx.AsyncClient) -> None:
    """A QR code is a secret, so no refusal repeats it."""
    response = await http.post("/scan", json={"qr": "secret-part", "phone": 5})
    assert "secret-part" not in response.text


async def test_faults_come_and_go(http: httpx.AsyncClient) -> None:
    """A fault is listed with its number from when it is added until it is removed."""
    rule = {"kind": "refuse_login", "reason": 503, "times": 2}
    added = (await http.post("/faults", json=rule)).json()
    assert added == {"number": 1, **rule}
    assert (await http.get("/faults")).json() == [added]
    await http.delete("/faults/1")
    assert (await http.get("/faults")).json() == []
    await http.post("/faults", json=rule)
    await http.delete("/faults")
    assert (await http.get("/faults")).json() == []


async def test_an_offline_device_can_be_revoked(http: httpx.AsyncClient) -> None:
    """A phone removes a device whether it is online or not."""
    assert (await http.post(f"/devices/{JID}/revoke")).json() == {"jids": [str(JID)]}
    assert (await http.get("/state")).json()["devices"] == []


async def test_nobody_online_is_nobody_struck(http: httpx.AsyncClient) -> None:
    """An action on everyone strikes those who are online, be it nobody."""
    assert (await http.post("/devices/*/drop")).json() == {"jids": []}
