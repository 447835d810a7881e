"""``python -m wad.worker.zygote DIRECTORY PADDING``: the process that workers are forked from.

It has imported all that a worker needs, so that a worker which is forked from it is ready at once and shares that
memory with the others. It has not loaded the engine's library, whose threads no fork would survive; each worker does
that for itself.

Standard input is a socket of packets to the daemon, on which requests come, see ``wad.wire.forking``. It ends when the
daemon has closed that socket or is gone. Its workers go on then, and no signal that is meant for the daemon ends it
before: nobody else learns how they end. The arguments are for people alone: the directory tells one daemon's zygote
from another's, and the padding keeps room for the command line that its workers show.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

from wad.wire.forking import ENDED, LONGEST_MESSAGE, ForkRequest
from wad.wire.settings import WorkerSettings
from wad.worker.life import live
from wad.worker.title import show_as

if TYPE_CHECKING:
    from typing import NoReturn

_DESCRIPTORS = 2
_IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


class Zygote:
    """Forks workers and reports how they end. It has one thread, or a fork could not be trusted.

    Args:
        daemon: The socket to the daemon.
    """

    def __init__(self, daemon: socket.socket) -> None:
        self._daemon = daemon
        self._poll = select.poll()
        self._poll.register(daemon, select.POLLIN)
        self._children: dict[int, tuple[int, int]] = {}

    def serve(self) -> None:
        """Serve until the daemon hangs up."""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._children:
                    self._bury(descriptor)
                elif not self._serve_request():
                    return

    def _serve_request(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self._daemon, LONGEST_MESSAGE, _DESCRIPTORS)
        if not message:
            return False
        report, log = descriptors
        self._fork(ForkRequest.from_json(message), report, log)
        os.close(log)
        return True

    def _fork(self, request: ForkRequest, report: int, log: int) -> None:
        waits, begin = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:
            self._daemon.send(str(error).encode())
            os.close(report)
        else:
            if pid == 0:
                os.close(begin)
                self._become(request, waits, report, log)
            pidfd = os.pidfd_open(pid)  # only this process reaps it, so the number is still its own
            self._children[pidfd] = pid, report
            self._poll.register(pidfd, select.POLLIN)
            socket.send_fds(self._daemon, [str(pid).encode()], [pidfd])
            with suppress(BrokenPipeError):  # it has been killed already, which the daemon sees
                os.write(begin, b"!")
        os.close(waits)
        os.close(begin)

    def _become(self, request: ForkRequest, waits: int, ready: int, log: int) -> NoReturn:
        """Become a worker as it would be if it had been started by itself."""
        try:
            os.setsid()
            for number in _IGNORED:
                signal.signal(number, signal.SIG_DFL)
            # A worker that the daemon was never told of must not begin: nobody would own it.
            told = os.read(waits, 1)
            self._daemon.detach()
            nothing = os.open(os.devnull, os.O_RDONLY)
            for descriptor, target in ((nothing, 0), (ready, 1), (log, 2)):
                os.dup2(descriptor, target)
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            if told:
                own = [sys.executable, "-P", "-m", "wad.worker"]
                own += ["--socket", request.socket, "--worker-id", request.worker_id]
                show_as(own)
                gc.enable()
                live(request.worker_id, request.socket, WorkerSettings.from_json(request.settings))
        except BaseException:  # noqa: BLE001 - nothing may get out into the zygote's own code
            traceback.print_exc()
        os._exit(1)

    def _bury(self, pidfd: int) -> None:
        pid, report = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(BrokenPipeError):  # the daemon no longer wants to know
            os.write(report, ENDED + str(code).encode())
        os.close(report)


def main() -> None:
    """Serve the daemon behind standard input."""
    for number in _IGNORED:
        signal.signal(number, signal.SIG_IGN)
    # Collecting would write to the pages that the workers share with this process, and copy them.
    gc.disable()
    gc.collect()
    gc.freeze()
    with suppress(ConnectionError):  # the daemon is gone
        Zygote(socket.socket(fileno=0)).serve()


if __name__ == "__main__":
    main()
