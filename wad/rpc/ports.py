"""What the services need of the managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import grpc.aio

from wad.managers.session_manager import Wait

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from wad.domain.ids import SessionId
    from wad.domain.policy import Policy
    from wad.domain.records import SessionEvent, SessionView
    from wad.domain.states import RemovalReason
    from wad.managers.session_manager import Created

Context = grpc.aio.ServicerContext[Any, Any]
"""What a method is told of its call."""


class Sessions(Protocol):
    """The part of :class:`~wad.managers.session_manager.SessionManager` that callers reach; see there."""

    @property
    def policy(self) -> Policy:
        """The limits of sessions whose creator names none."""
        ...

    async def create(
        self,
        session_id: SessionId,
        *,
        policy: Policy | None = None,
        labels: Mapping[str, str] | None = None,
        wait: Wait = Wait.FIRST_QR_OR_CONNECTION,
    ) -> Created:
        """Make the session live."""
        ...

    def link(
        self, session_id: SessionId, *, policy: Policy | None = None, labels: Mapping[str, str] | None = None
    ) -> AsyncGenerator[SessionEvent]:
        """Make the session live and follow it until it is connected or over."""
        ...

    async def get(self, session_id: SessionId) -> SessionView:
        """Return one session."""
        ...

    async def list(self, *, include_inactive: bool = False) -> list[SessionView]:
        """Return the sessions, ordered by id."""
        ...

    async def remove(self, session_id: SessionId, reason: RemovalReason) -> SessionView:
        """Take the session out of service."""
        ...
