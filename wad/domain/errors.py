"""The error tree.

::

    WadError                      anything this project raises on purpose
    ├─ InvalidInput               the caller's fault; ``field`` names what to mend
    │  ├─ InvalidSessionId
    │  └─ RequestIdReused         the id of an earlier request came with another one
    ├─ AccessError                the caller is not recognised, or may not do this
    │  ├─ CredentialsRequired     nobody knows who is calling
    │  ├─ TokenInvalid            no such token
    │  ├─ TokenExpired            its lifetime is over
    │  ├─ TokenRevoked            it was revoked
    │  └─ PermissionDenied        its role or its scope does not reach so far
    ├─ TokenNotFound              no such token to revoke
    ├─ RestartRequired            a key of the configuration takes effect only at a start
    ├─ SessionNotFound            no such session
    ├─ SessionLimitReached        every place is taken
    ├─ DeviceLimitReached         a phone has as many devices as it may
    ├─ WrongKind                  a device was asked for as a plain session, or the reverse
    ├─ SessionNotConnected        the session must be connected for this
    ├─ SessionNotLinked           the session has no credentials to connect with
    ├─ NotPairing                 the session must show a QR for this
    ├─ WorkerNotFound             no such worker
    ├─ SlowConsumer               a watcher fell behind further than the event log reaches
    ├─ SessionBusy                another process holds the session's credentials
    ├─ CredentialsSound           only damaged credentials can be set aside
    ├─ CredentialsNewer           an archive is older than the credentials that it would replace
    ├─ CreateFailed               a session could not be made; everything begun was undone
    ├─ Draining                   the daemon is going down and takes no new work
    ├─ IllegalTransition          a defect: the machine was asked for a transition that is not in the table
    ├─ EngineError                the WhatsApp engine's side failed
    │  ├─ PairingCodeRefused      WhatsApp gave no pairing code
    │  ├─ MessageRefused          WhatsApp did not take a message
    │  ├─ MessageUnconfirmed      nobody can say whether WhatsApp took a message
    │  ├─ WorkerOutdated          an earlier release's worker cannot do this
    │  ├─ EngineUnavailable       no worker could be started, or it went away
    │  └─ EngineIncompatible      the engine's library is missing, of another version, or lacks a system library
    ├─ StorageError               the registry or a session's directory could not be read or written
    │  ├─ CredentialsMissing      the credentials of a linked session are not where they were
    │  ├─ CredentialsDamaged      the credential store of a session is damaged
    │  └─ FilesInUse              a client still uses a session's files
    └─ ConfigurationError         the daemon cannot start as it is configured

Every leaf has one machine-readable reason, and one gRPC status, given in one place: ``wad.rpc.errors``. Those about
access are in :mod:`wad.domain.access_errors`.
"""

from __future__ import annotations

from typing import ClassVar


class WadError(Exception):
    """Base of every error this project raises on purpose; its text says what happened, why, and what to do.

    Attributes:
        reason: Machine-readable name of the error, the same in the API, the logs and a session's last error.
    """

    reason: ClassVar[str] = "INTERNAL"


class InvalidInput(WadError):
    """The caller's input cannot be used.

    Args:
        field: Path of the offending field, as the caller knows it (``session_id``, ``policy.idle``).
        message: What is wrong with it and what would be right.
    """

    reason = "INVALID_INPUT"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class InvalidSessionId(InvalidInput):
    """The text is not a session id."""

    reason = "INVALID_SESSION_ID"

    def __init__(self, message: str) -> None:
        super().__init__("session_id", message)


class SessionNotFound(WadError):
    """No session of that id is live, stopped or kept."""

    reason = "SESSION_NOT_FOUND"

    def __init__(self, session_id: str) -> None:
        super().__init__(f"There is no session {session_id!r}; list the sessions or create it first.")
        self.session_id = session_id


class SessionLimitReached(WadError):
    """The daemon holds as many live sessions as it may."""

    reason = "SESSION_LIMIT_REACHED"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Maximum concurrent sessions limit reached ({limit}); "
            "remove a session, wait for one to expire, or raise the limit."
        )
        self.limit = limit


class DeviceLimitReached(WadError):
    """The phone has as many live devices as it may."""

    reason = "DEVICE_LIMIT_REACHED"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Maximum devices per phone reached ({limit}); remove a device of this phone, wait for one to expire, or "
            "raise the limit."
        )
        self.limit = limit


class WrongKind(WadError):
    """A session that is a device was asked for as a plain session, or a plain session as a device."""

    reason = "WRONG_KIND"

    def __init__(self, session_id: str, *, is_device: bool) -> None:
        if is_device:
            message = f"Session {session_id!r} is a device of a phone; use the device service, or another session id."
        else:
            message = f"Session {session_id!r} is no device of a phone; use the session service, or another device id."
        super().__init__(message)
        self.session_id = session_id


class SessionNotConnected(WadError):
    """The session is not in a state in which the request can be carried out."""

    reason = "SESSION_NOT_CONNECTED"

    def __init__(self, session_id: str, state: str) -> None:
        super().__init__(f"Session {session_id!r} is {state}, not connected; wait for it or reconnect it.")
        self.session_id = session_id
        self.state = state


class SessionNotLinked(WadError):
    """The session holds no credentials to connect with; only a QR or a pairing code can give it some."""

    reason = "SESSION_NOT_LINKED"

    def __init__(self, session_id: str) -> None:
        super().__init__(f"Session {session_id!r} is not linked to a phone; it has no credentials. Link it first.")
        self.session_id = session_id


