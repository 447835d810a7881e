"""The daemon's sessions as a watch tells them, kept up to date by a thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

import grpc

from wad.v1 import event_pb2, event_pb2_grpc

if TYPE_CHECKING:
    from wad.v1 import session_pb2


class LiveSessions:
    """Follows the sessions inside its context.

    Args:
        channel: A channel to the daemon.
        patience: Seconds to wait for the first answer.
    """

    def __init__(self, channel: grpc.Channel, patience: float) -> None:
        self._channel = channel
        self._patience = patience
        self._sessions: dict[str, session_pb2.Session] = {}
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._synced = threading.Event()
        self._failure: grpc.RpcError | None = None
        self._call: Any = None

    def __enter__(self) -> Self:
        """Begin to follow; return once the present sessions are known."""
        self._call = event_pb2_grpc.EventServiceStub(self._channel).WatchEvents(event_pb2.WatchEventsRequest())
        threading.Thread(target=self._follow, name="watch", daemon=True).start()
        if not self._synced.wait(self._patience):
            self._call.cancel()
            self._synced.wait()
        self._refuse_failure()
        return self

    def __exit__(self, *_: object) -> None:
        self._call.cancel()

    def now(self) -> list[session_pb2.Session]:
        """Return the live sessions.

        Raises:
            RpcError: The watch has ended.
        """
        self._refuse_failure()
        with self._lock:
            return list(self._sessions.values())

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the watch has ended; what happens meanwhile is in the next answer."""
        self._changed.wait(seconds)

    def _refuse_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _follow(self) -> None:
        try:
            for response in self._call:
                self._take(response)
        except grpc.RpcError as error:
            self._failure = error
        finally:
            self._synced.set()
            self._changed.set()

    def _take(self, response: event_pb2.WatchEventsResponse) -> None:
        with self._lock:
            match response.WhichOneof("item"):
                case "snapshot":
                    self._sessions[response.snapshot.session_id] = response.snapshot
                case "event" if response.event.HasField("session"):
                    session = response.event.session
                    if response.event.WhichOneof("what") == "removed":
                        self._sessions.pop(session.session_id, None)
                    else:
                        self._sessions[session.session_id] = session
                case "reset":
                    self._sessions.clear()
                case "synced":
                    self._synced.set()
                case _:
                    pass
