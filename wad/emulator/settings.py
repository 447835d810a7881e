"""How an emulator behaves where the service leaves room."""

from dataclasses import dataclass

from wad.emulator.phones import UNLIMITED

FULL_BATCH = 6
"""QR codes that WhatsApp gives a connection."""

_FIRST_OF_FULL_BATCH, _ANY_OTHER = 60.0, 20.0


def qr_lifetimes(codes: int) -> tuple[float, ...]:
    """Return for how long a client shows each of so many QR codes, in seconds.

    The figures are whatsmeow's (`qrchan.go`): the first code of a full batch is shown three times as long as any other.
    """
    first = _FIRST_OF_FULL_BATCH if codes == FULL_BATCH else _ANY_OTHER
    return (first, *(codes - 1) * (_ANY_OTHER,))


@dataclass(frozen=True, slots=True)
class Settings:
    """Times are in seconds.

    Args:
        device_limit: devices that one phone may have linked; WhatsApp allows 4, the default is no limit.
        qr_lifetimes: how long each QR code of a connection stays scannable after the one before it ended; there are as
            many codes as times.
        qr_grace: how much longer than that a code can be scanned, for what is already on its way.
        first_node_delay: pause between the handshake and the first node, since some clients are not ready at once.
        linger_after_515: how long a client that was just linked may take to close the connection itself, which
            clients do when they have read the 515. A connection that is closed earlier makes some clients miss it.
        linger: how long a connection stays open after any other node that ends it.
        setup_timeout: time for proxy, TLS, WebSocket and Noise handshake together.
        sign_timeout: time for a client to sign the identity that a scan offers it.
    """

    device_limit: int = UNLIMITED
    qr_lifetimes: tuple[float, ...] = qr_lifetimes(FULL_BATCH)
    qr_grace: float = 5
    first_node_delay: float = 0.02
    linger_after_515: float = 5
    linger: float = 0.2
    setup_timeout: float = 20
    sign_timeout: float = 20
