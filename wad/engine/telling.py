"""What the log says of workers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import structlog

from wad.engine.observer import Restart
from wad.engine.process import LEFT

if TYPE_CHECKING:
    from pathlib import Path

    from wad.engine.worker import Worker
    from wad.wire.v1 import worker_pb2 as pb

_LEVELS: Final = {"DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARN": logging.INFO, "ERROR": logging.WARNING}
_CONNECTION: Final = "Client/Socket"
"""Part of the engine that tells of the network under one connection, at the level ERROR whenever that ends."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
_engine_log: structlog.stdlib.BoundLogger = structlog.get_logger("wad.engine.library")


def tell_engine_line(worker_id: str, line: pb.LogLine) -> None:
    """Log what the engine says: an error of its own is a warning here, and all else is for information.

    What becomes of an error is told by the session's own lines; so is what the end of a connection means, which the
    engine calls an error every time.
    """
    level = _LEVELS.get(line.level, logging.INFO)
    _engine_log.log(
        min(level, logging.INFO) if line.module == _CONNECTION else level,
        "engine.log",
        worker=worker_id,
        **({"session_id": line.session_id} if line.session_id else {}),
        engine_level=line.level,
        module=line.module,
        line=line.text,
        at_unix_ms=line.at_unix_ms,
        **({"dropped": line.dropped} if line.dropped else {}),
    )


def tell_start(worker_id: str, pid: int, engine_version: str, seconds: float) -> None:
    """Log that a worker is ready, and how long that took in seconds."""
    _log.info("worker.started", worker=worker_id, pid=pid, engine=engine_version, seconds=round(seconds, 3))


def tell_exit(worker: Worker, log_file: Path) -> None:
    """Log that a worker is gone: a warning when it crashed, or took sessions with it.

    Args:
        worker: The worker.
        log_file: Where it logs.
    """
    who, lost = {"worker": worker.id, "pid": worker.pid, "status": worker.status}, len(worker.sessions)
    if worker.status == LEFT:
        _log.info("worker.left", **who, sessions=lost)
    elif lost or worker.restart in {Restart.CRASHED, Restart.UNRESPONSIVE}:
        _log.warning("worker.exited", **who, sessions=lost, log=str(log_file))
    else:
        _log.info("worker.exited", **who)
