"""What the registry in SQLite guarantees beyond its port."""

from __future__ import annotations

import logging
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wad.domain.errors import StorageError
from wad.domain.events import UserIdentity
from wad.domain.ids import SessionId
from wad.domain.policy import Policy
from wad.domain.records import LastError, SessionRecord
from wad.domain.states import DesiredState, RemovalReason, SessionState
from wad.storage import database as database_module
from wad.storage.database import open_database
from wad.storage.registry import SqlRegistry, open_registry
from wad.storage.rows import from_row, to_row

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
ALPHA = SessionRecord(SessionId("alpha"), created_at=1.0, last_activity_at=2.0)
BETA = replace(ALPHA, session_id=SessionId("beta"))

times = st.floats(min_value=0, max_value=1e11)
counts = st.integers(min_value=0, max_value=2**63 - 1)
seconds = st.floats(min_value=0, max_value=1e9)
policies = st.builds(
    Policy,
    idle=seconds,
    max_age=seconds,
    qr_window=seconds,
    connecting=seconds,
    max_failures=st.integers(min_value=0, max_value=10**6),
)
records = st.builds(
    SessionRecord,
    session_id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True).map(SessionId),
    created_at=times,
    last_activity_at=times,
    desired=st.sampled_from(DesiredState),
    state=st.sampled_from(SessionState),
    active=st.booleans(),
    removal=st.none() | st.sampled_from(RemovalReason),
    user=st.none()
    | st.builds(
        UserIdentity, jid=st.text(), lid=st.text(), push_name=st.text(), platform=st.text(), business_name=st.text()
    ),
    connected_at=st.none() | times,
    auto_reconnected=st.booleans(),
    generation=counts,
    reconnects=counts,
    messages_sent=counts,
    messages_received=counts,
    policy=policies,
    labels=st.dictionaries(st.text(), st.text(), max_size=4),
    last_error=st.none() | st.builds(LastError, reason=st.text(), message=st.text(), at=times),
)


@given(record=records)
def test_every_record_survives_its_row(record: SessionRecord) -> None:
    """A record's columns hold all of it."""
    assert from_row(to_row(record)) == record


@settings(max_examples=25, deadline=None)
@given(kept=st.lists(records, min_size=1, max_size=5, unique_by=lambda record: record.session_id))
def test_every_record_survives_the_database(
    tmp_path_factory: pytest.TempPathFactory, kept: list[SessionRecord]
) -> None:
    """Whatever was saved is there, the same, when the database is opened anew."""
    path = tmp_path_factory.mktemp("registry") / "wad.db"

    async def save_and_reopen() -> list[SessionRecord]:
        async with open_registry(path) as registry:
            for record in kept:
                await registry.save(record)
        async with open_registry(path) as registry:
            return list(await registry.load())

    assert anyio.run(save_and_reopen) == sorted(kept, key=lambda record: record.session_id)


def _update(path: Path, assignment: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE sessions SET {assignment} WHERE session_id = 'alpha'", values)  # noqa: S608 - a test


@pytest.mark.parametrize(
    ("assignment", "value"),
    [
        ("state = ?", "dancing"),
        ("desired = ?", ""),
        ("removal = ?", "boredom"),
        ("policy = ?", "{"),
        ("policy = ?", "[]"),
        ("policy = ?", '{"idle": "long"}'),
        ("policy = ?", '{"idle": true}'),
        ("policy = ?", '{"idle": -1}'),
        ("labels = ?", '{"a": 1}'),
        ("labels = ?", "null"),
        ("created_at = ?", "yesterday"),
        ("generation = ?", 1.5),
        ("session_id = ?", "../../etc"),
        ("state = CAST(? AS TEXT)", b"\xff\xfe"),
        ("user_jid = ?", "a@s.whatsapp.net"),
    ],
)
async def test_damaged_row_is_named_and_holds_up_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, assignment: str, value: object
) -> None:
    """A row that makes no sense is left out of the load with an error in the log; all others are loaded."""
    path = tmp_path / "wad.db"
    async with open_registry(path) as registry:
        await registry.save(ALPHA)
        await registry.save(BETA)
        _update(path, assignment, value)
        with caplog.at_level(logging.ERROR):
            assert list(await registry.load()) == [BETA]
    assert "is damaged" in caplog.text


async def test_damaged_record_is_an_error_and_not_absent(tmp_path: Path) -> None:
    """Asked for a damaged record, the registry names it instead of saying that there is none."""
    path = tmp_path / "wad.db"
    async with open_registry(path) as registry:
        await registry.save(ALPHA)
        _update(path, "state = ?", "dancing")
        with pytest.raises(StorageError, match="'alpha' is damaged: 'dancing'"):
            await registry.get(ALPHA.session_id)


