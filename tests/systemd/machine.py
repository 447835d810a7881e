"""A system that boots: a copy of this one, in a container with a systemd of its own. What it writes is forgotten."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

CHECKOUT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = CHECKOUT / "docs" / "operations.md"
PATIENCE: Final = 60.0
"""Seconds after which a condition that has not come is a failure."""

_ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "SYSTEMD_PAGER": "",
}
_NOT_FOR_A_COPY: Final = ("multi-user.target.wants", "graphical.target.wants", "network-online.target.wants")
"""Directories of units that the administrator of this system has enabled."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A booted system; :meth:`booted` makes one.

    Attributes:
        leader: Process id, here, of its first process.
        root: Its root directory, seen from here.
    """

    leader: int
    root: Path

    @classmethod
    @contextmanager
    def booted(cls) -> Generator[Machine]:
        """Boot a copy of this system, and shut it down."""
        with _copy_of_this_system() as root:
            command = ["systemd-nspawn", "--quiet", "--boot", f"--directory={root}", "--machine=wad-test"]
            command += ["--register=no", "--keep-unit", "--private-network", "--console=read-only"]
            command += ["--resolv-conf=off", "--timezone=off", "--link-journal=no"]
            if CHECKOUT.stat().st_dev != Path("/").stat().st_dev:
                command.append(f"--overlay={CHECKOUT}::{CHECKOUT}")  # it is on a file system of its own
            with Path(f"{root}.log").open("wb") as log:
                container = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                machine = cls(_leader(container, Path(f"{root}.log")), root)
                until(lambda: machine.run("systemctl", "is-system-running", "--wait", check=False) in _UP, "it is up")
                yield machine
            finally:
                container.terminate()
                container.wait(PATIENCE)

    def run(self, *command: str, check: bool = True, online: bool = False, directory: Path = CHECKOUT) -> str:
        """Run a command inside as root and return what it said.

        Args:
            command: The command.
            check: Fail if it does.
            online: Let it use this system's network; the machine has none but loopback.
            directory: Where it is run.
        """
        spaces = ["--mount", "--uts", "--ipc", "--pid", "--root", *(() if online else ("--net",))]
        # Entered before, the directory would lie outside of the machine's root, and who may not pass through those
        # above it, as through /root, could not even tell where it is.
        inside = ["nsenter", f"--target={self.leader}", *spaces, f"--wdns={directory}"]
        environment = _ENVIRONMENT | ({k: v for k, v in os.environ.items() if _of_the_network(k)} if online else {})
        done = subprocess.run(
            [*inside, *command], capture_output=True, text=True, env=environment, timeout=3 * PATIENCE, check=False
        )
        said = done.stdout + done.stderr
        assert not check or done.returncode == 0, f"{' '.join(command)}: exit code {done.returncode}\n{said}"
        return said.strip()

    def follow(self, heading: str, *, online: bool = False) -> list[str]:
        """Run every command under that heading of the page about operations; return what each said."""
        return [self.run("sh", "-c", command, online=online) for command in commands(heading)]

    def show(self, unit: str, name: str) -> str:
        """Return a property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={name}", unit)

    def write(self, path: str, text: str) -> None:
        """Write a file, which must not be below what the machine has in memory: /run, /tmp, /dev."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


_UP: Final = ("running", "degraded")  # degraded: some unit of the copied system cannot run in a container


def commands(heading: str) -> list[str]:
    """Return the commands under a heading of the page about operations."""
    return [line.removeprefix("# ") for block in blocks(heading, "console") for line in block.splitlines()]


def blocks(heading: str, language: str) -> list[str]:
    """Return the blocks of a language under a heading of the page about operations."""
    _, _, rest = PAGE.read_text().partition(f"\n## {heading}\n")
    found = re.findall(rf"```{language}\n(.*?)```", rest.partition("\n## ")[0], re.DOTALL)
    assert found, f"{PAGE.name} has no {language} under {heading!r}"
    return found


def until(holds: Callable[[], bool], what: str, within: float = PATIENCE) -> None:
    """Wait for a condition that another process brings about."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.1)


@contextmanager
def _copy_of_this_system() -> Generator[Path]:
    """Yield the root of a copy; its upper layer is in memory, for it must not be part of the lower one."""
    with ExitStack() as undo:
        base = Path(tempfile.mkdtemp(prefix="wad-boot-", dir="/var/tmp"))  # the container hides /tmp
        undo.callback(shutil.rmtree, base)
        layers, root = base / "layers", base / "root"
        for directory in (layers, root):
            directory.mkdir()
        _mount(undo, layers, "-t", "tmpfs", "-o", "mode=0755", "tmpfs")
        for directory in (layers / "upper", layers / "work"):
            directory.mkdir(mode=0o755)
        _mount(
            undo, root, "-t", "overlay", "-o", f"lowerdir=/,upperdir={layers}/upper,workdir={layers}/work", "overlay"
        )
        for name in _NOT_FOR_A_COPY:
            shutil.rmtree(root / "etc/systemd/system" / name, ignore_errors=True)
        yield root


def _mount(undo: ExitStack, directory: Path, *options: str) -> None:
    subprocess.run(["/bin/mount", *options, str(directory)], check=True)
    undo.callback(subprocess.run, ["/bin/umount", "--lazy", str(directory)], check=True)


def _leader(container: subprocess.Popen[bytes], log: Path) -> int:
    """Return the process id of the first process inside, once that is systemd."""
    found: list[int] = []

    def there() -> bool:
        assert container.poll() is None, log.read_text()
        children = psutil.Process(container.pid).children()
        found[:] = [child.pid for child in children if child.name() == "systemd"]
        return bool(found)

    until(there, "the container has a first process")
    return found[0]


def _of_the_network(variable: str) -> bool:
    return variable.upper().startswith(("PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"))
