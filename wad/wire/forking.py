"""What a worker that is to be forked is told; it travels as one JSON document to the process that forks it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class ForkRequest:
    """A worker to be forked. Two descriptors go with it, in this order.

    1. Where the worker says that it is ready; once it has ended, its parent writes :data:`ENDED` and its exit code, in
       decimal digits, there too.
    2. Where the worker says anything else until it has opened its log.

    The answer is the worker's process id in decimal digits with a pidfd, or the error in words without one.

    Attributes:
        worker_id: Name of the worker.
        socket: Path of the socket that it is to listen on.
        settings: Its settings as ``WorkerSettings`` writes them.
    """

    worker_id: str
    socket: str
    settings: str

    def to_json(self) -> bytes:
        """Return the document that ``from_json`` takes."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, document: bytes) -> ForkRequest:
        """Return the request in *document*, which the daemon of the same release has written."""
        return cls(**json.loads(document))


ENDED = b"ended "
"""What the exit code follows."""

LONGEST_MESSAGE = 64 << 10
"""Bytes that a request or its answer has at most; the paths in it are far shorter."""
