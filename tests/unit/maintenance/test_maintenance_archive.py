"""What an archive guarantees to whoever restores it."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wad.domain.directories import StoreCopy
from wad.domain.errors import InvalidInput
from wad.maintenance.archive import LARGEST, describe, pack, unpack
from wad.maintenance.encryption import Keys
from wad.maintenance.restore import open_archive

TAKEN_AT = 1_800_000_000.25
STORE = bytes(range(256)) * 7
COPY = StoreCopy(STORE, "491700000001:3@s.whatsapp.net", TAKEN_AT - 60, TAKEN_AT)
MANIFEST = describe("shop", COPY, "1.2.3")
ARCHIVE = pack(MANIFEST, STORE)


def tar(*members: tuple[str, bytes]) -> bytes:
    """Return a tar file of somebody else's making."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def test_what_was_packed_is_unpacked() -> None:
    """An archive gives back the manifest and the store that it was made of."""
    assert unpack(ARCHIVE) == (MANIFEST, STORE)


def test_any_tar_can_read_it() -> None:
    """An archive is a plain tar file with the store, a manifest in JSON, and checksums in the usual format."""
    with tarfile.open(fileobj=io.BytesIO(ARCHIVE)) as archive:
        contents = {member.name: archive.extractfile(member) for member in archive}
        assert {member.mode for member in archive} == {0o600}
        texts = {name: file.read() for name, file in contents.items() if file}
    assert texts["creds.db"] == STORE
    assert json.loads(texts["manifest.json"])["session_id"] == "shop"
    assert [line.split("  ")[1] for line in texts["SHA256SUMS"].decode().splitlines()] == ["manifest.json", "creds.db"]


@given(st.integers(0, len(ARCHIVE) - 1))
def test_cut_off_archive_is_refused(length: int) -> None:
    """No beginning of an archive passes for a whole one."""
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        unpack(ARCHIVE[:length])


@given(st.integers(0, len(ARCHIVE) * 8 - 1))
def test_flipped_bit_is_refused(bit: int) -> None:
    """No single bit of an archive can be changed unnoticed, not even in its padding."""
    changed = bytearray(ARCHIVE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidInput):
        unpack(bytes(changed))


@given(st.binary(max_size=2000))
def test_anything_else_is_refused(content: bytes) -> None:
    """Whatever is no archive is refused as the caller's mistake, never with a traceback."""
    with pytest.raises(InvalidInput):
        unpack(content)


@pytest.mark.parametrize("name", ["../creds.db", "/etc/cron.d/x", "sub/creds.db", "lock"])
def test_foreign_file_is_refused(name: str) -> None:
    """An archive with a file that wad does not put there is refused, whatever its path leads to."""
    with pytest.raises(InvalidInput, match="which no archive of wad holds"):
        unpack(tar(("manifest.json", b"{}"), (name, b"x")))


def test_link_is_refused() -> None:
    """An archive whose store is a link is refused."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("creds.db")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/shadow"
        archive.addfile(member)
    with pytest.raises(InvalidInput, match="which no archive of wad holds"):
        unpack(packed.getvalue())


def test_format_of_the_future_is_named() -> None:
    """An archive of a newer format is refused by its version, so that people know to upgrade."""
    with pytest.raises(InvalidInput, match=r"format 2.*upgrade"):
        unpack(pack(replace(MANIFEST, format=2), STORE))


def test_session_id_that_is_a_path_is_refused() -> None:
    """An archive cannot name a session whose directory would lie elsewhere."""
    with pytest.raises(InvalidInput, match="session id"):
        unpack(pack(replace(MANIFEST, session_id="../shop"), STORE))


def test_store_of_another_manifest_is_refused() -> None:
    """A manifest is good for its own store only."""
    with pytest.raises(InvalidInput, match="checksums"):
        unpack(pack(MANIFEST, STORE[::-1]))


def test_unreasonable_size_is_refused() -> None:
    """What is far larger than any archive is not even looked into."""
    with pytest.raises(InvalidInput, match="no session's archive has so many"):
        open_archive(bytes(LARGEST + 1), Keys())
