"""The row of the removal table that no caller can ask for: a session that stopped answering, with the real engine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.house import PATIENCE, Emulated
from wad.daemon.clock import SystemClock, SystemEntropy
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import EventKind
from wad.domain.states import RemovalReason
from wad.engine.host import WorkerEngine
from wad.engine.settings import CustomUpstream, EngineSettings
from wad.managers.hub import EventHub
from wad.managers.session_manager import SessionManager
from wad.managers.terms import Limits
from wad.storage.inspection import DirectoryInspector
from wad.storage.registry import open_registry
from wad.storage.session_files import SessionDirectories

if TYPE_CHECKING:
    from wad.ports import Registry

pytestmark = pytest.mark.anyio

A = SessionId("a")


def manager_of(emulated: Emulated, registry: Registry, root: Path, runtime: Path) -> SessionManager:
    """Return a manager as the daemon wires it, on the real engine."""
    told = emulated.client.announcement
    engine = WorkerEngine(
        EngineSettings(
            sessions_dir=root / "sessions",
            runtime_dir=runtime,
            log_dir=root / "log",
            upstream=CustomUpstream(told.proxy_url, told.ca_file, told.noise_root_key),
        )
    )
    return SessionManager(
        engine=engine,
        pairing=engine,
        prober=engine,
        lasting=engine,
        registry=registry,
        files=SessionDirectories(root / "sessions"),
        inspector=DirectoryInspector(root / "sessions"),
        hub=EventHub(),
        clock=SystemClock(),
        entropy=SystemEntropy(),
        policy=Policy(),
        limits=Limits(),
    )


async def test_removal_heartbeat_keeps_the_files(tmp_path: Path) -> None:
    """``heartbeat``: the session is over and its client closed; its credentials stay, and it is still linked."""
    with tempfile.TemporaryDirectory(prefix="wad-") as runtime:  # a unix socket's path must be short
        async with Emulated.running(tmp_path) as emulated, open_registry(tmp_path / "registry.db") as registry:
            jid = ""
            manager = manager_of(emulated, registry, tmp_path, Path(runtime))
            async with anyio.create_task_group() as tasks:
                await tasks.start(manager.run)
                with anyio.fail_after(PATIENCE):
                    async for event in manager.link(A):
                        if event.kind is EventKind.QR_ISSUED and event.view.qr is not None:
                            jid = await emulated.client.scan(event.view.qr.code, "491700000001")
                    view = await manager.remove(A, RemovalReason.HEARTBEAT)
                assert (view.record.state, view.record.removal) == ("expired", RemovalReason.HEARTBEAT)
                await emulated.client.wait_offline(jid)
                assert jid in await emulated.client.devices()
                assert (tmp_path / "sessions" / A / "creds.db").exists()
                tasks.cancel_scope.cancel()
