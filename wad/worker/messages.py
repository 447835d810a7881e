"""What of a received message leaves the worker: that it came, and of what kind it was."""

from __future__ import annotations

from wad.wire.v1 import worker_pb2 as pb
from wad.worker.binding import neonize_pb

_NOT_TO_THE_SESSION = {"broadcast", "newsletter"}
"""Servers of chats whose posts are addressed to nobody in particular."""
_LINK_PREVIEW = "url"  # the media type of a text with a link, as whatsmeow send.go sets it


def received(payload: bytes) -> pb.MessageReceived | None:
    """Return a message of the library as a count of one; None for one that others did not send to the session.

    Raises:
        google.protobuf.message.DecodeError: The payload is no message.
    """
    info = neonize_pb.Message.FromString(payload).Info
    source = info.MessageSource
    if source.IsFromMe or source.Chat.Server in _NOT_TO_THE_SESSION:
        return None
    if info.Type == "text" or info.MediaType == _LINK_PREVIEW:
        return pb.MessageReceived(text=1)
    return pb.MessageReceived(media=1) if info.Type == "media" else pb.MessageReceived(other=1)
