"""The daemon in a terminal."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import anyio.to_thread
import pytest

from tests.house import PATIENCE, until

if TYPE_CHECKING:
    from tests.house import House

pytestmark = pytest.mark.anyio


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


async def test_closing_its_terminal_stops_the_daemon_in_order(house: House) -> None:
    """Whoever closes the window in which the daemon runs means to end it, and not to have its file read again."""
    window, terminal = os.openpty()
    process = subprocess.Popen(  # noqa: ASYNC220 - it is not waited for here
        [sys.executable, "-m", "wad", "serve", "--config", str(house.write_config())],
        stdin=terminal,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509 - no thread of this process holds a lock that it takes
    )
    os.close(terminal)
    try:
        socket = house.run / "wad.sock"
        await until(lambda: socket.exists() or process.poll() is not None, "the daemon serves")
        assert process.poll() is None
        os.close(window)
        assert await anyio.to_thread.run_sync(process.wait, PATIENCE) == 0
        assert not socket.exists()
    finally:
        process.kill()
        process.wait()
