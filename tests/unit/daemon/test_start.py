"""How the daemon's process begins."""

from __future__ import annotations

import os
import sys

import pytest

from wad.daemon import __main__ as start


@pytest.mark.parametrize(("given", "used"), [(None, "NONE"), ("DEBUG", "DEBUG")])
def test_grpc_s_own_lines_are_off_unless_somebody_wants_them(
    monkeypatch: pytest.MonkeyPatch, given: str | None, used: str
) -> None:
    """The core of gRPC writes what is no JSON into the log; who looks for a fault in it may have that."""
    found: list[str] = []

    def serve(_config: object) -> int:
        found.append(os.environ["GRPC_VERBOSITY"])
        return 0

    monkeypatch.setitem(os.environ, "GRPC_ENABLE_FORK_SUPPORT", "")  # so that all is as before afterwards
    monkeypatch.setitem(sys.modules, "rich", sys.modules.get("rich"))
    monkeypatch.setattr("wad.daemon.command.serve", serve)
    monkeypatch.setattr(sys, "argv", ["wad.daemon"])
    monkeypatch.setenv("GRPC_VERBOSITY", given or "")
    if given is None:
        monkeypatch.delenv("GRPC_VERBOSITY")
    assert start.main() == 0
    assert found == [used]
