"""Archives of sessions as streams of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from wad.domain.errors import InvalidInput
from wad.domain.ids import parse_session_id
from wad.rpc import convert
from wad.rpc.ports import RestoreOptions, Sealing
from wad.v1 import admin_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from wad.rpc.ports import ArchiveFacts

CHUNK: Final = 64 * 1024
"""Bytes of an archive in one message."""

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of the largest archive that is taken."""

LONGEST: Final = 600.0
"""Seconds within which an archive must have arrived: whoever sends a byte now and then is not waited for."""


def sealing(request: admin_pb2.BackupSessionRequest) -> Sealing:
    """Return how the archive is to be sealed.

    Raises:
        InvalidInput: It is not said.
    """
    match request.WhichOneof("sealing"):
        case "recipients":
            return Sealing(recipients=tuple(request.recipients.public_keys))
        case "passphrase" if request.passphrase:
            return Sealing(passphrase=request.passphrase)
        case "plaintext" if request.plaintext:
            return Sealing(plaintext=True)
        case _:
            raise InvalidInput(
                "sealing", "Say how the archive is sealed: recipients, a passphrase that is not empty, or plaintext."
            )


def parts(facts: ArchiveFacts, archive: bytes) -> Iterator[admin_pb2.BackupSessionResponse]:
    """Yield the manifest, then the archive in order."""
    yield admin_pb2.BackupSessionResponse(manifest=manifest(facts))
    for start in range(0, len(archive), CHUNK):
        yield admin_pb2.BackupSessionResponse(chunk=archive[start : start + CHUNK])


async def collect(requests: AsyncIterator[admin_pb2.RestoreSessionRequest]) -> tuple[bytes, RestoreOptions]:
    """Return the archive that the requests hold, and how it is to be restored.

    Raises:
        InvalidInput: The options do not come first, or come again, or the archive is far too large or slow.
    """
    with anyio.move_on_after(LONGEST):
        return await _collect(requests)
    raise InvalidInput("chunk", f"The archive did not arrive within {LONGEST / 60:.0f} minutes; send it faster.")


async def _collect(requests: AsyncIterator[admin_pb2.RestoreSessionRequest]) -> tuple[bytes, RestoreOptions]:
    options: RestoreOptions | None = None
    archive = bytearray()
    async for request in requests:
        part = request.WhichOneof("part")
        if (part == "options") is not (options is None):
            raise InvalidInput("part", "The first request must hold the options, and those that follow the archive.")
        if options is None:
            options = _options(request.options)
        archive += request.chunk
        if len(archive) > LARGEST:
            raise InvalidInput("chunk", f"The archive has more than {LARGEST} bytes; no session's archive has so many.")
    if options is None:
        raise InvalidInput("part", "There was no request; the first one must hold the options.")
    return bytes(archive), options


def manifest(facts: ArchiveFacts) -> admin_pb2.ArchiveManifest:
    """Return what an archive says of itself."""
    return admin_pb2.ArchiveManifest(
        session_id=facts.session_id,
        jid=facts.jid,
        take_time=convert.timestamp(facts.taken_at),
        wad_version=facts.wad_version,
    )


def _options(options: admin_pb2.RestoreOptions) -> RestoreOptions:
    return RestoreOptions(
        session_id=parse_session_id(options.session_id) if options.session_id else None,
        identities=tuple(options.identities),
        passphrase=options.passphrase,
        start=options.start,
        force=options.force,
    )
