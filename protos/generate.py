"""Generate the Python code of the protobuf packages, or check that what is checked in is what would be generated."""

from __future__ import annotations

import filecmp
import sys
import tempfile
from pathlib import Path

from grpc_tools import protoc

PROTOS = Path(__file__).resolve().parent
ROOT = PROTOS.parent
TOOLS = Path(sys.executable).parent
WITH_SERVICES = {"wad/v1"}
"""Packages that define gRPC services; the others are only messages."""


def generate(target: Path) -> list[Path]:
    """Generate every package below *target* and return the files that were made.

    Raises:
        SystemExit: protoc refused a file; it has said why.
    """
    made: list[Path] = []
    for package in sorted({path.parent.relative_to(PROTOS) for path in PROTOS.rglob("*.proto")}):
        sources = [str(path.relative_to(PROTOS)) for path in sorted((PROTOS / package).glob("*.proto"))]
        outputs = [f"--python_out={target}"]
        if str(package) in WITH_SERVICES:
            outputs += [f"--grpc_python_out={target}"]
            for plugin in ("mypy", "mypy_grpc"):
                outputs += [
                    f"--plugin=protoc-gen-{plugin}={TOOLS / f'protoc-gen-{plugin}'}",
                    f"--{plugin}_out={target}",
                ]
        else:
            outputs += [f"--pyi_out={target}"]
        includes = [f"-I{PROTOS}", f"-I{Path(protoc.__file__).parent / '_proto'}"]
        if protoc.main(["protoc", *includes, *outputs, *sources]):
            raise SystemExit(f"protoc refused {package}; see above.")
        made += sorted((target / package).glob("*_pb2*.py*"))
    return made


def _same(one: Path, other: Path) -> bool:
    return filecmp.cmp(one, other, shallow=False)


def main() -> None:
    """Write the generated code, or with ``--check`` only compare it."""
    if "--check" not in sys.argv:
        generate(ROOT)
        return
    with tempfile.TemporaryDirectory() as scratch:
        fresh = {path.relative_to(scratch): path for path in generate(Path(scratch))}
        present = {path.relative_to(ROOT) for package in fresh for path in (ROOT / package).parent.glob("*_pb2*.py*")}
        changed = (name for name, path in fresh.items() if name in present and not _same(path, ROOT / name))
        stale = [*(fresh.keys() - present), *changed, *(present - fresh.keys())]
    if stale:
        names = "\n  ".join(sorted(map(str, stale)))
        raise SystemExit(f"Generated code is stale; run `make protos` and commit:\n  {names}")


if __name__ == "__main__":
    main()
