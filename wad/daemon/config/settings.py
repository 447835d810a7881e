"""The configuration's keys: their types, their defaults, and what they may be."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Annotated, Final, Self

from pydantic import Field, PrivateAttr

from wad.daemon.config.access import AccessSettings, GrpcSettings
from wad.daemon.config.engine import EngineSettings
from wad.daemon.config.quantities import Bytes, Count, Number, Ratio, Seconds
from wad.daemon.config.section import FilePath, LogLevel, Section, matching
from wad.domain.alerts import Thresholds
from wad.domain.policy import Policy
from wad.managers.alerts import AlertTerms
from wad.managers.inbox import InboxTerms

_DEFAULTS: Final = Policy()
_ALERTS: Final = AlertTerms()
_INBOX: Final = InboxTerms()
_THRESHOLDS: Final = Thresholds()


class DaemonSettings(Section):
    """``[daemon]``.

    Attributes:
        state_dir: What must outlive the host: the registry and the sessions.
        runtime_dir: Sockets; it must outlive the daemon, for its workers do.
        sessions_dir: The sessions' directories; by default ``sessions`` in the state directory.
        log_level: Lowest level that is logged: debug, info, warning or error.
        stop_timeout: Seconds that a stop may take before what is left is ended by force.
    """

    state_dir: FilePath = Field(examples=["/var/lib/wad"])
    runtime_dir: FilePath = Field(examples=["/run/wad"])
    sessions_dir: FilePath = Field(examples=["/var/lib/wad/sessions"])
    log_level: LogLevel = "info"
    stop_timeout: Seconds = 30


class SessionsSettings(Section):
    """``[sessions]``: how many there may be, and the limits of each as :class:`wad.domain.policy.Policy` explains them.

    Attributes:
        max_sessions: Live sessions at one time.
        restore_concurrency: Sessions that are connected at one time when the daemon starts.
        cleanup_interval: Between two sweeps; 0 switches the scheduler off.
        trash_retention: For which credentials that WhatsApp refused stay in the trash.
    """

    max_sessions: Count = Field(50, ge=1)
    restore_concurrency: Count = Field(8, ge=1)
    cleanup_interval: Seconds = 5 * 60
    trash_retention: Seconds = 24 * 60 * 60
    connecting: Seconds = _DEFAULTS.connecting
    qr_window: Seconds = _DEFAULTS.qr_window
    pairing: Seconds = _DEFAULTS.pairing
    syncing: Seconds = _DEFAULTS.syncing
    reconnecting: Seconds = _DEFAULTS.reconnecting
    idle: Seconds = _DEFAULTS.idle
    max_age: Seconds = _DEFAULTS.max_age
    max_failures: Count = Field(_DEFAULTS.max_failures, ge=0)
    backoff_base: Seconds = _DEFAULTS.backoff_base
    backoff_cap: Seconds = _DEFAULTS.backoff_cap
    stable_after: Seconds = _DEFAULTS.stable_after
    pairing_silence: Seconds = _DEFAULTS.pairing_silence
    replaced_wait: Seconds = _DEFAULTS.replaced_wait
    replaced_window: Seconds = _DEFAULTS.replaced_window
    restart_intensity: Count = Field(_DEFAULTS.restart_intensity, ge=0)
    restart_period: Seconds = _DEFAULTS.restart_period
    heartbeat: Seconds = _DEFAULTS.heartbeat
    max_failed_heartbeats: Count = Field(_DEFAULTS.max_failed_heartbeats, ge=0)

    def to_policy(self) -> Policy:
        """Return the limits of sessions that are created without limits of their own."""
        return Policy(**{field.name: getattr(self, field.name) for field in fields(Policy)})


class DevicesSettings(Section):
    """``[devices]``: what differs from ``[sessions]`` for sessions that are devices of a phone.

    Attributes:
        max_devices_per_phone: Live devices of one phone at one time; they also count for ``sessions.max_sessions``.
    """

    max_devices_per_phone: Count = Field(50, ge=1)
    qr_window: Seconds = 5 * 60
    idle: Seconds = 30 * 60
    max_age: Seconds = 24 * 60 * 60
    heartbeat: Seconds = 5 * 60
    max_failed_heartbeats: Count = Field(3, ge=0)

    def to_policy(self, sessions: SessionsSettings) -> Policy:
        """Return the limits of devices that are created without limits of their own: the rest is as for *sessions*."""
        own = [field.name for field in fields(Policy) if field.name in type(self).model_fields]
        return replace(sessions.to_policy(), **{name: getattr(self, name) for name in own})


class MessagesSettings(Section):
    """``[messages]``: what sessions receive.

    Attributes:
        retention: For which a message is kept when nobody acknowledges it; 0 to keep none.
        max_kept: The newest messages of each session that are kept.
    """

    retention: Seconds = _INBOX.retention
    max_kept: Count = Field(_INBOX.max_kept, ge=1)

    def to_terms(self) -> InboxTerms:
        """Return how long messages are kept, and how many."""
        return InboxTerms(self.retention, self.max_kept)


class HttpSettings(Section):
    """``[http]``: metrics and health.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.
    """

    host: str = Field("127.0.0.1", min_length=1)
    port: Count = Field(9464, ge=0, le=65535)


class AlertsSettings(Section):
    """``[alerts]``: what the daemon finds worth somebody's attention.

    The thresholds are as :class:`wad.domain.alerts.Thresholds` explains them; 0 switches an alert off. The rules for
    Prometheus compare with the same ones.

    Attributes:
        interval: Between two looks of the daemon itself; 0 for none.
        hysteresis: The part of its threshold by which a value must come back for its alert to be resolved.
    """

    interval: Seconds = _ALERTS.interval
    hysteresis: Ratio = Field(_ALERTS.hysteresis, lt=1)
    session_utilization: Ratio = _THRESHOLDS.session_utilization
    memory: Bytes = int(_THRESHOLDS.memory)
    qr_timers_per_session: Number = _THRESHOLDS.qr_timers_per_session
    degraded_sessions: Ratio = _THRESHOLDS.degraded_sessions
    cleanup_age: Seconds = _THRESHOLDS.cleanup_age
    free_space: Bytes = int(_THRESHOLDS.free_space)
    certificate_left: Seconds = _THRESHOLDS.certificate_left
    pairing_failures: Ratio = _THRESHOLDS.pairing_failures
    reconnects_per_session: Number = _THRESHOLDS.reconnects_per_session
    worker_crashes: Number = _THRESHOLDS.worker_crashes
    event_loop_lag: Seconds = _THRESHOLDS.event_loop_lag
    grpc_errors: Ratio = _THRESHOLDS.grpc_errors
    grpc_latency: Seconds = _THRESHOLDS.grpc_latency

    def to_terms(self) -> AlertTerms:
        """Return how alerts are looked for."""
        thresholds = Thresholds(**{field.name: getattr(self, field.name) for field in fields(Thresholds)})
        return AlertTerms(self.interval, self.hysteresis, thresholds)


class TracingSettings(Section):
    """``[tracing]``.

    Attributes:
        endpoint: Where a collector takes OpenTelemetry's traces (OTLP over gRPC), such as ``http://localhost:4317``, or
            ``https://`` for TLS; without one there are no traces. It needs the extra ``otel``, which the service is
            installed with.
    """

    endpoint: (
        Annotated[
            str,
            matching(r"https?://[^\s/@]+", "write a scheme, a host and a port alone, such as http://localhost:4317"),
        ]
        | None
    ) = Field(None, examples=["http://localhost:4317"])


class Config(Section):
    """The whole configuration; :func:`load_config` makes one."""

    daemon: DaemonSettings
    sessions: SessionsSettings
    devices: DevicesSettings
    messages: MessagesSettings
    grpc: GrpcSettings
    http: HttpSettings
    engine: EngineSettings
    alerts: AlertsSettings
    tracing: TracingSettings
    access: AccessSettings
    _origins: Mapping[str, str] = PrivateAttr(default_factory=dict[str, str])

    def section(self, name: str) -> Section:
        """Return a section by its name."""
        return getattr(self, name)

    def origin(self, key: str) -> str:
        """Return where the value of *key* (``sessions.idle``) comes from, such as its file and line."""
        return self._origins.get(key, "default")

    def with_origins(self, origins: Mapping[str, str]) -> Self:
        """Return the same configuration with *origins*, the text for each key that has one."""
        config = self.model_copy()
        config._origins = dict(origins)  # noqa: SLF001 - of its own class
        return config
