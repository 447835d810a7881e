"""Settings of the worker processes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wad.wire.settings import CustomUpstream, WorkerSettings

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CustomUpstream", "EngineSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How workers are run; times are in seconds.

    Attributes:
        sessions_dir: Directory that holds one directory per session.
        runtime_dir: Directory for sockets; its path must be short, as a unix socket's path has at most 107 bytes.
        log_dir: Directory for the workers' logs.
        sessions_per_worker: Sessions that one worker takes at most; what is lost when one crashes.
        device_name: Name under which linked devices appear on the phone.
        platform: Kind of device shown on the phone: a name of the engine's ``DeviceProps.PlatformType``.
        log_level: Lowest level of the engine's log that is written: DEBUG, INFO, WARN or ERROR.
        start_timeout: For a worker to come up, and for it to take a client.
        stop_timeout: For a client to close, and for a worker to end before it is killed.
        unlink_timeout: For WhatsApp to answer to an unlinking.
        pairing_code_timeout: For WhatsApp to answer to the request for a pairing code.
        probe_timeout: For WhatsApp to answer a client that is asked whether it is still served.
        send_timeout: For WhatsApp to take a message, the messages before it included.
        ping_interval: Between two questions to a worker whether it is alive.
        ping_timeout: For the answer; a worker that gives none is killed.
        idle_worker_grace: For which a worker without sessions is kept.
        adopt_grace: For which a worker without a daemon keeps its sessions.
        adopt_timeout: For a worker that an earlier daemon has left to say who it is; then it is killed.
        max_leaked_threads: Threads that unscanned clients may leave in a worker, with three descriptors each; a worker
            with so many gets no new sessions, so that it empties and ends.
        max_descriptors: Descriptors that a worker may have open. One that has used up this or one of the next three
            gets no new sessions, and those that it has move to others.
        max_threads: Threads that a worker may have.
        max_resident_bytes: Memory that a worker may use.
        max_worker_age: For which a worker may run.
        replacement_notice: For a session to begin its move to another worker; one that does not stays where it is.
        replacement_patience: For it to be up again there.
        replacement_pace: Between two sessions that move.
        library: Path of the engine's library; empty for the one that is installed.
        upstream: Server to use instead of WhatsApp; None for WhatsApp.
    """

    sessions_dir: Path
    runtime_dir: Path
    log_dir: Path
    sessions_per_worker: int = 10
    device_name: str = "wad"
    platform: str = "CHROME"
    log_level: str = "WARN"
    start_timeout: float = 20.0
    stop_timeout: float = 10.0
    unlink_timeout: float = 5.0
    pairing_code_timeout: float = 15.0
    probe_timeout: float = 10.0
    send_timeout: float = 30.0
    ping_interval: float = 10.0
    ping_timeout: float = 30.0
    idle_worker_grace: float = 60.0
    adopt_grace: float = 120.0
    adopt_timeout: float = 5.0
    max_leaked_threads: int = 20
    max_descriptors: int = 512
    max_threads: int = 256
    max_resident_bytes: int = 512 << 20
    max_worker_age: float = 7 * 24 * 3600
    replacement_notice: float = 5.0
    replacement_patience: float = 30.0
    replacement_pace: float = 0.5
    library: str = ""
    upstream: CustomUpstream | None = None

    def worker(self, worker_id: str) -> WorkerSettings:
        """Return what the worker of that name is told."""
        return WorkerSettings(
            sessions_dir=str(self.sessions_dir),
            log_file=str(self.log_file(worker_id)),
            device_name=self.device_name,
            platform=self.platform,
            log_level=self.log_level,
            adopt_grace=self.adopt_grace,
            library=self.library,
            upstream=self.upstream,
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that becomes a worker.

        The engine reads where to find authorities from the environment with which its process was started: it looks
        at the process's stack, so a variable that is added later does not exist for it.
        """
        return dict(os.environ) | ({} if self.upstream is None else {"SSL_CERT_FILE": self.upstream.ca_file})

    def log_file(self, worker_id: str) -> Path:
        """Return the log of the worker of that name."""
        return self.log_dir / f"worker-{worker_id}.log"

    @property
    def socket_dir(self) -> Path:
        """Directory that holds one socket per worker."""
        return self.runtime_dir / "workers"
