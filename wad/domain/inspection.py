"""What a session's directory holds, as numbers: the keys themselves never leave it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a session's directory.

    Attributes:
        name: Its name within the directory.
        size: Bytes.
        modified_at: Seconds since the epoch.
    """

    name: str
    size: int
    modified_at: float


@dataclass(frozen=True, slots=True)
class PairedDevice:
    """The linked device whose credentials a store holds.

    Attributes:
        jid: Its address, ``<phone>:<device>@s.whatsapp.net``.
        lid: The same under WhatsApp's hidden user id; empty when the server gave none.
        registration_id: The number under which its keys are registered.
    """

    jid: str
    lid: str
    registration_id: int


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """How many of what a store holds; a table that the engine has not made yet counts 0.

    Attributes:
        pre_keys: One-time keys with which others may begin a conversation.
        uploaded_pre_keys: Those of them that WhatsApp has been given.
        contact_sessions: Encrypted conversations with other devices.
        identity_keys: Identities of other devices.
        sender_keys: Keys of groups.
        app_state_keys: Keys of the account's synchronised settings.
        app_state_versions: Kinds of those settings that have been synchronised.
        contacts: People that the account knows.
    """

    pre_keys: int = 0
    uploaded_pre_keys: int = 0
    contact_sessions: int = 0
    identity_keys: int = 0
    sender_keys: int = 0
    app_state_keys: int = 0
    app_state_versions: int = 0
    contacts: int = 0


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in a session's directory.

    Attributes:
        device: Whose credentials the store holds; None when it holds none, or cannot be read.
        counts: What else it holds.
        files: The directory's files, ordered by name.
        lock_holder: Process id of the worker that uses the credentials; None when nobody does.
        damage: Why the store cannot be read, for people; empty when it can, or when there is none.
        set_aside: Names of the directories below ``set-aside``, each of which holds a damaged store, ordered by time.
    """

    device: PairedDevice | None = None
    counts: StoreCounts = StoreCounts()
    files: tuple[StoredFile, ...] = ()
    lock_holder: int | None = None
    damage: str = ""
    set_aside: tuple[str, ...] = ()
