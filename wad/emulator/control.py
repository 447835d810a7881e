"""The control API: JSON over HTTP on a loopback port, for tests, demos and scripts."""

import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from wad.emulator.errors import InvalidRequest, RequestError
from wad.emulator.faults import Fault, Rule
from wad.emulator.linking import CodeEntry, Scan
from wad.emulator.network import Action, Network

_T = TypeVar("_T")

_FAULT: TypeAdapter[Rule] = TypeAdapter(Fault)
_SCAN = TypeAdapter(Scan)
_ENTRY = TypeAdapter(CodeEntry)
_CODE = TypeAdapter(int)

_SCAN_HINT = 'Send {"qr": "...", "phone": "..."}, and "push_name", "business_name" or "platform" if they matter.'
_ENTRY_HINT = 'Send {"code": "...", "phone": "..."}, and "push_name", "business_name" or "platform" if they matter.'
_FAULT_HINT = (
    'Send {"kind": "...", "target": jid or phone, "times": number}; kinds are '
    "refuse_connection and bad_certificate (flaw: authority, expired or noise), both without a target, blackhole (no "
    "times), clock_skew (seconds), refuse_login (reason, code, expire), refuse_code (reason), close_after_515 (min_ms, "
    "max_ms), stall (at: handshake, login or requests), slow (delay_ms) and corrupt_frame."
)


class Control:
    """The handlers of the control API.

    Args:
        network: what they work on.
    """

    def __init__(self, network: Network) -> None:
        self._network = network

    def app(self) -> Starlette:
        """Return the API as an ASGI application."""
        actions: tuple[Action, ...] = ("drop", "replace", "revoke", "stream-error")
        return Starlette(
            routes=[
                Route("/state", self.state, methods=["GET"]),
                Route("/scan", self.scan, methods=["POST"]),
                Route("/pair", self.pair, methods=["POST"]),
                *(Route(f"/devices/{{target}}/{action}", self._act(action), methods=["POST"]) for action in actions),
                Route("/faults", self.faults, methods=["GET"]),
                Route("/faults", self.add_fault, methods=["POST"]),
                Route("/faults", self.clear_faults, methods=["DELETE"]),
                Route("/faults/{number:int}", self.remove_fault, methods=["DELETE"]),
            ],
            exception_handlers={RequestError: _refuse, 404: _no_such_path, 405: _no_such_path},
        )

    async def state(self, _: Request) -> JSONResponse:
        """GET /state: phones, linked devices and counters."""
        return JSONResponse(self._network.state())

    async def scan(self, request: Request) -> JSONResponse:
        """POST /scan {qr, phone, push_name?, business_name?, platform?}: link the device that shows a code."""
        device = await self._network.scan(await _body(request, _SCAN, _SCAN_HINT))
        return JSONResponse(self._network.describe(device), status_code=201)

    async def pair(self, request: Request) -> JSONResponse:
        """POST /pair {code, phone, push_name?, business_name?, platform?}: type the pairing code of a device."""
        device = await self._network.pair(await _body(request, _ENTRY, _ENTRY_HINT))
        return JSONResponse(self._network.describe(device), status_code=201)

    async def faults(self, _: Request) -> JSONResponse:
        """GET /faults: the faults in force."""
        return JSONResponse([_describe(number, rule) for number, rule in self._network.faults])

    async def add_fault(self, request: Request) -> JSONResponse:
        """POST /faults {kind, target?, times?, …}: put a fault in force."""
        rule = await _body(request, _FAULT, _FAULT_HINT)
        return JSONResponse(_describe(self._network.faults.add(rule), rule), status_code=201)

    async def remove_fault(self, request: Request) -> JSONResponse:
        """DELETE /faults/{number}: take one fault out of force."""
        self._network.faults.remove(cast("int", request.path_params["number"]))
        return JSONResponse({})

    async def clear_faults(self, _: Request) -> JSONResponse:
        """DELETE /faults: take every fault out of force."""
        self._network.faults.clear()
        return JSONResponse({})

    def _act(self, action: Action) -> Callable[[Request], Any]:
        async def act(request: Request) -> JSONResponse:
            code = _validated(_CODE, request.query_params.get("code", "503"), "Pass ?code= and a number.")
            jids = self._network.act(request.path_params["target"], action, code=code)
            return JSONResponse({"jids": [str(jid) for jid in jids]})

        return act


def _describe(number: int, rule: Rule) -> dict[str, Any]:
    return {"number": number, **rule.model_dump(mode="json", exclude_none=True)}


async def _body(request: Request, adapter: TypeAdapter[_T], hint: str) -> _T:
    try:
        return _validated(adapter, json.loads(await request.body()), hint)
    except json.JSONDecodeError as error:
        raise InvalidRequest("invalid_json", f"The body is not JSON: {error}.", hint) from error


def _validated(adapter: TypeAdapter[_T], value: object, hint: str) -> _T:
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the value"
        raise InvalidRequest("invalid_request", f"{where}: {first['msg']}.", hint) from error


async def _refuse(_: Request, error: Exception) -> JSONResponse:
    refusal = cast("RequestError", error)
    body = {"error": refusal.code, "message": refusal.message, "hint": refusal.hint}
    return JSONResponse(body, status_code=refusal.status)


async def _no_such_path(request: Request, _: Exception) -> JSONResponse:
    body = {
        "error": "unknown_path",
        "message": f"{request.method} {request.url.path} is not part of the control API.",
        "hint": "GET /state, POST /scan, POST /pair, POST /devices/{jid}/{action}, GET, POST or DELETE /faults.",
    }
    return JSONResponse(body, status_code=404)
