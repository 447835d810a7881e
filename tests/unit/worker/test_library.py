"""A library that cannot be used is refused with words that help."""

import sqlite3
from pathlib import Path

import pytest

from wad.domain.errors import EngineIncompatible
from wad.wire.settings import WorkerSettings
from wad.worker.binding import store_dsn
from wad.worker.library import explain_dlopen, load, stub_package
from wad.worker.noise_root import replace_noise_root


def settings(library: str) -> WorkerSettings:
    """Return settings that name a library."""
    return WorkerSettings(sessions_dir="/s", log_file="/l", library=library)


def engine_library() -> Path:
    """Return the installed library."""
    (found,) = stub_package().glob("neonize-linux-*.so")
    return found


def test_a_missing_system_library_is_named_with_its_remedy(tmp_path: Path) -> None:
    """On a machine without a library that the engine needs, the error names it and the command to install it."""
    crippled = tmp_path / "neonize.so"
    # The name of a needed library, replaced by one of the same length that no machine has.
    crippled.write_bytes(engine_library().read_bytes().replace(b"\0libc.so.6\0", b"\0libq.so.6\0", 1))
    with pytest.raises(EngineIncompatible, match=r"libq\.so\.6, which is not installed.*apt-file search libq\.so\.6"):
        load(settings(str(crippled)))


def test_glibc_has_its_own_remedy() -> None:
    """What belongs to glibc is installed by name, and musl is named as the reason that it may be missing."""
    message = "libresolv.so.2: cannot open shared object file: No such file or directory"
    assert "apt-get install libc6" in explain_dlopen("/x.so", message)
    assert "Alpine" in explain_dlopen("/x.so", message)


def test_an_absent_library_is_a_clear_error(tmp_path: Path) -> None:
    """Without a library for this platform the error says so, and how to mend a damaged installation."""
    with pytest.raises(EngineIncompatible, match="does not exist"):
        load(settings(str(tmp_path / "absent.so")))


def test_a_file_that_is_no_library_is_a_clear_error(tmp_path: Path) -> None:
    """The linker's own words are passed on."""
    broken = tmp_path / "neonize.so"
    broken.write_bytes(b"this is not ELF")
    with pytest.raises(EngineIncompatible, match="cannot be loaded"):
        load(settings(str(broken)))


def test_an_untested_version_is_refused() -> None:
    """A library that is not one of the tested releases is refused, and the tested one is named."""
    mapped = (line.split(maxsplit=5)[-1].strip() for line in Path("/proc/self/maps").read_text().splitlines())
    other = next(path for path in mapped if path.endswith("/libc.so.6"))
    with pytest.raises(EngineIncompatible, match=r"tested with 0\.5\.2 only"):
        load(settings(other))


@pytest.mark.parametrize("key", ["", "zz", "ab" * 31])
def test_a_bad_root_key_is_refused(key: str) -> None:
    """A key that is not 32 bytes of hex is refused before anything is touched."""
    with pytest.raises(EngineIncompatible, match="32 bytes as hex"):
        replace_noise_root("/no/such.so", key)


def test_a_library_without_the_pinned_key_is_refused() -> None:
    """When the key to replace is not there exactly once, nothing is replaced."""
    with pytest.raises(EngineIncompatible, match="found 0 times"):
        replace_noise_root("/no/such.so", "ab" * 32)


@pytest.mark.parametrize("name", ["plain", "a b", "a?b", "a#b", "a%20b", "ü&=;"])
def test_the_store_is_where_it_should_be(tmp_path: Path, name: str) -> None:
    """Whatever characters the directory has, the library's URI opens the store inside it."""
    directory = tmp_path / name
    directory.mkdir()
    uri = f"file:{store_dsn(directory / 'creds.db').decode()}?_foreign_keys=on"
    connection = sqlite3.connect(uri, uri=True)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert [path.name for path in directory.iterdir()] == ["creds.db"]
