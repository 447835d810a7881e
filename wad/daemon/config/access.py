"""The keys that say where the daemon listens and who may call."""

import ipaddress
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Final, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from wad.daemon.config.quantities import Bytes
from wad.daemon.config.section import Conflict, FilePath, Section, lower
from wad.domain.access import Grant, Role, Scope
from wad.domain.errors import InvalidInput

_MOST_GRANTS: Final = 1000
_LONGEST_NAME: Final = 2048  # characters: an address as a certificate's alternative name may have so many
_SOCKET_PATH_LIMIT: Final = 103  # bytes: sun_path of unix(7) holds 108 with the final zero, and "/.in" comes to it
_LEAST_MESSAGE: Final = 64 * 1024
_LARGEST_MESSAGE: Final = 2**31 - 1
"""Bytes: gRPC counts them in 32 bits; requests of less than the least could not even ask for a change."""


def is_loopback(host: str) -> bool:
    """Return True when only this machine can reach a listener on *host*."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class GrpcSettings(Section):
    """``[grpc]``.

    Attributes:
        unix_socket: The socket for services on this host; by default ``wad.sock`` in the runtime directory.
        tcp: ``host:port`` to listen on besides it; none by default, port 0 takes any free one.
        tls_cert_file: The certificate (PEM) that is shown there, with those between it and the root.
        tls_key_file: Its private key (PEM).
        tls_client_ca_file: Authorities (PEM) whose clients are let in: each must show a certificate then.
        insecure_loopback: Whoever reaches a loopback address may do everything.
        max_message_size: Bytes of the largest message that is taken or sent.
    """

    unix_socket: FilePath = Field(examples=["/run/wad/wad.sock"])
    tcp: str | None = Field(None, examples=["127.0.0.1:7600"])
    tls_cert_file: FilePath | None = Field(None, examples=["/etc/wad/tls/cert.pem"])
    tls_key_file: FilePath | None = Field(None, examples=["/etc/wad/tls/key.pem"])
    tls_client_ca_file: FilePath | None = Field(None, examples=["/etc/wad/tls/ca.pem"])
    insecure_loopback: bool = False
    max_message_size: Annotated[Bytes, Field(ge=_LEAST_MESSAGE, le=_LARGEST_MESSAGE)] = 4 * 1024**2

    @property
    def tls(self) -> bool:
        """True when the TCP listener is encrypted."""
        return self.tls_cert_file is not None

    @field_validator("unix_socket")
    @classmethod
    def _fits_address(cls, path: FilePath) -> FilePath:
        length = len(os.fsencode(path))
        if length > _SOCKET_PATH_LIMIT:
            raise ValueError(
                f"the path {path} has {length} bytes, and a socket's may have {_SOCKET_PATH_LIMIT}; choose a shorter "
                "daemon.runtime_dir or grpc.unix_socket"
            )
        return path

    @field_validator("tcp")
    @classmethod
    def _is_address(cls, address: str | None) -> str | None:
        if address is None:
            return None
        parts = urlsplit(f"//{address}")
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if host is None or port is None or parts.netloc != address or "@" in address:
            raise ValueError("this is no address; write 127.0.0.1:7600, [::1]:7600, or another address with its port")
        return address

    def conflicts(self) -> Iterator[Conflict]:
        """Yield what would be unsafe, or is there by halves."""
        host = urlsplit(f"//{self.tcp}").hostname if self.tcp else None
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            given = "tls_cert_file" if self.tls_key_file is None else "tls_key_file"
            yield Conflict(given, "tls_cert_file and tls_key_file belong together; set both or neither")
        elif self.tls_client_ca_file is not None and not self.tls:
            yield Conflict(
                "tls_client_ca_file",
                "tls_client_ca_file needs tls_cert_file and tls_key_file: clients have none without TLS",
            )
        if host is None or is_loopback(host):
            return
        if self.tls_cert_file is None and self.tls_key_file is None:
            yield Conflict(
                "tcp",
                "that is not a loopback address, and without TLS everybody on the network could read along; set "
                "tls_cert_file and tls_key_file, or use 127.0.0.1 or [::1]",
            )
        if self.insecure_loopback:
            yield Conflict("insecure_loopback", f"it is for loopback addresses only, and tcp = {self.tcp!r} is none")


def _is_name(text: str) -> str:
    if not 1 <= len(text) <= _LONGEST_NAME or not text.isprintable():
        raise ValueError(f"a name has 1 to {_LONGEST_NAME} characters that can be printed")
    return text


_Name = Annotated[str, AfterValidator(_is_name)]


class GrantSettings(Section):
    """One entry of ``access.grants``.

    Attributes:
        user: Name or number of a user of this host.
        group: Name or number of a group of theirs.
        certificate: Common name or alternative name of a client certificate.
        role: What they may do.
        sessions: Patterns of the ids of the sessions that they may reach.
    """

    user: _Name | None = None
    group: _Name | None = None
    certificate: _Name | None = None
    role: Annotated[Literal["viewer", "operator", "admin"], BeforeValidator(lower)]
    sessions: tuple[str, ...] = ("*",)

    @field_validator("sessions")
    @classmethod
    def _are_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return Scope.parse(patterns, "sessions").patterns
        except InvalidInput as error:
            raise ValueError(f"{error.field}: {error}") from error

    @model_validator(mode="after")
    def _is_for_one(self) -> Self:
        if sum(who is not None for who in (self.user, self.group, self.certificate)) != 1:
            raise ValueError("a grant is for one user, one group or one certificate; write one entry for each")
        return self

    def to_grant(self) -> Grant:
        """Return it in the domain's terms."""
        return Grant(self.user, self.group, self.certificate, Role[self.role.upper()], Scope(self.sessions))


def _entries(value: object) -> object:
    """Return the entries; a text is read as JSON, for a variable of the environment cannot hold tables."""
    entries = value
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            entries = json.loads(value)
    if isinstance(entries, list):
        many = len(cast("list[object]", entries)) > _MOST_GRANTS
    elif entries is None:
        many = False
    else:
        example = '[{"user": "ada", "role": "operator"}]' if isinstance(value, str) else "[[access.grants]]"
        raise ValueError(f"these are no grants; write {example}")
    if many:
        raise ValueError(f"there are more than {_MOST_GRANTS}; grant to groups, or make tokens")
    return cast("object", entries)


class AccessSettings(Section):
    """``[access]``.

    Attributes:
        grants: What users of this host and holders of certificates may do: the first that is for a caller counts. By
            default the daemon's own user, root and the group ``wad`` may do everything, and no certificate anything.
    """

    grants: Annotated[tuple[GrantSettings, ...] | None, BeforeValidator(_entries)] = None

    def to_grants(self) -> tuple[Grant, ...] | None:
        """Return the grants in the domain's terms; None for the default ones."""
        return None if self.grants is None else tuple(grant.to_grant() for grant in self.grants)