async def test_limits_of_a_newer_program_are_ignored_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A policy key that this version does not know is logged, and the others hold."""
    path = tmp_path / "wad.db"
    async with open_registry(path) as registry:
        await registry.save(ALPHA)
        _update(path, "policy = ?", '{"idle": 5, "naps": 3}')
        record = await registry.get(ALPHA.session_id)
    assert record is not None
    assert record.policy == Policy(idle=5)
    assert "alpha" in caplog.text
    assert "naps" in caplog.text


async def test_acknowledged_records_survive_a_kill(tmp_path: Path) -> None:
    """What save() acknowledged is there after the process was killed right afterwards."""
    program = """
import anyio, os, sys
from pathlib import Path
from wad.domain.records import SessionRecord
from wad.storage.registry import open_registry

async def main():
    async with open_registry(Path(sys.argv[1])) as registry:
        for number in range(20):
            await registry.save(SessionRecord(f"s{number:02}", 1.0, 2.0))
        os.kill(os.getpid(), 9)

anyio.run(main)
"""
    path = tmp_path / "wad.db"
    killed = await anyio.run_process([sys.executable, "-c", program, str(path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    async with open_registry(path) as registry:
        assert [record.session_id for record in await registry.load()] == [f"s{number:02}" for number in range(20)]


async def test_commits_are_synced_to_the_disk(tmp_path: Path) -> None:
    """The connection that writes is in write-ahead mode and syncs every commit, so that a power cut loses none."""
    async with open_database(tmp_path / "wad.db") as database:
        with database._engine.connect() as connection:  # pyright: ignore[reportPrivateUsage] - of this connection
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def _modes(directory: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in directory.glob("wad.db*")}


async def test_journals_are_as_private_as_the_database(tmp_path: Path) -> None:
    """No file of the database can be read by other users."""
    async with open_registry(tmp_path / "wad.db") as registry:
        await registry.save(ALPHA)
        assert _modes(tmp_path) == {"wad.db": 0o600, "wad.db-shm": 0o600, "wad.db-wal": 0o600}


async def test_locked_database_is_an_error_that_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When another program holds the database, saving fails in words and can be tried again."""
    monkeypatch.setattr(database_module, "_PRAGMAS", ("PRAGMA busy_timeout = 1",))
    path = tmp_path / "wad.db"
    async with open_registry(path) as registry:
        await registry.save(ALPHA)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="database is locked"):
                await registry.save(replace(ALPHA, generation=9))
            other.execute("ROLLBACK")
        assert await registry.get(ALPHA.session_id) == ALPHA
        await registry.save(replace(ALPHA, generation=9))


@pytest.mark.parametrize(
    "record",
    [
        replace(ALPHA, generation=2**63),
        replace(ALPHA, created_at=float("nan")),
        replace(ALPHA, user=UserIdentity("\ud800", push_name="Private Person")),
    ],
    ids=["number too large", "not a number", "no text"],
)
async def test_record_that_cannot_be_written_is_an_error_without_the_users_data(
    tmp_path: Path, record: SessionRecord
) -> None:
    """A refused record changes nothing, and the error's chain names no user."""
    async with open_registry(tmp_path / "wad.db") as registry:
        with pytest.raises(StorageError) as caught:
            await registry.save(record)
        assert "Private Person" not in f"{caught.value} {caught.value.__cause__}"
        assert list(await registry.load()) == []


async def test_cancelled_wait_for_a_turn_writes_nothing(tmp_path: Path) -> None:
    """A save that is cancelled before its turn has no effect, and the registry goes on working."""
    async with open_database(tmp_path / "wad.db") as database:
        registry = SqlRegistry(database)
        turn = database._turn  # pyright: ignore[reportPrivateUsage] - a wait that cannot be had from outside
        async with turn, anyio.create_task_group() as tasks:
            tasks.start_soon(registry.save, ALPHA)
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        assert list(await registry.load()) == []
        await registry.save(BETA)
        assert list(await registry.load()) == [BETA]


def test_registry_needs_no_configuration_file(tmp_path: Path) -> None:
    """The migrations are found from any working directory."""
    program = (
        "import anyio, sys; from pathlib import Path; from wad.storage.registry import open_registry\n"
        "async def main():\n"
        "    async with open_registry(Path(sys.argv[1])) as registry:\n"
        "        print(len(await registry.load()))\n"
        "anyio.run(main)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "wad.db"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (b"0\n", b"")