class NotPairing(WadError):
    """The session shows no QR, so no phone can be linked to it at the moment."""

    reason = "NOT_PAIRING"

    def __init__(self, session_id: str, state: str) -> None:
        super().__init__(
            f"Session {session_id!r} is {state} and shows no QR, so it takes no pairing code; link it, and ask for the "
            "code when its QR is there."
        )
        self.session_id = session_id
        self.state = state


class SessionBusy(WadError):
    """Another process holds the session's credentials."""

    reason = "SESSION_BUSY"


class CredentialsNewer(WadError):
    """An archive is older than the credentials that it would replace.

    Args:
        session_id: The session.
        used_at: When its present credentials were last used, for people.
        archived_at: When those in the archive were last used, for people.
    """

    reason = "CREDENTIALS_NEWER"

    def __init__(self, session_id: str, used_at: str, archived_at: str) -> None:
        super().__init__(
            f"The credentials of session {session_id!r} were last used at {used_at}, and this archive holds their "
            f"state of {archived_at}. An older state of the keys can make messages unreadable, so they were left as "
            "they are. If they are of no use, restore with force: the present ones go into the trash."
        )
        self.session_id = session_id


class CredentialsSound(WadError):
    """The session's credentials are as they should be, and nobody needs to set them aside."""

    reason = "CREDENTIALS_SOUND"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            f"The credentials of session {session_id!r} are not damaged, so they stay where they are. To give the link "
            "up, remove the session; to connect with it, reconnect it."
        )
        self.session_id = session_id


class WorkerNotFound(WadError):
    """No worker of that name runs."""

    reason = "WORKER_NOT_FOUND"

    def __init__(self, worker_id: str) -> None:
        super().__init__(f"There is no worker {worker_id!r}; it may have ended. List the workers.")
        self.worker_id = worker_id


class SlowConsumer(WadError):
    """A watcher fell behind further than the event log reaches."""

    reason = "SLOW_CONSUMER"

    def __init__(self) -> None:
        super().__init__("This watch fell too far behind and lost events; watch again to begin from a new snapshot.")


class CreateFailed(WadError):
    """A session could not be created; all that was begun has been undone.

    Args:
        cause: Machine-readable reason of the failure underneath.
        detail: The same in words, for the log.
    """

    reason = "CREATE_FAILED"

    def __init__(self, cause: str, detail: str) -> None:
        super().__init__("Failed to create WhatsApp session. Please try again.")
        self.cause = cause
        self.detail = detail


class Draining(WadError):
    """The daemon is going down and takes no new work."""

    reason = "DRAINING"

    def __init__(self) -> None:
        super().__init__(
            "The daemon takes no new work: it was drained, or is going down. Try again once it has been started anew."
        )


class IllegalTransition(WadError):
    """A transition that the table does not list; nothing was changed."""

    reason = "ILLEGAL_TRANSITION"

    def __init__(self, session_id: str, source: str, target: str) -> None:
        super().__init__(f"Session {session_id!r} cannot go from {source} to {target}; this is a defect in wad.")
        self.source = source
        self.target = target


class EngineError(WadError):
    """The WhatsApp engine's side failed."""


class PairingCodeRefused(EngineError):
    """WhatsApp gave no pairing code, or the session's client is not in a state to ask for one."""

    reason = "PAIRING_CODE_REFUSED"


class WorkerOutdated(EngineError):
    """The worker of the session's client was started by an earlier release, and cannot do what was asked for."""

    reason = "WORKER_OUTDATED"

    def __init__(self, worker_id: str) -> None:
        super().__init__(
            f"Worker {worker_id!r} was started by an earlier release of wad, which cannot do this. Replace the worker; "
            "its sessions go on in a new one."
        )
        self.worker_id = worker_id


class EngineUnavailable(EngineError):
    """No worker could be started, or the worker went away before it answered."""

    reason = "ENGINE_UNAVAILABLE"


class EngineIncompatible(EngineError):
    """The engine's library is missing, of a version never tested, or lacks a system library."""

    reason = "ENGINE_INCOMPATIBLE"


class StorageError(WadError):
    """The registry or a session's directory could not be read or written."""

    reason = "STORAGE_ERROR"


class CredentialsMissing(StorageError):
    """The credentials of a linked session are not where they were."""

    reason = "CREDENTIALS_MISSING"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            f"The credentials of session {session_id!r} are missing. Is its disk mounted? Bring its directory back, "
            "restore it from a backup, or remove the session and link it again."
        )


class CredentialsDamaged(StorageError):
    """The credential store of a session is damaged.

    Args:
        session_id: The session.
        cause: What is wrong with the store, without its path.
    """

    reason = "CREDENTIALS_DAMAGED"

    def __init__(self, session_id: str, cause: str) -> None:
        super().__init__(
            f"The credentials of session {session_id!r} are damaged: {cause}. They were left as they are. Restore the "
            "session from a backup; if there is none, set them aside and link the session again."
        )
        self.session_id = session_id


class FilesInUse(StorageError):
    """A client still uses a session's files, as one does whose worker hangs."""

    reason = "SESSION_BUSY"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            f"The files of session {session_id!r} are left as they are: a client still uses them. Perhaps its worker "
            "does not answer; such a worker is ended, and a removal then goes on by itself."
        )
        self.session_id = session_id


class ConfigurationError(WadError):
    """The daemon cannot start as it is configured."""

    reason = "CONFIGURATION_ERROR"
