"""A client of the control API, for tests and demos."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import anyio
import httpx

from wad.emulator.announcement import Announcement
from wad.emulator.errors import EmulatorError
from wad.emulator.faults import Rule

_WAIT = 30.0
_POLL = 0.02
_SCAN_TIMEOUT = 60.0

Json = dict[str, Any]


class ControlError(EmulatorError):
    """The emulator refused a request.

    Args:
        status: HTTP status.
        code: short name of the problem, such as `qr_used`.
        message: what happened and what to do.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class EmulatorClient:
    """Talks to a running emulator; an asynchronous context manager.

    Args:
        announcement: what the emulator wrote to `emulator.json`.
    """

    def __init__(self, announcement: Announcement) -> None:
        self.announcement = announcement
        self._http = httpx.AsyncClient(base_url=announcement.control_url, timeout=_SCAN_TIMEOUT, trust_env=False)

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return a client of the emulator with that directory, or with that `emulator.json`.

        Raises:
            EmulatorError: no emulator runs there.
        """
        return cls(Announcement.read(path))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def scan(self, qr: str, phone: str, **details: str) -> str:
        """Let a phone scan a QR code and return the jid of the device that is now linked.

        Args:
            qr: text of the QR code.
            phone: number of the phone, digits in international format.
            details: `push_name`, `business_name` or `platform`.

        Raises:
            ControlError: the code, the phone or the device does not allow it.
        """
        device: Json = await self._call("POST", "/scan", {"qr": qr, "phone": phone, **details})
        return cast("str", device["jid"])

    async def pair(self, code: str, phone: str, **details: str) -> str:
        """Type a pairing code into a phone and return the jid of the device that is now linked.

        Args:
            code: the code that the client shows, with or without the hyphen.
            phone: number of the phone, digits in international format.
            details: `push_name`, `business_name` or `platform`.

        Raises:
            ControlError: the code, the phone or the device does not allow it.
        """
        device: Json = await self._call("POST", "/pair", {"code": code, "phone": phone, **details})
        return cast("str", device["jid"])

    async def state(self) -> Json:
        """Return phones, devices and counters."""
        return await self._call("GET", "/state")

    async def devices(self) -> dict[str, Json]:
        """Return the linked devices by jid."""
        return {device["jid"]: device for device in (await self.state())["devices"]}

    async def counters(self) -> dict[str, int]:
        """Return what has happened since the emulator started."""
        return (await self.state())["counters"]

    async def revoke(self, jid: str) -> list[str]:
        """Unlink a device as its phone would; this and its like return the jids that were struck."""
        return await self._act(jid, "revoke")

    async def drop(self, jid: str) -> list[str]:
        """Close a device's connection without a word."""
        return await self._act(jid, "drop")

    async def replace(self, jid: str) -> list[str]:
        """End a device's stream as if it had logged in elsewhere."""
        return await self._act(jid, "replace")

    async def stream_error(self, jid: str, code: int = 503) -> list[str]:
        """End a device's stream with an error."""
        return await self._act(jid, f"stream-error?code={code}")

    async def add_fault(self, rule: Rule) -> int:
        """Put a fault in force and return its number."""
        return (await self._call("POST", "/faults", rule.model_dump(exclude_none=True)))["number"]

    async def remove_fault(self, number: int) -> None:
        """Take a fault out of force."""
        await self._call("DELETE", f"/faults/{number}")

    async def clear_faults(self) -> None:
        """Take every fault out of force."""
        await self._call("DELETE", "/faults")

    async def wait_online(self, jid: str, *, within: float = _WAIT) -> None:
        """Wait until a device is online, for at most `within` seconds."""
        await self.wait_state(lambda state: _online(state, jid), f"{jid} is online", within=within)

    async def wait_offline(self, jid: str, *, within: float = _WAIT) -> None:
        """Wait until a device is offline or unlinked, for at most `within` seconds."""
        await self.wait_state(lambda state: not _online(state, jid), f"{jid} is offline", within=within)

    async def wait_unlinked(self, jid: str, *, within: float = _WAIT) -> None:
        """Wait until a device is no longer linked, for at most `within` seconds."""
        await self.wait_state(
            lambda state: all(device["jid"] != jid for device in state["devices"]), f"{jid} is unlinked", within=within
        )

    async def wait_state(self, holds: Callable[[Json], bool], what: str, *, within: float = _WAIT) -> Json:
        """Wait until something holds of the state, and return it.

        Args:
            holds: what to wait for.
            what: the same in words.
            within: for how long, in seconds.

        Raises:
            TimeoutError: it did not come to hold in time.
        """
        state: Json = {}
        with anyio.move_on_after(within):
            while not holds(state := await self.state()):  # noqa: ASYNC110 - the state is in another process
                await anyio.sleep(_POLL)
            return state
        raise TimeoutError(f"{what} did not come true within {within:g} s; counters: {state.get('counters')}")

    async def _act(self, jid: str, action: str) -> list[str]:
        return (await self._call("POST", f"/devices/{jid}/{action}"))["jids"]

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        response = await self._http.request(method, path, json=body)
        answer = response.json()
        if response.is_error:
            raise ControlError(response.status_code, answer["error"], f"{answer['message']} {answer['hint']}")
        return answer


def _online(state: Json, jid: str) -> bool:
    return any(device["jid"] == jid and device["online"] for device in state["devices"])
