"""Named checks that say whether the daemon lives and may be given work."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anyio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

_log = logging.getLogger(__name__)

CHECK_LIMIT: Final = 2.0
"""Seconds that a check may take; one that hangs has failed."""


@dataclass(frozen=True, slots=True)
class Check:
    """A question about the daemon.

    Attributes:
        name: Lower case, with hyphens; it stands in the output and can be excluded by it.
        probe: Returns None when all is well, else a short reason for people, without paths or secrets.
    """

    name: str
    probe: Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a check; *reason* is None when all is well."""

    name: str
    reason: str | None

    @property
    def ok(self) -> bool:
        """True when all is well."""
        return self.reason is None


class HealthChecks:
    """The checks of one question, such as readiness.

    Args:
        checks: Asked in any order, reported in this one.

    Raises:
        ValueError: Two checks have the same name.
    """

    def __init__(self, checks: Sequence[Check] = ()) -> None:
        self._checks: dict[str, Check] = {}
        for check in checks:
            self.register(check)

    def register(self, check: Check) -> None:
        """Add a check.

        Raises:
            ValueError: There is one of its name.
        """
        if check.name in self._checks:
            raise ValueError(f"there is already a check {check.name!r}")
        self._checks[check.name] = check

    @property
    def names(self) -> list[str]:
        """The names of the checks, in their order."""
        return list(self._checks)

    def unknown(self, names: Collection[str]) -> list[str]:
        """Return those of *names* that no check has."""
        return sorted(set(names) - self._checks.keys())

    async def run(self, exclude: Collection[str] = ()) -> list[Result]:
        """Ask every check that is not excluded, all at once; one that raises or hangs has failed."""
        reasons: dict[str, str | None] = {}

        async def ask(check: Check) -> None:
            reasons[check.name] = await _ask(check)

        chosen = [check for check in self._checks.values() if check.name not in exclude]
        async with anyio.create_task_group() as tasks:
            for check in chosen:
                tasks.start_soon(ask, check)
        return [Result(check.name, reasons[check.name]) for check in chosen]


async def _ask(check: Check) -> str | None:
    with anyio.move_on_after(CHECK_LIMIT):
        try:
            return await check.probe()
        except Exception as error:  # noqa: BLE001 - whatever a check raises is its answer
            _log.exception("The health check %s failed", check.name)
            return f"it raised {type(error).__name__}; the log has the cause"
    return f"no answer within {CHECK_LIMIT:g} s"
