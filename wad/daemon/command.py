"""``wad serve``: read the configuration, run the daemon, and turn its end into an exit code."""

from __future__ import annotations

import faulthandler
import os
import resource
import sys
from typing import TYPE_CHECKING, Final

import structlog
import uvloop

from wad.daemon.config import LiveConfig
from wad.daemon.config.examination import examine
from wad.daemon.lifecycle import run_daemon
from wad.daemon.tracing import tracing_to
from wad.domain.errors import ConfigurationError, EngineIncompatible, WadError
from wad.observability.logging import configure_logging

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

OPEN_FILES: Final = 65_536
"""As LimitNOFILE= of the unit: three for each of 4,096 connections on either address, and room."""

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1
EXIT_CONFIGURATION: Final = os.EX_CONFIG
"""78: starting again would not help, somebody must change something first; a service manager should not retry."""


def serve(config_file: Path | None) -> int:
    """Run the daemon until it is told to stop, and return the process's exit code."""
    os.umask(0o077)
    _allow_many_files()
    faulthandler.enable()  # a service manager's watchdog ends a daemon that hangs with SIGABRT: then it says where
    status = EXIT_OK
    configure_logging()  # for what is wrong with the configuration itself
    try:
        examine(config_file, serves=True)
        config = LiveConfig(config_file)
        configure_logging(config.present.daemon.log_level)
        with tracing_to(config.present.tracing.endpoint):
            uvloop.run(run_daemon(config))
    except* WadError as group:
        errors = list(_leaves(group))
        _tell(errors)
        lasting = all(isinstance(error, ConfigurationError | EngineIncompatible) for error in errors)
        status = EXIT_CONFIGURATION if lasting else EXIT_FAILED
    return status


def _allow_many_files() -> None:
    """Raise the limit of open files to what the service has, or as far as it may: most shells begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, OPEN_FILES)), hard))


def _tell(errors: Sequence[WadError]) -> None:
    """Say why the daemon ends: in words on a terminal, and elsewhere in the log, each line of which is an object."""
    if sys.stderr.isatty():
        sys.stderr.writelines(f"wad serve: {error}\n" for error in errors)
        return
    for error in errors:
        _log.critical("daemon.failed", reason=error.reason, error=str(error))


def _leaves(group: BaseExceptionGroup[WadError]) -> Iterator[WadError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
