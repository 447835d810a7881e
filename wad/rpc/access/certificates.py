"""TLS for the TCP listener, with certificates that may be renewed while the daemon runs."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
import structlog

from wad.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where the certificates are, all in PEM.

    Attributes:
        certificate: The server's, with those of the authorities between it and the root.
        key: Its private key.
        client_ca: Authorities whose clients are let in; None when clients show no certificate.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None

    @property
    def paths(self) -> Sequence[Path]:
        """Every file."""
        return (self.certificate, self.key) if self.client_ca is None else (self.certificate, self.key, self.client_ca)


class Certificates:
    """The certificates that are served: what stands in the files, read again for the first handshake after a change.

    Args:
        files: The files.
    """

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self._seen = self._stamps()

    def credentials(self) -> grpc.ServerCredentials:
        """Return credentials for a listener.

        Raises:
            ConfigurationError: A file cannot be read, or certificate and key do not belong together.
        """
        return grpc.dynamic_ssl_server_credentials(
            self._load(),
            self._renewed,  # pyright: ignore[reportArgumentType] - None is documented, and missing in the stubs
            require_client_authentication=self._files.client_ca is not None,
        )

    def _renewed(self) -> grpc.ServerCertificateConfiguration | None:
        """Return the new certificates, or None to go on with those that are served; gRPC asks at each handshake."""
        stamps = self._stamps()
        if stamps == self._seen:
            return None
        self._seen = stamps
        try:
            loaded = self._load()
        except ConfigurationError as error:
            _log.error("tls.renewal_failed", error=str(error), message="The certificate from before is still served.")
            return None
        _log.info("tls.renewed", certificate=str(self._files.certificate))
        return loaded

    def _load(self) -> grpc.ServerCertificateConfiguration:
        files = self._files
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files.certificate, files.key, password=_no_password)
            if files.client_ca is not None:
                context.load_verify_locations(files.client_ca)
            pair = (files.key.read_bytes(), files.certificate.read_bytes())
            authorities = None if files.client_ca is None else files.client_ca.read_bytes()
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            names = ", ".join(str(path) for path in files.paths)
            raise ConfigurationError(f"The TLS certificate cannot be used ({names}): {error}.") from error
        return grpc.ssl_server_certificate_configuration([pair], authorities)

    def _stamps(self) -> Sequence[tuple[int, int, int] | None]:
        return [_stamp(path) for path in self._files.paths]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _no_password() -> str:
    raise ValueError("the key is protected by a passphrase, which nobody can type in here; store it without one")
