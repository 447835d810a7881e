"""What the test has done inside the machine: a phone that scans, and a look around. Prints one JSON object.

``errand.py scan SESSION PHONE`` or ``errand.py look``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import anyio
import grpc.aio

from wad.emulator.client import EmulatorClient
from wad.v1 import admin_pb2, admin_pb2_grpc, session_pb2, session_pb2_grpc

EMULATOR = Path("/var/lib/wad-emulator")


async def scan(channel: grpc.aio.Channel, emulator: EmulatorClient, session_id: str, phone: str) -> dict[str, Any]:
    """Scan the session's QR once it is there."""
    sessions: Any = session_pb2_grpc.SessionServiceStub(channel)
    request = session_pb2.GetSessionRequest(session_id=session_id)
    with anyio.fail_after(30):
        while True:
            try:
                session = (await sessions.GetSession(request, wait_for_ready=True)).session
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.NOT_FOUND:
                    raise
            else:
                if session.qr.code:
                    return {"jid": await emulator.scan(session.qr.code, phone)}
            await anyio.sleep(0.05)


async def look(channel: grpc.aio.Channel, emulator: EmulatorClient) -> dict[str, Any]:
    """Return the sessions' states, the workers, and what the emulator sees."""
    sessions: Any = session_pb2_grpc.SessionServiceStub(channel)
    admin: Any = admin_pb2_grpc.AdminServiceStub(channel)
    listed = await sessions.ListSessions(session_pb2.ListSessionsRequest(), wait_for_ready=True, timeout=30)
    workers = await admin.ListWorkers(admin_pb2.ListWorkersRequest(), timeout=30)
    state = await emulator.state()
    return {
        "states": {one.session_id: session_pb2.SessionState.Name(one.state)[14:].lower() for one in listed.sessions},
        "reconnected": [one.session_id for one in listed.sessions if one.auto_reconnected],
        "workers": sorted(one.pid for one in workers.workers),
        "connections": state["counters"]["connections_total"],
        "online": [device["jid"] for device in state["devices"] if device["online"]],
        "linked": [device["jid"] for device in state["devices"]],
    }


async def main() -> None:
    """Do what the command line says."""
    async with EmulatorClient.of(EMULATOR) as emulator, grpc.aio.insecure_channel("unix:/run/wad/wad.sock") as channel:
        match sys.argv[1:]:
            case ["scan", session_id, phone]:
                answer = await scan(channel, emulator, session_id, phone)
            case ["look"]:
                answer = await look(channel, emulator)
            case other:
                raise SystemExit(f"no such errand: {other}")
    print(json.dumps(answer))  # noqa: T201 - the answer


anyio.run(main)
