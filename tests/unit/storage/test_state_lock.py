"""One daemon for one state directory."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wad.domain.errors import ConfigurationError, StorageError
from wad.storage.state_lock import state_lock

HOLDER = """
import sys, time
from pathlib import Path
from wad.storage.state_lock import state_lock

with state_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def _hold(directory: Path) -> subprocess.Popen[bytes]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, directory], cwd=Path(__file__).parents[3], stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    return holder


def test_second_daemon_is_told_who_is_there(tmp_path: Path) -> None:
    """While one process holds the directory, another is refused with the first one's pid and what to do."""
    with _hold(tmp_path) as holder:
        message = rf"Another wad \(pid {holder.pid}\) already runs on {tmp_path}.*daemon.state_dir"
        with pytest.raises(ConfigurationError, match=message), state_lock(tmp_path):
            pass
        holder.kill()


def test_killed_daemon_leaves_no_lock(tmp_path: Path) -> None:
    """The lock of a daemon that was killed is free at once."""
    with _hold(tmp_path) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with state_lock(tmp_path):
        assert (tmp_path / "wad.lock").read_text() == f"{os.getpid()}\n"


def test_lock_is_given_back_at_the_end(tmp_path: Path) -> None:
    """After its end the lock can be taken again, and a refused attempt does not take it away."""
    with state_lock(tmp_path), pytest.raises(ConfigurationError), state_lock(tmp_path):
        pass
    with state_lock(tmp_path):
        pass


def test_state_directory_is_made_and_closed_to_others(tmp_path: Path) -> None:
    """An absent state directory is made with its parents; nobody else may enter it."""
    with state_lock(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_started_programs_do_not_inherit_the_lock(tmp_path: Path) -> None:
    """A worker that outlives its daemon does not keep the next daemon out."""
    with state_lock(tmp_path):
        child = subprocess.Popen(["/bin/sh", "-c", "echo; exec sleep 600"], stdout=subprocess.PIPE, close_fds=False)
        assert child.stdout is not None
        child.stdout.readline()
    with child:
        with state_lock(tmp_path):
            pass
        child.kill()


def test_link_in_the_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    """The lock's file is not opened through a symbolic link, so that nothing else is overwritten."""
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "wad.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(ConfigurationError, match="cannot be opened"), state_lock(tmp_path):
        pass
    assert (tmp_path / "precious").read_text() == "mine"


def test_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    """A state directory that is a file is an error in words."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="not a directory"), state_lock(tmp_path / "file"):
        pass


def test_a_directory_of_somebody_else_is_for_people_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No restart changes the owner, so the error is one that a service manager does not answer with a restart."""
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(ConfigurationError, match=r"belongs to user .* with daemon\.state_dir"), state_lock(tmp_path):
        pass


def test_a_directory_that_can_never_be_made_is_for_people_to_mend() -> None:
    """Nobody can make a directory in /proc, today or after a restart."""
    with pytest.raises(ConfigurationError, match="cannot be made"), state_lock(Path("/proc/nope")):
        pass


def test_a_full_disk_may_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be over by itself is no configuration's fault, and a restart is worth a try."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(StorageError, match="No space left"), state_lock(tmp_path / "new"):
        pass
