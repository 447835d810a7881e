"""The token that ``wadctl`` calls with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread
import grpc
import grpc.aio
import pytest

from wad.cli import connection
from wad.cli.connection import Identity

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

KINDS: Final = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")


class Witness(grpc.GenericRpcHandler):  # pyright: ignore[reportMissingTypeArgument] - generic only in the stubs
    """Sees which token each call comes with, and knows none of the methods."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def service(self, handler_call_details: Any) -> None:
        """Remember a call."""
        self.seen.append(dict(handler_call_details.invocation_metadata).get("authorization"))


def call(address: str, kind: str) -> None:
    """Make a call of that kind."""
    with connection.open_channel(connection.parse(address), Identity("wad_secret")) as channel:
        begin: Any = getattr(channel, kind)("/wad.v1.Any/Method")
        with pytest.raises(grpc.RpcError):
            list(begin(iter([b""]) if kind.startswith("stream") else b""))


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_call_shows_the_token(tmp_path: Path, kind: str) -> None:
    """Whether one side or both send one message or many, the daemon sees who calls."""
    witness, address = Witness(), f"unix://{tmp_path}/wad.sock"
    server = grpc.aio.server(handlers=[witness])  # pyright: ignore[reportUnknownMemberType] - generic only in the stubs
    server.add_insecure_port(address)
    await server.start()
    await anyio.to_thread.run_sync(call, address, kind)
    await server.stop(None)
    assert witness.seen == ["Bearer wad_secret"]
