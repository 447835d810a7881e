"""What the maintenance commands tell people and programs."""

from __future__ import annotations

import json
import os
import socket as socketlib
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml
from typer.testing import CliRunner

from tests.integration.maintenance.rooms import HOUR, JID, snapshot
from wad.__main__ import app
from wad.storage.state_lock import state_lock
from wad.v1 import access_pb2

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from typer.testing import Result

    from tests.integration.maintenance.rooms import Rooms


@pytest.fixture(autouse=True)
def configured(rooms: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Have the commands work on the rooms."""
    config = tmp_path / "wad.toml"
    config.write_text(f'[daemon]\nstate_dir = "{rooms.root.parent}"\nruntime_dir = "{tmp_path / "run"}"\n')
    monkeypatch.setenv("WAD_CONFIG", str(config))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("WAD_BACKUP_PASSPHRASE", raising=False)
    before = os.umask(0o077)  # the commands set it, for a process of their own
    yield
    os.umask(before)


def wad(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def report(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    """Run the command for a program and return its report."""
    result = wad(*arguments, "-o", "json")
    assert result.exit_code == code, result.output
    answer: dict[str, Any] = json.loads(result.stdout or result.stderr)
    return answer


@pytest.mark.parametrize("command", ["cleanup", "emergency-cleanup"])
def test_cleanup_report_for_programs(rooms: Rooms, command: str) -> None:
    """The JSON report of a cleanup has each directory with age, verdict and reason, and the summary."""
    rooms.empty("old")
    rooms.paired("shop", age=2 * HOUR)
    answer = report(command)
    stuck = answer.pop("stuck", None)
    assert (stuck is None) is (command == "cleanup")
    ages = [round(found.pop("age_seconds") / HOUR) for found in answer["directories"]]
    sizes = [found.pop("size_bytes") for found in answer["directories"]]
    assert (ages, min(sizes) > 0) == ([1, 2], True)
    kept = {"holding": "paired", "verdict": "kept", "reason": "holds the credentials of a linked device", "backup": ""}
    assert answer == {
        "sessions_dir": str(rooms.root),
        "created": False,
        "dry_run": False,
        "older_than_seconds": 600.0,
        "directories": [
            {"session_id": "old", "holding": "unpaired", "verdict": "removed", "reason": "expired", "backup": ""},
            {"session_id": "shop", **kept},
        ],
        "skipped": [],
        "total": 2,
        "removed": 1,
        "failed": 0,
        "remaining": 1,
        "records_deleted": 0,
    }


def test_cleanup_report_for_people(rooms: Rooms) -> None:
    """People read each directory with its age and what became of it, and the sums."""
    rooms.empty("old")
    rooms.paired("shop", age=2 * HOUR)
    result = wad("cleanup", "--dry-run")
    assert "shop     2 h" in result.stdout
    assert "Total 2, would be removed 1, failed 0, remaining 1." in result.stdout
    assert "nothing was changed" in result.stdout


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("cleanup --dry-run", 0),
        ("emergency-cleanup --dry-run", 0),
        ("health-report", 1),
        ("backup --all --plaintext --to DIR", 0),
        ("token list", 0),
        ("config show", 0),
        ("config check", 0),
    ],
)
def test_yaml_has_what_json_has(rooms: Rooms, tmp_path: Path, line: str, code: int) -> None:
    """Each report of the host's commands can be had as YAML, with the same names as in JSON."""
    rooms.empty("old")
    rooms.paired("shop")
    arguments = line.replace("DIR", str(tmp_path / "backups")).split()
    result = wad(*arguments, "-o", "yaml")
    assert result.exit_code == code, result.output
    assert shape(yaml.safe_load(result.stdout)) == shape(report(*arguments, code=code))


def shape(answer: Any) -> Any:
    """Return the names and the types in an answer."""
    if isinstance(answer, dict):
        return {name: shape(inside) for name, inside in cast("dict[str, Any]", answer).items()}
    if isinstance(answer, list):
        return [shape(inside) for inside in cast("list[Any]", answer)]
    return type(cast("object", answer))


def test_key_that_is_none_is_told_once(rooms: Rooms, tmp_path: Path) -> None:
    """A recipient that is no public key is found before the first session, and said once for all of them."""
    for name in ("ant", "bee"):
        rooms.paired(name)
    result = wad("backup", "--all", "--to", tmp_path / "backups", "--recipient", "age1foo")
    assert result.exit_code == 2
    assert result.output.count("no public key") == 1
    assert not (tmp_path / "backups").exists()


def test_tokens_have_the_contracts_names() -> None:
    """For programs the fields of a token are called as in the contract, hence as wadctl calls those of anything."""
    made = report("token", "create", "billing", "--role", "viewer")["token"]
    names = [field.name for field in access_pb2.Token.DESCRIPTOR.fields]
    assert list(made) == names
    assert [list(token) for token in report("token", "list")["tokens"]] == [names]


def test_silent_daemon_is_told_once(rooms: Rooms, tmp_path: Path) -> None:
    """A socket that nobody serves is one finding of the daily report, without what gRPC says about it."""
    rooms.paired("shop")
    (tmp_path / "run").mkdir()
    socket = tmp_path / "run" / "wad.sock"
    with closing(socketlib.socket(socketlib.AF_UNIX)) as dead:
        dead.bind(str(socket))
    told = wad("health-report").stdout
    assert told.count("the daemon did not answer") == told.count(str(socket)) == 1
    assert "failed to connect" not in told


def test_missing_directory_is_made_and_said(rooms: Rooms) -> None:
    """A cleanup without a session directory makes it, says so, and succeeds."""
    rooms.root.rmdir()
    result = wad("cleanup")
    assert (result.exit_code, "it was created" in result.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("cleanup", "--older-than", "soon"), 2),
        (("cleanup", "--no-backup"), 2),
        (("cleanup", "--include-paired"), 2),
        (("cleanup", "--include-paired", "--recipient", "age1nonsense"), 2),
        (("backup", "--all", "--to", "/nonexistent", "--recipient", "age1nonsense"), 2),
        (("backup", "--to", "/nonexistent"), 2),
        (("backup", "shop", "--all", "--to", "/nonexistent"), 2),
        (("backup", "../shop", "--to", "/nonexistent", "--plaintext"), 2),
        (("backup", "--all", "--to", "/proc/none", "--plaintext"), 1),
        (("export", "nobody", "/nonexistent", "--plaintext"), 3),
        (("export", "shop", "/nonexistent", "--plaintext", "--recipient", "age1x"), 2),
        (("restore", "/nonexistent/archive"), 1),
        (("restore", "/etc/hostname"), 2),
        (("health-report", "--config", "/nonexistent.toml"), 78),
        (("health-report",), 1),
    ],
)
def test_exit_codes(rooms: Rooms, arguments: tuple[str, ...], code: int) -> None:
    """Every kind of failure has its documented exit code, and no traceback; the credentials are as they were."""
    rooms.paired("shop")
    before = snapshot(rooms.path("shop"))
    result = wad(*arguments)
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert {name: found for name, found in snapshot(rooms.path("shop")).items() if name != "lock"} == before


