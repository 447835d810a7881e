"""A thin driver of the real neonize library, run as a process of its own: `neonize_script.py LIBRARY PROXY ROOT_KEY`.

It takes commands as JSON lines on its standard input (`start`, `stop`, `logout`, `pair`, `send` of a client) and gives
events as JSON lines on its standard output. The library never gets into the tests' own process, since it can abort it.
"""

import ctypes
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from wad.emulator.v1.whatsapp_pb2 import DeviceProps

PINNED_ROOT_KEY = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
EVENTS = {
    2: "paired",
    3: "connected",
    6: "logged_out",
    7: "replaced",
    8: "banned",
    9: "refused",
    10: "outdated",
    11: "stream_error",
    12: "disconnected",
    17: "message",
    44: "undecryptable",
}
STORE_OPTIONS = "?_fk=on&_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=5000&_x="

_Text = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p)
_Event = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int)
_Log = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int)


class _Proxy(ctypes.Structure):
    _fields_ = (
        ("address", ctypes.c_char_p),
        ("no_websocket", ctypes.c_bool),
        ("only_login", ctypes.c_bool),
        ("no_media", ctypes.c_bool),
    )


class _Bytes(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("size", ctypes.c_size_t))


class Probe:
    """Clients of the real library, each on a thread of its own."""

    def __init__(self, library: ctypes.CDLL, proxy_url: str, out: int) -> None:
        self._library = library
        self._library.PairPhone.restype = self._library.SendMessage.restype = ctypes.POINTER(_Bytes)
        self._proxy = _Proxy(proxy_url.encode(), False, False, True)
        self._out = out
        # The library keeps the callbacks, so they have to live as long as the process.
        self._callbacks = _Text(self._on_qr), _Text(self._on_status), _Event(self._on_event), _Log(self._on_log)

    def obey(self, command: dict[str, Any]) -> None:
        """Carry out one command."""
        client = command["client"].encode()
        match command["do"]:
            case "start":
                threading.Thread(target=self._run, args=(client, command["store"]), daemon=True).start()
            case "stop":
                self._library.Stop(client)
            case "logout":
                self._library.Logout(client)
                self._report(client, "logout_done")
            case "pair":
                threading.Thread(target=self._pair, args=(client, command["phone"]), daemon=True).start()
            case "send":
                threading.Thread(target=self._send, args=(client, command["to"], command["text"]), daemon=True).start()
            case other:
                raise ValueError(f"unknown command {other}")

    def _run(self, client: bytes, store: str) -> None:
        props = DeviceProps(os="Probe", platform_type=DeviceProps.PLATFORM_TYPE_CHROME).SerializeToString()
        kinds = bytes(EVENTS)
        self._library.Neonize(
            f"{store}{STORE_OPTIONS}".encode(), client, b"", 0, 0, b"ERROR",
            *self._callbacks, kinds, len(kinds), props, len(props), b"", 0, ctypes.byref(self._proxy),
        )  # fmt: skip
        self._report(client, "stopped")

    def _pair(self, client: bytes, phone: str) -> None:
        # PairPhoneParams: phone = 1, show_push_notification = 2, client_type = 3, client_display_name = 4.
        number, name = phone.encode(), b"Chrome (Linux)"
        request = b"\x0a%c%b\x10\x01\x18\x01\x22%c%b" % (len(number), number, len(name), name)
        answer = self._library.PairPhone(client, request, len(request)).contents
        # PairPhoneReturnFunction: code = 1 or error = 2, a text shorter than 128 bytes.
        field, _length, *text = ctypes.string_at(answer.data, answer.size)
        self._report(client, "code" if field == 0x0A else "code_refused", bytes(text).decode())

    def _send(self, client: bytes, to: str, text: str) -> None:
        user, _, server = to.encode().partition(b"@")
        # JID: user = 1, raw_agent = 2, device = 3, integrator = 4, server = 5; Message: conversation = 1.
        jid = b"\x0a%c%b\x10\0\x18\0\x20\0\x2a%c%b" % (len(user), user, len(server), server)
        message = b"\x0a%c%b" % (len(text), text.encode())
        answer = self._library.SendMessage(client, jid, len(jid), message, len(message)).contents
        # SendMessageReturnFunction: error = 1, a text, or send_response = 2.
        field, _length, *rest = ctypes.string_at(answer.data, answer.size)
        refused = field == 0x0A
        self._report(client, "send_refused" if refused else "sent", bytes(rest).decode() if refused else "")

    def _on_qr(self, client: bytes, qr: bytes) -> None:
        self._report(client, "qr", qr.decode())

    def _on_status(self, client: bytes, status: bytes) -> None:
        self._report(client, f"qr_{status.decode()}")

    def _on_event(self, client: bytes, data: int, size: int, kind: int) -> None:
        event = EVENTS.get(kind, str(kind))
        self._report(client, event, ctypes.string_at(data, size).hex() if event == "message" else "")

    def _on_log(self, _data: int, _size: int) -> None:
        """Leave the library's log unread."""

    def _report(self, client: bytes, event: str, data: str = "") -> None:
        line = json.dumps({"client": client.decode(), "event": event, "data": data}) + "\n"
        os.write(self._out, line.encode())


def trust_emulator(library: Path, root_key: bytes) -> None:
    """Replace the pinned root key where the library keeps it in this process's memory."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        if not line.endswith(str(library)) or " rw" not in line:
            continue
        start, end = (int(edge, 16) for edge in line.split(maxsplit=1)[0].split("-"))
        offset = ctypes.string_at(start, end - start).find(PINNED_ROOT_KEY)
        if offset >= 0:
            ctypes.memmove(start + offset, root_key, len(root_key))
            return
    raise RuntimeError(f"the pinned root key is not in the writable memory of {library}")


def main(library: Path, proxy_url: str, root_key: bytes) -> None:
    """Serve commands until the standard input ends."""
    # The library prints to the standard output; the tests must get only the events.
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    loaded = ctypes.CDLL(str(library))
    trust_emulator(library, root_key)
    probe = Probe(loaded, proxy_url, out)
    for line in sys.stdin:
        probe.obey(json.loads(line))
    # The library's own threads do not end by themselves.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], bytes.fromhex(sys.argv[3]))
