"""Finds and loads the engine's library without importing neonize's client package.

``import neonize`` pulls in an image library, an HTTP client, a HTML parser and more: 0.6 s and some 28 MB that a worker
never uses. A bare package object of that name, with the real package's path, lets ``neonize.proto`` be imported alone.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from wad.domain.errors import EngineIncompatible
from wad.worker.noise_root import replace_noise_root

if TYPE_CHECKING:
    from wad.wire.settings import WorkerSettings

TESTED_VERSIONS = ("0.5.2",)
"""What the library's ``GetVersion`` may say; another release may change any of the facts that the binding rests on."""

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_DLOPEN_MISSING = re.compile(r"([^\s:]+): cannot open shared object file")


def stub_package() -> Path:
    """Make ``neonize`` importable as an empty package and return its directory.

    Raises:
        EngineIncompatible: neonize is not installed.
    """
    spec = PathFinder.find_spec("neonize")
    if spec is None or not spec.submodule_search_locations:
        raise EngineIncompatible("The engine's package neonize is not installed; install wad with its dependencies.")
    if "neonize" not in sys.modules:
        stub = ModuleType("neonize")
        stub.__path__ = list(spec.submodule_search_locations)
        stub.__spec__ = spec
        sys.modules["neonize"] = stub
    return Path(spec.submodule_search_locations[0])


def load(settings: WorkerSettings) -> tuple[ctypes.CDLL, str]:
    """Load the engine's library and return it with its version.

    Raises:
        EngineIncompatible: It is missing, cannot be loaded, is of a version never tested, or cannot be pointed at the
            custom upstream.
    """
    path = settings.library or str(stub_package() / _file_name())
    library = _open(path)
    version = _version(library)
    if version not in TESTED_VERSIONS:
        raise EngineIncompatible(
            f"The engine's library {path} is version {version or 'unknown'}; wad was tested with "
            f"{', '.join(TESTED_VERSIONS)} only. Install one of these: pip install 'neonize=={TESTED_VERSIONS[-1]}'."
        )
    if settings.upstream is not None:
        replace_noise_root(path, settings.upstream.noise_root_key)
    return library, version


def _file_name() -> str:
    machine = os.uname().machine
    return f"neonize-{sys.platform}-{_ARCHITECTURES.get(machine, machine)}.so"


def _open(path: str) -> ctypes.CDLL:
    if not Path(path).exists():
        raise EngineIncompatible(
            f"The engine's library {path} does not exist; there is no neonize wheel for this platform "
            f"({sys.platform}, {os.uname().machine}), or the installation is damaged: "
            "pip install --force-reinstall neonize."
        )
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise EngineIncompatible(explain_dlopen(path, str(error))) from error


def explain_dlopen(path: str, message: str) -> str:
    """Say in words what the dynamic linker's *message* means and what to install."""
    missing = _DLOPEN_MISSING.search(message)
    if missing and missing.group(1) != path:
        name = missing.group(1)
        return (
            f"The engine's library needs the system library {name}, which is not installed. "
            f"{_install_hint(name)} The linker said: {message}"
        )
    return f"The engine's library {path} cannot be loaded: {message}"


def _install_hint(name: str) -> str:
    if name.startswith(("libc.", "libresolv.", "libpthread.", "libdl.", "libm.", "ld-linux")):
        return (
            "It belongs to glibc: on Debian or Ubuntu 'apt-get install libc6', on Fedora 'dnf install glibc'; "
            "distributions with musl, such as Alpine, are not supported."
        )
    return (
        f"On Debian or Ubuntu 'apt-file search {name}' (from the package apt-file) names the package to install; "
        f"on Fedora 'dnf install \"*/{name}\"'."
    )


def _version(library: ctypes.CDLL) -> str:
    try:
        get_version, free = library.GetVersion, library.FreeString
    except AttributeError:
        return ""
    get_version.argtypes, get_version.restype = [], ctypes.c_void_p
    free.argtypes, free.restype = [ctypes.c_void_p], None
    text = get_version()
    try:
        return ctypes.string_at(text).decode("utf-8", "replace") if text else ""
    finally:
        free(text)
