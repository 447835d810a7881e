"""The streams that are open: they end by themselves or with their caller, or all together when the daemon goes down."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio

from wad.domain.errors import Draining

if TYPE_CHECKING:
    from collections.abc import Generator


class OpenStreams:
    """Keeps a way to end every open stream."""

    def __init__(self) -> None:
        self._scopes: set[anyio.CancelScope] = set()
        self._draining = False

    @contextmanager
    def enter(self) -> Generator[None]:
        """Run one stream inside this context.

        Raises:
            Draining: The streams were ended from outside, or no new one may begin.
        """
        if self._draining:
            raise Draining
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                yield
            finally:
                self._scopes.discard(scope)
        if scope.cancelled_caught:
            raise Draining

    def end_all(self) -> None:
        """End every open stream, and let no new one begin."""
        self._draining = True
        for scope in self._scopes:
            scope.cancel()
