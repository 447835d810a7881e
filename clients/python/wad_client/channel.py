"""The way to the daemon: encrypted where it must be, with a token on every call, and errors as :class:`WadError`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import grpc

from wad_client.errors import explain

if TYPE_CHECKING:
    from collections.abc import Callable

    from wad_client.address import Address

_OPTIONS: Final = (
    ("grpc.enable_http_proxy", 0),  # the daemon is on this host or in this network, whatever the shell's proxy is
    ("grpc.service_config_disable_resolution", 1),  # DNS has no say in which calls are repeated
    ("grpc.primary_user_agent", "wad-client-python"),
    # A connection whose other end has silently gone is given up; the daemon allows a ping every 10 s.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),
    # A daemon that is back is found soon; who calls in a loop waits by itself.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
)


@dataclass(frozen=True, slots=True)
class Security:
    """How the way is secured.

    Attributes:
        token: Sent with every call.
        ca_file: Certificates, as PEM, of which one must have signed the daemon's; by default the public authorities
            that gRPC knows.
        cert_file: The caller's certificate with its chain, as PEM.
        key_file: The key of that certificate, as PEM.
        insecure: Plain text to a ``host:port``, token and all.
    """

    token: str | None = None
    ca_file: str | Path | None = None
    cert_file: str | Path | None = None
    key_file: str | Path | None = None
    insecure: bool = False


def open_channel(address: Address, security: Security) -> grpc.Channel:
    """Return a channel; nothing is dialled before the first call.

    Raises:
        OSError: A file cannot be read.
        ValueError: The security does not fit the address.
    """
    files = (security.ca_file, security.cert_file, security.key_file)
    if address.is_unix or security.insecure:
        if any(files):
            raise ValueError(f"{address.shown} is reached without TLS; omit the certificates, or `insecure`.")
        channel = grpc.insecure_channel(address.target, options=_OPTIONS)
    else:
        if bool(security.cert_file) != bool(security.key_file):
            raise ValueError("A certificate needs its key; give both cert_file and key_file, or neither.")
        authorities, chain, key = (Path(file).read_bytes() if file else None for file in files)
        credentials = grpc.ssl_channel_credentials(authorities, key, chain)
        channel = grpc.secure_channel(address.target, credentials, options=_OPTIONS)
    grpc_: Any = grpc  # the interceptors are generic in the stubs alone
    return grpc_.intercept_channel(channel, _Interceptor(address.shown, security.token))


@dataclass
class _Details(grpc.ClientCallDetails):
    """What is known of a call before it is made; gRPC's own class has no constructor."""

    method: str
    timeout: float | None
    metadata: Any
    credentials: Any
    wait_for_ready: bool | None
    compression: Any


class _Interceptor(
    grpc.UnaryUnaryClientInterceptor,  # pyright: ignore[reportMissingTypeArgument] - generic only in the stubs
    grpc.UnaryStreamClientInterceptor,  # pyright: ignore[reportMissingTypeArgument] - as above
    grpc.StreamUnaryClientInterceptor,  # pyright: ignore[reportMissingTypeArgument] - as above
    grpc.StreamStreamClientInterceptor,  # pyright: ignore[reportMissingTypeArgument] - as above
):
    """Sends the token, and maps the errors."""

    def __init__(self, daemon: str, token: str | None) -> None:
        self._daemon = daemon
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()

    def intercept_unary_unary(self, continuation: Callable[..., Any], client_call_details: Any, request: Any) -> Any:
        """Make a call."""
        return self._call(continuation, client_call_details, request)

    def intercept_unary_stream(self, continuation: Callable[..., Any], client_call_details: Any, request: Any) -> Any:
        """Make a call that is answered with a stream."""
        return self._call(continuation, client_call_details, request)

    def intercept_stream_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request_iterator: Any
    ) -> Any:
        """Make a call that takes a stream."""
        return self._call(continuation, client_call_details, request_iterator)

    def intercept_stream_stream(
        self, continuation: Callable[..., Any], client_call_details: Any, request_iterator: Any
    ) -> Any:
        """Make a call that takes a stream, and is answered with one."""
        return self._call(continuation, client_call_details, request_iterator)

    def _call(self, continuation: Callable[..., Any], given: Any, request: Any) -> _Call:
        metadata = (*(given.metadata or ()), *self._metadata)
        details = _Details(
            given.method, given.timeout, metadata, given.credentials, given.wait_for_ready, given.compression
        )
        return _Call(continuation(details, request), self._daemon)


class _Call:
    """A call that fails with a :class:`WadError`, and otherwise is what gRPC made of it."""

    def __init__(self, call: Any, daemon: str) -> None:
        self._call = call
        self._daemon = daemon

    def __getattr__(self, name: str) -> Any:
        return getattr(self._call, name)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._call)
        except grpc.RpcError as error:
            raise explain(error, self._daemon) from error

    def result(self, timeout: float | None = None) -> Any:
        """Return the response, waiting for it for at most *timeout* seconds."""
        try:
            return self._call.result(timeout)
        except grpc.RpcError as error:
            raise explain(error, self._daemon) from error
