"""The unmodified client: ``import neonize``, its default store, all sessions in this process, a thread for each.

Its asynchronous sibling is no better: it blocks threads of the event loop's default pool, of which there are too few.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from tests.benchmarks.bare import Event, Reporter, Setting
from wad.worker.noise_root import replace_noise_root

if TYPE_CHECKING:
    from collections.abc import Callable

_TOLD = {"PairStatusEv": Event.PAIRED, "ConnectedEv": Event.CONNECTED}


class FullClients:
    """Clients of neonize's own package.

    Args:
        setting: Where stores and the emulator are.
        reporter: Who is told what happens.
    """

    def __init__(self, setting: Setting, reporter: Reporter) -> None:
        # The package has no types that a strict checker could follow.
        self._neonize: Any = importlib.import_module("neonize.client")
        self._events: Any = importlib.import_module("neonize.events")
        binder: Any = importlib.import_module("neonize._binder")
        replace_noise_root(binder.gocode._name, setting.noise_root_key)
        self._proxy = binder.ProxySettings(setting.proxy_url)
        self._setting = setting
        self._reporter = reporter
        self._clients: list[Any] = []

    def start(self, name: str) -> None:
        """Start a client on a thread of its own."""
        client = self._neonize.NewClient(str(self._setting.store(name)), uuid=name)
        client.event.qr(self._qr_teller(name))
        for kind, event in _TOLD.items():
            client.event(getattr(self._events, kind))(self._teller(name, event))
        self._clients.append(client)
        threading.Thread(target=self._run, args=(client, name), daemon=True).start()

    def _qr_teller(self, name: str) -> Callable[[Any, bytes], None]:
        return lambda _client, code: self._reporter.tell(Event.QR, name, code.decode())

    def _teller(self, name: str, event: Event) -> Callable[[Any, Any], None]:
        return lambda _client, _message: self._reporter.tell(event, name)

    def _run(self, client: Any, name: str) -> None:
        try:
            client.connect(self._proxy)
        finally:
            self._reporter.tell(Event.ENDED, name)


def main() -> None:
    """Start the clients that the standard input names, until it ends."""
    reporter, setting = Reporter(), Setting.read()
    clients = FullClients(setting, reporter)
    reporter.tell(Event.READY)
    for line in sys.stdin:
        clients.start(line.strip())
    os._exit(0)  # the library's threads would keep a normal exit waiting for ever


if __name__ == "__main__":
    main()
