"""``python -m wad.worker --socket PATH --worker-id ID``, with the settings as JSON on standard input.

Says ``ready`` on standard output when it can be dialled. Exits with 0 when it was told to end, or when no daemon has
been attached for ``adopt_grace`` seconds; its clients are closed first in either case.
"""

from __future__ import annotations

import argparse
import sys

from wad.wire.settings import WorkerSettings
from wad.worker.life import live


def main() -> None:
    """Be the worker that the arguments name."""
    parser = argparse.ArgumentParser(prog="wad.worker", description="A worker process of wad; started by the daemon.")
    parser.add_argument("--socket", required=True, help="path of the unix socket to listen on")
    parser.add_argument("--worker-id", required=True, help="name of this worker")
    arguments = parser.parse_args()
    live(arguments.worker_id, arguments.socket, WorkerSettings.from_json(sys.stdin.read()))


if __name__ == "__main__":
    main()
