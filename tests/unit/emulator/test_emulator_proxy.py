"""The proxy that reaches only the emulator itself."""

import pytest

from wad.emulator.proxy import answer


def test_the_one_host_is_reached() -> None:
    """A tunnel to WhatsApp's host opens."""
    reply = answer(b"CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: web.whatsapp.com:443\r\n\r\n")
    assert reply.data == b"HTTP/1.1 200 Connection Established\r\n\r\n"


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"CONNECT example.com:443 HTTP/1.1", 403),
        (b"CONNECT web.whatsapp.com:80 HTTP/1.1", 403),
        (b"GET http://web.whatsapp.com/ HTTP/1.1", 405),
        (b"\xff\xfe", 405),
    ],
)
def test_nothing_else_is(request_line: bytes, status: int) -> None:
    """Any other host, port or method is refused with words that say whose proxy this is."""
    reply = answer(request_line + b"\r\n\r\n").data
    assert reply.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"WhatsApp emulator" in reply
