"""Counts messages, by what they are and what became of them; never whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import Counter

from wad.managers.messages import Sending

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from wad.domain.events import MessageReceived

KINDS: Final = ("text", "media", "other")


class MessageMetrics:
    """Is told of the messages as they come and go.

    Args:
        registry: Where the metrics are registered.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._messages = Counter(
            "wad_messages",
            "Messages that others sent to sessions, and that sessions sent; an unknown outcome was not confirmed.",
            ["direction", "kind", "outcome"],
            registry=registry,
        )
        self._lost = Counter(
            "wad_messages_lost",
            "Messages that sessions received and that could not be kept until somebody had acknowledged them.",
            registry=registry,
        )
        for kind in KINDS:
            self._messages.labels("received", kind, Sending.SUCCESS.value)
        for outcome in Sending:
            self._messages.labels("sent", "text", outcome.value)

    def received(self, messages: MessageReceived) -> None:
        """Count messages that have come."""
        for kind, count in zip(KINDS, (messages.text, messages.media, messages.other), strict=True):
            self._messages.labels("received", kind, Sending.SUCCESS.value).inc(count)

    def lost(self, count: int) -> None:
        """Count messages that came, and that nobody will be handed."""
        self._lost.inc(count)

    def sent(self, outcome: Sending) -> None:
        """Count a text that a session was to send."""
        self._messages.labels("sent", "text", outcome.value).inc()
