"""Who can be asked what a fault has done: the processes, the credentials on disk, WhatsApp's side, the contract."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import psutil

from tests.house import state_name, until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.house import Daemon, House
    from wad.v1 import session_pb2


def workers(house: House) -> set[int]:
    """Return the pids of the workers of this house's daemons, whoever is their parent."""
    return {process.pid for process in psutil.process_iter() if str(house.run) in _worker_line(process)}


def _worker_line(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        line = process.cmdline()
        return " ".join(line) if "wad.worker" in line else ""  # the process that they are forked from is none
    return ""


async def worker_of(house: House, session_id: str) -> int:
    """Return the pid of the worker that has the session's credentials open, once one has."""
    found: list[int] = []

    def has_one() -> bool:
        found[:] = [pid for pid in workers(house) if _holds(pid, house.sessions / session_id)]
        return bool(found)

    await until(has_one, f"a worker has opened {session_id}")
    (pid,) = found
    return pid


def _holds(pid: int, directory: Path) -> bool:
    with suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                if descriptor.readlink().parent == directory:
                    return True
    return False


def credentials(house: House) -> dict[str, str]:
    """Return the jid in each session's store, read without any of the daemon's code."""
    stores = {path.parent.name: path for path in house.sessions.glob("*/creds.db")}
    read = {name: _jid(store) for name, store in stores.items() if not name.startswith(".")}
    return {name: jid for name, jid in read.items() if jid}


def _jid(store: Path) -> str:
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(store, timeout=10)) as database:
        row = database.execute("SELECT jid FROM whatsmeow_device").fetchone()
        return str(row[0]) if row else ""
    return ""  # it is just being made: there is no table yet


def record(house: House, session_id: str) -> dict[str, object]:
    """Return what the registry says of a session; nothing when it has no record."""
    with closing(sqlite3.connect(house.root / "state" / "registry.db", timeout=10)) as database:
        database.row_factory = sqlite3.Row
        row = database.execute("SELECT * FROM sessions WHERE session_id = ?", (session_id,)).fetchone()
        return dict(row) if row else {}


async def connections(house: House) -> int:
    """Return how many connections clients have made to the emulator so far."""
    return (await house.emulator.counters())["connections_total"]


async def logins(house: House) -> dict[str, int]:
    """Return how often each linked device has logged in."""
    return {jid: device["logins"] for jid, device in (await house.emulator.devices()).items()}


async def states(daemon: Daemon) -> dict[str, str]:
    """Return the state of every live session."""
    return {session.session_id: state_name(session) for session in await daemon.list()}


async def until_states(daemon: Daemon, wanted: Mapping[str, str]) -> None:
    """Wait until the live sessions are these, in these states."""

    async def so() -> bool:
        return await states(daemon) == wanted

    await until(so, f"the sessions are {wanted}")


async def link_all(daemon: Daemon, phones: Mapping[str, str]) -> dict[str, str]:
    """Link sessions, all at one time, each with its phone; return their jids."""
    jids: dict[str, str] = {}

    async def link(session_id: str, phone: str) -> None:
        jids[session_id] = (await daemon.link(session_id, phone))[-1].user.jid

    async with anyio.create_task_group() as tasks:
        for session_id, phone in phones.items():
            tasks.start_soon(link, session_id, phone)
    return jids


async def comes_back(daemon: Daemon, before: session_pb2.Session) -> None:
    """Wait until a session that has lost its client is connected with a new one, as the same device."""
    name = before.session_id
    back = await daemon.watch_until(
        name, lambda s: state_name(s) == "connected" and s.generation > before.generation, f"{name} is back"
    )
    assert back[-1].user.jid == before.user.jid
    assert not any(session.HasField("qr") for session in back)
    await daemon.house.emulator.wait_online(before.user.jid)


async def is_undisturbed(daemon: Daemon, before: session_pb2.Session) -> None:
    """Assert that a session has had the same client and connection all the time, and nothing to complain of."""
    now = await daemon.get(before.session_id)
    assert state_name(now) == "connected"
    assert (now.generation, now.connect_time, now.counters.reconnects, now.last_error) == (
        before.generation,
        before.connect_time,
        before.counters.reconnects,
        before.last_error,
    )
