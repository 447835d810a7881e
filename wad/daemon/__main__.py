"""``python -m wad.daemon [FILE]``: the daemon, without the command line's libraries. `wad serve` becomes it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> int:
    """Run the daemon with the configuration that the argument names, and return its exit code."""
    # Read when gRPC is loaded. Its fork handlers would run in each child between fork and exec, and crash one in eight
    # while calls are served; no child ever uses this process's gRPC.
    os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
    # Its core writes lines of its own to standard error, which are no JSON, and of which any stranger can cause many.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    # structlog would load it for the sake of coloured tracebacks, and with it 5 MB that nothing else here needs.
    sys.modules["rich"] = None  # type: ignore[assignment] - what the import system documents for "not here"
    from wad.daemon.command import serve  # noqa: PLC0415 - after all that

    return serve(Path(sys.argv[1]) if sys.argv[1:] else None)


if __name__ == "__main__":
    sys.exit(main())
