"""THE table of what each method needs of its caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wad.domain.access import Role

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Permission:
    """What a method needs.

    Attributes:
        role: Least role of its caller.
        changes: It changes something: it is written into the audit log, and refused while the daemon drains.
        of_all: It concerns all sessions, so its caller must reach all. Of every other method the scope is kept by
            :mod:`wad.rpc.access.scoped`, session by session.
    """

    role: Role
    changes: bool = False
    of_all: bool = False


_LOOK = Permission(Role.VIEWER)
_USE = Permission(Role.OPERATOR, changes=True)
_RUN = Permission(Role.ADMIN, changes=True, of_all=True)
_INSPECT = Permission(Role.ADMIN, of_all=True)

PERMISSIONS: Final[Mapping[str, Permission]] = {
    "wad.v1.SessionService/CreateSession": _USE,
    "wad.v1.SessionService/LinkSession": _USE,
    "wad.v1.SessionService/RequestPairingCode": _USE,
    "wad.v1.SessionService/GetSession": _LOOK,
    "wad.v1.SessionService/ListSessions": _LOOK,
    "wad.v1.SessionService/RemoveSession": _USE,
    "wad.v1.SessionService/StopSession": _USE,
    "wad.v1.SessionService/ReconnectSession": _USE,
    "wad.v1.SessionService/TouchSession": _USE,
    "wad.v1.SessionService/InspectSession": _LOOK,
    "wad.v1.SessionService/SetAsideCredentials": _USE,
    "wad.v1.DeviceService/CreateDevice": _USE,
    "wad.v1.DeviceService/LinkDevice": _USE,
    "wad.v1.DeviceService/GetDevice": _LOOK,
    "wad.v1.DeviceService/ListDevices": _LOOK,
    "wad.v1.DeviceService/HeartbeatDevice": _USE,
    "wad.v1.DeviceService/RemoveDevice": _USE,
    "wad.v1.MessageService/SendMessage": _USE,
    "wad.v1.MessageService/ReceiveMessages": _USE,
    "wad.v1.MessageService/GetMessage": Permission(Role.OPERATOR),
    "wad.v1.EventService/WatchEvents": _LOOK,
    "wad.v1.AdminService/GetHealth": Permission(Role.VIEWER, of_all=True),
    "wad.v1.AdminService/GetStats": Permission(Role.VIEWER, of_all=True),
    "wad.v1.AdminService/RunCleanup": _RUN,
    "wad.v1.AdminService/StartCleanupScheduler": _RUN,
    "wad.v1.AdminService/StopCleanupScheduler": _RUN,
    "wad.v1.AdminService/ListAlerts": Permission(Role.VIEWER, of_all=True),
    "wad.v1.AdminService/BackupSession": Permission(Role.ADMIN, changes=True),
    "wad.v1.AdminService/RestoreSession": Permission(Role.ADMIN, changes=True),
    "wad.v1.AdminService/ListWorkers": Permission(Role.VIEWER, of_all=True),
    "wad.v1.AdminService/DrainWorker": _RUN,
    "wad.v1.AdminService/ReplaceWorkers": _RUN,
    "wad.v1.AdminService/Drain": _RUN,
    "wad.v1.AdminService/GetConfig": _INSPECT,
    "wad.v1.AdminService/UpdateConfig": _RUN,
    "wad.v1.AdminService/ListAuditRecords": _INSPECT,
    "wad.v1.AdminService/GetDebug": _INSPECT,
    "wad.v1.AccessService/GetCaller": _LOOK,
    "wad.v1.AccessService/CreateToken": Permission(Role.ADMIN, changes=True),
    "wad.v1.AccessService/ListTokens": _INSPECT,
    "wad.v1.AccessService/RevokeToken": _RUN,
}

RECOGNISED: Final = Permission(Role.VIEWER)
"""Of methods that are not in the table, which are reflection's: the contract is no secret, but not for everybody."""

OPEN: Final = "grpc.health.v1.Health/"
"""Of anybody: whoever balances load asks whether the daemon serves, and has no credentials."""
