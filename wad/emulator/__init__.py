"""A WhatsApp Web server on loopback that real client libraries pair with, log in to and are disconnected by.

It needs the extra `wad[emulator]`, so nothing is imported until it is asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wad.emulator.announcement import Announcement


def run(
    directory: "Path",
    *,
    host: str = "127.0.0.1",
    proxy_port: int = 0,
    control_port: int = 0,
    device_limit: int = 0,
    qr_codes: int = 6,
    on_ready: "Callable[[Announcement], None]" = lambda _: None,
) -> None:
    """Run an emulator in this process until SIGINT or SIGTERM.

    Args:
        directory: where keys and linked devices are kept, and where `emulator.json` says how to reach it.
        host: address to listen on; anyone who can connect to it controls the emulator.
        proxy_port: TCP port of the proxy for clients; 0 lets the system choose.
        control_port: TCP port of the control API; 0 lets the system choose.
        device_limit: devices that one phone may have linked; 0 for no limit.
        qr_codes: QR codes that a connection is given, 1 or more; WhatsApp gives 6.
        on_ready: is called when clients can connect.

    Raises:
        StartError: the directory or a port cannot be used.
    """
    # An optional extra is imported only where it is used.
    import anyio  # noqa: PLC0415

    from wad.emulator import server  # noqa: PLC0415
    from wad.emulator.settings import Settings, qr_lifetimes  # noqa: PLC0415

    async def main() -> None:
        await server.run_emulator(
            directory,
            settings=Settings(device_limit=device_limit, qr_lifetimes=qr_lifetimes(qr_codes)),
            host=host,
            ports=server.Ports(proxy_port, control_port),
            on_ready=on_ready,
        )

    server.allow_many_connections()
    anyio.run(main, backend_options={"use_uvloop": True})
