"""Generate the clients' code from the contract, or check that what is checked in is what would be generated.

``generate.py [--check] [LANGUAGE …]``; by default all languages. One whose tools are not here is skipped, by name.
"""

from __future__ import annotations

import argparse
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from google import rpc
from grpc_tools import protoc

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENTS = Path(__file__).resolve().parent
PROTOS = CLIENTS.parent / "protos"
BUF = Path(sys.executable).parent / "buf"


@dataclass(frozen=True)
class Language:
    """How one client's code is generated.

    Attributes:
        folder: Where the generated code is, below the client's own folder; nothing else is there.
        tools: What it takes: commands, or paths below the client's own folder.
        generate: Generates for the client of that folder below another one.
    """

    folder: str
    tools: tuple[str, ...]
    generate: Callable[[Path, Path], None]


def by_buf(client: Path, target: Path) -> None:
    """Generate as the client's ``buf.gen.yaml`` says.

    Raises:
        SystemExit: A file was refused; buf has said why.
    """
    done = subprocess.run([BUF, "generate", "--output", target], cwd=client, check=False)
    if done.returncode:
        raise SystemExit(f"buf could not generate {client.name}; see above.")


def python(_client: Path, target: Path) -> None:
    """Generate the same code as the daemon's, in a package that never collides with it."""
    with tempfile.TemporaryDirectory() as scratch:
        runpy.run_path(str(PROTOS / "generate.py"))["generate"](Path(scratch))
        package = target / "wad_client" / "v1"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text('"""The contract of wad, generated from its protos."""\n')
        for path in (Path(scratch) / "wad" / "v1").iterdir():
            code = re.sub(r"^(\s*(?:from|import) )wad\.v1\b", r"\1wad_client.v1", path.read_text(), flags=re.MULTILINE)
            code = re.sub(r"'wad\.v1\.(\w+_pb2)'", r"'wad_client.v1.\1'", code)
            (package / path.name).write_text(code)


def typescript(client: Path, target: Path) -> None:
    """Generate with the plugin among the client's own packages, also the errors' details, which no package brings.

    Raises:
        SystemExit: A file was refused; protoc has said why.
    """
    google = Path(next(iter(rpc.__path__))).parents[1]
    includes = [f"-I{PROTOS}", f"-I{google}", f"-I{Path(protoc.__file__).parent / '_proto'}"]
    sources = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.glob("wad/v1/*.proto"))
    gen = target / "src" / "gen"
    gen.mkdir(parents=True)
    plugin = f"--plugin=protoc-gen-es={client / 'node_modules' / '.bin' / 'protoc-gen-es'}"
    outputs = [plugin, f"--es_out={gen}", "--es_opt=target=ts,import_extension=js"]
    if protoc.main(["protoc", *includes, *outputs, *sources, "google/rpc/error_details.proto"]):
        raise SystemExit("protoc refused the contract; see above.")


LANGUAGES = {
    "python": Language("wad_client/v1", (), python),
    "typescript": Language("src/gen", ("node", "node_modules/.bin/protoc-gen-es"), typescript),
    "go": Language("wadv1", ("go",), by_buf),
    "java": Language(
        "src/main/java/dev/wad/v1",
        ("target/generators/protoc", "target/generators/protoc-gen-grpc-java"),
        by_buf,
    ),
}


def stale(name: str, *, check: bool) -> list[str]:
    """Generate one language's code, and return the files that were not as they should be.

    Args:
        name: The language.
        check: Leave them as they are.
    """
    language, client = LANGUAGES[name], CLIENTS / name
    with tempfile.TemporaryDirectory() as scratch:
        language.generate(client, Path(scratch))
        fresh, present = (_files(root / language.folder) for root in (Path(scratch), client))
        if not check:
            shutil.rmtree(client / language.folder, ignore_errors=True)
            shutil.copytree(Path(scratch) / language.folder, client / language.folder)
    changed = {path for path in fresh | present if fresh.get(path) != present.get(path)}
    return sorted(f"clients/{name}/{language.folder}/{path}" for path in changed)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def missing(name: str) -> str | None:
    """Return a tool that this language lacks here, if any."""
    found = ((tool, shutil.which(tool) or (CLIENTS / name / tool).exists()) for tool in LANGUAGES[name].tools)
    return next((tool for tool, is_here in found if not is_here), None)


def main() -> None:
    """Write the generated code, or with ``--check`` only compare it."""
    parser = argparse.ArgumentParser(description="Generate the clients' code from the contract.")
    parser.add_argument("--check", action="store_true", help="only compare it with what is checked in")
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help=f"of {', '.join(LANGUAGES)}; default: all")
    arguments = parser.parse_args()
    wrong: list[str] = []
    for name in arguments.languages or LANGUAGES:
        if name not in LANGUAGES:
            parser.error(f"there is no client for {name}; there are {', '.join(LANGUAGES)}.")
        if tool := missing(name):
            print(f"skipped {name}: {tool} is not here; `make clients-setup` gets what the language itself does not")  # noqa: T201 - what this command is for
            continue
        wrong += stale(name, check=arguments.check)
    if arguments.check and wrong:
        names = "\n  ".join(wrong)
        raise SystemExit(f"The clients' generated code is stale; run `make clients` and commit:\n  {names}")


if __name__ == "__main__":
    main()
