"""How keys of the configuration take effect while the daemon runs: one table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Final

from wad.domain.alerts import Thresholds
from wad.domain.policy import Policy
from wad.managers.terms import Limits
from wad.observability.logging import set_log_level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wad.daemon.config import Config
    from wad.engine.host import WorkerEngine
    from wad.managers.alerts import AlertWatch
    from wad.managers.devices import MultiDeviceSessionManager
    from wad.managers.inbox import Inbox
    from wad.managers.session_manager import SessionManager
    from wad.managers.sweep import Sweep
    from wad.managers.sweeper import Sweeper
    from wad.rpc.access.grants import Grants


@dataclass(frozen=True, slots=True)
class Effects:
    """The parts of a running daemon that keys take effect on. No effect can fail.

    Attributes:
        manager: Its sessions.
        devices: Those of them that are devices.
        sweep: Its sweep.
        sweeper: Says when that runs.
        grants: What users of the host and holders of certificates may do.
        engine: Its workers.
        inbox: Keeps their messages.
        alerts: What looks for alerts.
    """

    manager: SessionManager
    devices: MultiDeviceSessionManager
    sweep: Sweep
    sweeper: Sweeper
    grants: Grants
    engine: WorkerEngine
    inbox: Inbox
    alerts: AlertWatch

    def by_key(self) -> Mapping[str, Callable[[Config], None]]:
        """Return the effect of each key of :data:`LIVE` on these parts; keys that share one share the object, too."""
        bound = {effect: partial(effect, self) for effect in LIVE.values()}
        return {key: bound[effect] for key, effect in LIVE.items()}

    def set_log_level(self, config: Config) -> None:
        """Log from this level on."""
        set_log_level(config.daemon.log_level)

    def nothing(self, config: Config) -> None:
        """Do nothing: the key is read when it is needed."""

    def set_policies(self, config: Config) -> None:
        """Have these limits for what is made live from now on."""
        self.manager.policy = config.sessions.to_policy()
        self.devices.policy = config.devices.to_policy(config.sessions)

    def set_limits(self, config: Config) -> None:
        """Have so many live sessions and devices; those that are live stay."""
        self.manager.limits = limits_of(config)

    def set_cleanup_interval(self, config: Config) -> None:
        """Sweep at this interval."""
        self.sweeper.set_interval(config.sessions.cleanup_interval)

    def set_trash_retention(self, config: Config) -> None:
        """Keep the trash so long at the next sweep."""
        self.sweep.trash_retention = config.sessions.trash_retention

    def set_grants(self, config: Config) -> None:
        """Let callers in by these grants."""
        self.grants.replace(config.access.to_grants())

    def set_worker_budgets(self, config: Config) -> None:
        """Replace workers by these budgets from the next look on."""
        self.engine.set_budgets(
            max_resident_bytes=config.engine.worker_max_memory, max_worker_age=config.engine.worker_max_age
        )

    def set_inbox(self, config: Config) -> None:
        """Keep messages so long, and so many."""
        self.inbox.set_terms(config.messages.to_terms())

    def set_alerts(self, config: Config) -> None:
        """Look for alerts in this way."""
        self.alerts.set_terms(config.alerts.to_terms())


_LIMITS: Final = tuple(field.name for field in fields(Policy))
_THRESHOLDS: Final = tuple(field.name for field in fields(Thresholds))

LIVE: Final[Mapping[str, Callable[[Effects, Config], None]]] = {
    "daemon.log_level": Effects.set_log_level,
    "daemon.stop_timeout": Effects.nothing,
    "sessions.max_sessions": Effects.set_limits,
    "sessions.cleanup_interval": Effects.set_cleanup_interval,
    "sessions.trash_retention": Effects.set_trash_retention,
    **{f"sessions.{limit}": Effects.set_policies for limit in _LIMITS},
    "devices.max_devices_per_phone": Effects.set_limits,
    "devices.qr_window": Effects.set_policies,
    "devices.idle": Effects.set_policies,
    "devices.max_age": Effects.set_policies,
    "devices.heartbeat": Effects.set_policies,
    "devices.max_failed_heartbeats": Effects.set_policies,
    "messages.retention": Effects.set_inbox,
    "messages.max_kept": Effects.set_inbox,
    "alerts.interval": Effects.set_alerts,
    "alerts.hysteresis": Effects.set_alerts,
    **{f"alerts.{threshold}": Effects.set_alerts for threshold in _THRESHOLDS},
    "access.grants": Effects.set_grants,
    "engine.worker_max_memory": Effects.set_worker_budgets,
    "engine.worker_max_age": Effects.set_worker_budgets,
}
"""The keys that can change while the daemon runs, and how; every other one takes effect at the next start."""


def limits_of(config: Config) -> Limits:
    """Return how many sessions and devices there may be."""
    sessions, devices = config.sessions, config.devices
    return Limits(sessions.max_sessions, sessions.restore_concurrency, devices.max_devices_per_phone)
