"""Logging: structlog's and the standard library's loggers write the same lines, to standard error."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, TextIO

import structlog

from wad.observability.redaction import redact

if TYPE_CHECKING:
    from structlog.typing import Processor

_CHATTY = ("alembic", "asyncio", "uvicorn")
"""Libraries whose reports of normal work tell an operator nothing; their warnings do."""


def configure_logging(level: str = "info", *, json: bool | None = None, stream: TextIO | None = None) -> None:
    """Direct all logging to *stream*; calling it again replaces what was configured.

    Args:
        level: Lowest level that is written: ``debug``, ``info``, ``warning`` or ``error``.
        json: True for a JSON object a line, False for lines for people; by default people get theirs on a terminal.
        stream: Where to write; standard error by default.
    """
    output = stream or sys.stderr
    terminal = output.isatty()
    plain = structlog.dev.ConsoleRenderer(colors=terminal, exception_formatter=structlog.dev.plain_traceback)
    renderer: Processor = (
        structlog.processors.JSONRenderer(default=str) if (not terminal if json is None else json) else plain
    )
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
    handler = logging.StreamHandler(output)
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
    logging.getLogger().handlers[:] = [handler]
    set_log_level(level)
    logging.captureWarnings(True)


def set_log_level(level: str) -> None:
    """Write what is at least of this level from now on.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
    """
    root = logging.getLogger()
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