def test_session_in_use_exits_5(rooms: Rooms, tmp_path: Path) -> None:
    """A restore over a session in use fails with the code for trying again."""
    rooms.paired("shop")
    report("export", "shop", tmp_path / "a.tar", "--plaintext")
    with rooms.client("shop"):
        answer = report("restore", tmp_path / "a.tar", code=5)
    assert answer["sessions"][0]["error"]["reason"] == "SESSION_BUSY"


def test_passphrase_comes_by_file_or_variable(rooms: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that was sealed with the variable's passphrase is opened with a file's, under another name."""
    rooms.paired("shop")
    monkeypatch.setenv("WAD_BACKUP_PASSPHRASE", "four random words")
    [made] = report("export", "shop", tmp_path / "a.tar.age")["backups"]
    monkeypatch.delenv("WAD_BACKUP_PASSPHRASE")
    (tmp_path / "phrase").write_text("four random words\n")
    answer = report("import", made["file"], "--as", "branch", "--passphrase-file", tmp_path / "phrase")
    assert answer["sessions"] == [
        {
            "session_id": "branch",
            "jid": JID,
            "taken_at": made["taken_at"],
            "file": str(tmp_path / "a.tar.age"),
            "desired": "stopped",
        }
    ]


def test_one_broken_session_does_not_stop_the_others_backup(rooms: Rooms, tmp_path: Path) -> None:
    """A backup of all saves whatever can be saved, and fails for the rest."""
    rooms.damaged("broken")
    rooms.paired("shop")
    rooms.empty("new")
    answer = report("backup", "--all", "--to", tmp_path / "backups", "--plaintext", code=1)
    broken, shop = answer["backups"]
    assert (broken["session_id"], broken["error"]["reason"]) == ("broken", "CREDENTIALS_DAMAGED")
    assert os.listdir(tmp_path / "backups") == [os.path.basename(shop["file"])]  # noqa: PTH208, PTH119 - one line


def test_running_daemon_of_another_version_keeps_its_registry(rooms: Rooms, tmp_path: Path) -> None:
    """A restore beside a daemon whose registry has another schema is refused, and migrates nothing."""
    rooms.paired("shop")
    report("export", "shop", tmp_path / "a.tar", "--plaintext")
    registry = rooms.root.parent / "registry.db"
    registry.touch()
    with state_lock(rooms.root.parent):
        answer = report("restore", tmp_path / "a.tar", "--force", code=78)
    assert "Restart the daemon first" in answer["sessions"][0]["error"]["message"]
    assert registry.stat().st_size == 0


def test_health_report_names_what_is_wrong(rooms: Rooms) -> None:
    """The daily report finds damaged stores, unknown linked sessions, strangers, open directories, a missing daemon."""
    rooms.damaged("broken")
    rooms.paired("shop")
    (rooms.root / "not a session").mkdir()
    rooms.root.chmod(0o755)
    findings = "\n".join(report("health-report", code=1)["findings"])
    for expected in ("broken: ", "shop: the registry does not know", "not a session does", "chmod 700", "no daemon"):
        assert expected in findings
