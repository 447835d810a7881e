"""The part of the error tree that is about who may do what; see :mod:`wad.domain.errors` for the whole."""

from __future__ import annotations

from wad.domain.errors import InvalidInput, WadError


class AccessError(WadError):
    """The caller is not recognised, or may not do what it asks for."""


class CredentialsRequired(AccessError):
    """The caller has not said who it is in a way that this listener takes."""

    reason = "CREDENTIALS_REQUIRED"

    def __init__(self, way_on: str) -> None:
        super().__init__(f"The daemon does not know who is calling. {way_on}")


class TokenInvalid(AccessError):
    """There is no such token."""

    reason = "TOKEN_INVALID"

    def __init__(self) -> None:
        super().__init__("The daemon knows no such token; send one as 'authorization: Bearer wad_…', as it was made.")


class TokenExpired(AccessError):
    """The token's lifetime is over."""

    reason = "TOKEN_EXPIRED"

    def __init__(self) -> None:
        super().__init__("The token's lifetime is over; ask an administrator for a new one.")


class TokenRevoked(AccessError):
    """The token was revoked."""

    reason = "TOKEN_REVOKED"

    def __init__(self) -> None:
        super().__init__("The token was revoked; ask an administrator for a new one.")


class PermissionDenied(AccessError):
    """The caller may not do this, or not to this session, whether or not that exists.

    Args:
        message: What is missing and who can give it.
        required_role: The role that is missing, if one is.
        session_id: The session that is not among the caller's, if that is it.
    """

    reason = "PERMISSION_DENIED"

    def __init__(self, message: str, *, required_role: str = "", session_id: str = "") -> None:
        super().__init__(message)
        self.required_role = required_role
        self.session_id = session_id


class TokenNotFound(WadError):
    """There is no token of that id."""

    reason = "TOKEN_NOT_FOUND"

    def __init__(self, token_id: str) -> None:
        super().__init__(f"There is no token {token_id!r}; list the tokens to see those that there are.")
        self.token_id = token_id


class RequestIdReused(InvalidInput):
    """The request id was used for another request."""

    reason = "REQUEST_ID_REUSED"

    def __init__(self) -> None:
        super().__init__(
            "request_id",
            "This request id was used for another request in the last 24 hours; make up a new UUID for every request, "
            "and use it again only to repeat the same one.",
        )


class RestartRequired(WadError):
    """A key of the configuration takes effect only when the daemon starts.

    Args:
        key: The key, such as ``grpc.tcp``.
    """

    reason = "RESTART_REQUIRED"

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} takes effect only when the daemon starts; write it into the file, and restart it.")
        self.key = key
