"""What the maintenance commands share: where the daemon keeps what, how a command fails, how it shows a report."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import typer

from wad.cli.failures import ExitCode
from wad.domain.access_errors import TokenNotFound
from wad.domain.errors import ConfigurationError, InvalidInput, SessionBusy, SessionNotFound, WadError
from wad.storage.custody import SessionCustody
from wad.storage.offline import OfflineRegistry
from wad.storage.state_lock import is_state_locked

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from wad.cli.output import Output
    from wad.ports import Clock

T = TypeVar("T")

_CODES: Final = (
    (ConfigurationError, os.EX_CONFIG),
    (InvalidInput, ExitCode.USAGE),
    (SessionNotFound, ExitCode.NOT_FOUND),
    (TokenNotFound, ExitCode.NOT_FOUND),
    (SessionBusy, ExitCode.TRY_LATER),
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where a daemon keeps what.

    Attributes:
        state_dir: Its state.
        sessions_dir: The sessions' directories.
        registry: The registry's database.
        socket: Its unix socket.
        clock: This host's clock.
    """

    state_dir: Path
    sessions_dir: Path
    registry: Path
    socket: Path
    clock: Clock

    @property
    def custody(self) -> SessionCustody:
        """The sessions' directories."""
        return SessionCustody(self.sessions_dir)

    @property
    def records(self) -> OfflineRegistry:
        """The registry."""
        return OfflineRegistry(self.registry)

    @property
    def daemon_runs(self) -> bool:
        """True while a daemon holds the state directory."""
        return is_state_locked(self.state_dir)


@contextmanager
def placed(load: Callable[[Path | None], T], config: Path | None, output: Output) -> Generator[T]:
    """Yield what a configuration says; whatever goes wrong inside is told, and ends the command.

    Args:
        load: Reads a configuration, such as for where the daemon keeps what.
        config: Its file; None for the usual one.
        output: The form in which a failure is told.
    """
    os.umask(0o077)
    try:
        yield load(config)
    except WadError as error:
        told = output.dump(_as_dict(error), one_of_many=True) if output.for_programs else f"Error: {error}"
        typer.echo(told, err=True)
        raise typer.Exit(exit_code(error)) from None


def exit_code(error: WadError) -> int:
    """Return the exit code of a command that failed so."""
    return next((int(code) for kind, code in _CODES if isinstance(error, kind)), int(ExitCode.FAILED))


def _as_dict(error: WadError) -> dict[str, Any]:
    return {"error": {"reason": error.reason, "message": str(error)}}
