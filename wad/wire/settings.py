"""What a worker is told when it is started; it travels as one JSON document on the worker's standard input."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class CustomUpstream:
    """A server that is not WhatsApp. The three go together.

    Attributes:
        proxy_url: HTTP proxy through which every connection goes.
        ca_file: Path of the certificates (PEM) to trust instead of the system's.
        noise_root_key: Hex of the 32-byte public key that replaces the one which the engine trusts.
    """

    proxy_url: str
    ca_file: str
    noise_root_key: str


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Settings of one worker process.

    Attributes:
        sessions_dir: Directory that holds one directory per session.
        log_file: File that takes the worker's log and all that the engine prints.
        device_name: Name under which linked devices appear on the phone.
        platform: Kind of device shown on the phone: a name of ``DeviceProps.PlatformType``, such as CHROME.
        log_level: Lowest level of the engine's log that is written: DEBUG, INFO, WARN or ERROR.
        adopt_grace: Seconds to live on without a daemon.
        library: Path of the engine's library; empty for the one that is installed.
        upstream: Server to use instead of WhatsApp.
    """

    sessions_dir: str
    log_file: str
    device_name: str = "wad"
    platform: str = "CHROME"
    log_level: str = "WARN"
    adopt_grace: float = 120.0
    library: str = ""
    upstream: CustomUpstream | None = None

    def to_json(self) -> str:
        """Return the document that ``from_json`` takes."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> WorkerSettings:
        """Return the settings in *text*.

        Raises:
            ValueError: The text is not such a document.
        """
        try:
            fields = json.loads(text)
            upstream = fields.pop("upstream", None)
            return cls(**fields, upstream=CustomUpstream(**upstream) if upstream else None)
        except (TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"These are not the settings of a worker: {error}") from error
