"""A caller who wants nothing but to be answered, in a process of its own: ``python -m tests.fuzz.probe``.

It asks for one session again and again until its input ends, and then says how that went.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from typing import Any

import grpc

from wad.v1 import session_pb2, session_pb2_grpc

LONGEST_WAIT = 60.0
PAUSE = 0.01


def main() -> None:
    """Call until standard input is closed; a line on it ends a phase."""
    address, session_id = sys.argv[1:]
    phases: list[list[float]] = [[]]
    failures: list[str] = []
    over = threading.Event()

    def listen() -> None:
        phases.extend([] for _ in sys.stdin)
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    with grpc.insecure_channel(address) as channel:
        stub: Any = session_pb2_grpc.SessionServiceStub(channel)
        while not over.wait(PAUSE):
            began = time.monotonic()
            try:
                stub.GetSession(session_pb2.GetSessionRequest(session_id=session_id), timeout=LONGEST_WAIT)
            except grpc.RpcError as error:
                failures.append(str(error))
            phases[-1].append(time.monotonic() - began)
    json.dump({"failures": failures, "phases": [_told(phase) for phase in phases]}, sys.stdout)


def _told(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {"answered": 0}
    ordered = sorted(seconds)
    return {
        "answered": len(ordered),
        "median_ms": statistics.median(ordered) * 1e3,
        "p99_ms": ordered[int(len(ordered) * 0.99)] * 1e3,
        "longest_ms": ordered[-1] * 1e3,
    }


if __name__ == "__main__":
    main()
