"""``python -m tests.faults.soak --minutes 10``: whatever can go wrong, at random and all at once; then the reckoning.

One task does what users do, another one lets things go wrong, a third sends messages. What each does is drawn from the
seed that is printed, so that a run can be tried again; what comes of it when is the machine's business.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import tempfile
import time
from pathlib import Path

import anyio

from tests.faults.soak_run import run
from tests.faults.toll import Tolls
from tests.house import Emulated, House


async def soak(root: Path, seconds: float, seed: int) -> str:
    """Run a soak in a directory and return what it has done in words.

    Args:
        root: An empty directory.
        seconds: For how long things go wrong; the reckoning comes on top.
        seed: Draws what happens.

    Raises:
        AssertionError: A promise is broken.
    """
    async with Emulated.running(root) as emulated, House.of(emulated, root) as house:
        return await run(house, seconds, seed, Tolls(print))


def main() -> None:
    """Run a soak, and keep its directory when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for how long things go wrong (default: 10)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32), help="default: a new one")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)  # noqa: T201 - this is a command
    root, began = Path(tempfile.mkdtemp(prefix="wad-soak-")), time.monotonic()
    try:
        words = anyio.run(soak, root, options.minutes * 60, options.seed)
    except BaseException:
        print(f"seed {options.seed}: a promise is broken; everything is in {root}", flush=True)  # noqa: T201 - as above
        raise
    shutil.rmtree(root)
    print(f"{words}\nevery promise kept; {time.monotonic() - began:.0f} s, seed {options.seed}")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
