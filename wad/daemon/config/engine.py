"""The keys that say how sessions are run, and against which server."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, field_validator

from wad.daemon.config.quantities import Bytes, Count, Seconds
from wad.daemon.config.section import Conflict, FilePath, LogLevel, Section, matching, upper

_LEAST_WORKER_MEMORY: Final = 128 * 1024**2

PLATFORMS: Final = (
    *("CHROME", "FIREFOX", "IE", "OPERA", "SAFARI", "EDGE", "DESKTOP", "UNKNOWN", "IPAD", "ANDROID_TABLET", "OHANA"),
    *("ALOHA", "CATALINA", "TCL_TV", "IOS_PHONE", "IOS_CATALYST", "ANDROID_PHONE", "ANDROID_AMBIGUOUS", "WEAR_OS"),
    *("AR_WRIST", "AR_DEVICE", "UWP", "VR", "CLOUD_API", "SMARTGLASSES"),
)
"""What a linked device may say that it is: the names of ``DeviceProps.PlatformType`` in WhatsApp's protocol."""


class EngineSettings(Section):
    """``[engine]``.

    Attributes:
        sessions_per_worker: Sessions that one process holds, and that one crash takes down.
        worker_max_memory: Bytes that such a process may hold before its sessions move to a new one; 0 for no limit.
        worker_max_age: For which it may run before they do; 0 for ever.
        device_name: Name under which linked devices appear on the phone.
        platform: Kind of device shown on the phone, such as CHROME or DESKTOP.
        log_level: Lowest level of the engine's log that is written, with the same names as ``daemon.log_level``.
        proxy_url: HTTP proxy of a server that is not WhatsApp.
        ca_file: Certificates (PEM) of that server.
        noise_root_key: Hex of that server's 32-byte public key.
        allow_custom_upstream: Must be true for the three above to be used.
    """

    sessions_per_worker: Count = Field(10, ge=1)
    worker_max_memory: Bytes = 512 * 1024**2
    worker_max_age: Seconds = 7 * 24 * 60 * 60
    device_name: str = Field("wad", min_length=1)
    platform: Annotated[str, BeforeValidator(upper)] = "CHROME"
    log_level: LogLevel = "warning"
    proxy_url: str | None = Field(None, repr=False, examples=["http://127.0.0.1:8080"])
    ca_file: FilePath | None = Field(None, examples=["/etc/wad/emulator.pem"])
    noise_root_key: (
        Annotated[str, matching("[0-9a-fA-F]{64}", "a key of 32 bytes has 64 hexadecimal digits, 0 to 9 and a to f")]
        | None
    ) = Field(None, examples=["00" * 32])
    allow_custom_upstream: bool = Field(False, examples=[True])

    @property
    def custom_upstream(self) -> bool:
        """True when sessions talk to a server that is not WhatsApp."""
        return self.proxy_url is not None

    @field_validator("platform")
    @classmethod
    def _is_known(cls, platform: str) -> str:
        if platform not in PLATFORMS:
            raise ValueError(f"WhatsApp knows no such platform; write one of {', '.join(PLATFORMS)}")
        return platform

    @field_validator("worker_max_memory")
    @classmethod
    def _leaves_room(cls, size: int) -> int:
        if 0 < size < _LEAST_WORKER_MEMORY:
            raise ValueError(
                f"a worker takes {_LEAST_WORKER_MEMORY >> 20} MiB with its sessions, so with less it would be replaced "
                "again and again; write a larger size, or 0 for no limit"
            )
        return size

    def conflicts(self) -> Iterator[Conflict]:
        """Yield what would lead sessions away from WhatsApp by accident, or not quite."""
        keys = ("proxy_url", "ca_file", "noise_root_key")
        given = [key for key in keys if getattr(self, key) is not None]
        missing = [key for key in keys if key not in given]
        if given and missing:
            yield Conflict(
                given[0],
                f"{', '.join(given)} set without {', '.join(missing)}: they lead to a server that is not WhatsApp, "
                "and only together; set all three or none",
            )
        if given and not self.allow_custom_upstream:
            yield Conflict(
                given[0],
                f"{', '.join(given)} would lead sessions to a server that is not WhatsApp; if that is what you want, "
                "for an emulator, set allow_custom_upstream = true, otherwise delete them",
            )
