"""Logging: structlog's and the standard library's loggers write the same lines.

They go to standard error, as text on a terminal and as JSON elsewhere; where that is the system's journal, as entries
with fields.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, TextIO

import structlog

from wad.observability.journal import SOCKET, JournalHandler, as_entry, stream_is_journal
from wad.observability.redaction import redact

if TYPE_CHECKING:
    from pathlib import Path

    from structlog.typing import Processor

_CHATTY = ("alembic", "asyncio", "uvicorn")
"""Libraries whose reports of normal work tell an operator nothing; their warnings do."""

_GRPC = "grpc._cython.cygrpc"
"""Where gRPC's own server logs."""


def configure_logging(
    level: str = "info", *, json: bool | None = None, stream: TextIO | None = None, journal: Path = SOCKET
) -> None:
    """Direct all logging to *stream*; calling it again replaces what was configured.

    Args:
        level: Lowest level that is written: ``debug``, ``info``, ``warning`` or ``error``.
        json: True for a JSON object a line, False for lines for people; by default people get theirs on a terminal,
            and the journal its fields where the stream leads to it.
        stream: Where to write; standard error by default.
        journal: The journal's socket.
    """
    handler, renderer = _destination(stream or sys.stderr, json, journal)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # a reload may change what is configured here
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                redact,  # after tracebacks have become text, so that theirs is searched too
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers:
        if isinstance(old, JournalHandler):
            old.close()
    root.handlers[:] = [handler]
    set_log_level(level)
    logging.getLogger(_GRPC).addFilter(_shorten)  # once, however often this is called
    logging.captureWarnings(True)


def _destination(output: TextIO, json: bool | None, journal: Path) -> tuple[logging.Handler, Processor]:  # noqa: FBT001 - as it was given
    terminal = output.isatty()
    if json is None and journal.exists() and stream_is_journal(output, os.environ.get("JOURNAL_STREAM")):
        return JournalHandler(output, journal), as_entry
    if not terminal if json is None else json:
        return logging.StreamHandler(output), structlog.processors.JSONRenderer(default=str)
    plain = structlog.dev.ConsoleRenderer(colors=terminal, exception_formatter=structlog.dev.plain_traceback)
    return logging.StreamHandler(output), plain


def _shorten(record: logging.LogRecord) -> bool:
    """Make one line of what gRPC logs when a caller's metadata is not UTF-8: that is no fault of the daemon."""
    if record.exc_info and isinstance(record.exc_info[1], UnicodeDecodeError):
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    return True


def set_log_level(level: str) -> None:
    """Write what is at least of this level from now on.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
    """
    root = logging.getLogger()
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
