"""The configuration's keys: their types, their defaults, and what they may be."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from wad.daemon.config.access import AccessSettings, GrpcSettings
from wad.daemon.config.quantities import Bytes, Count, Number, Seconds
from wad.daemon.config.section import Conflict, FilePath, Section, lower, upper
from wad.domain.alerts import Thresholds
from wad.domain.policy import Policy
from wad.managers.alerts import AlertTerms

_DEFAULTS: Final = Policy()
_ALERTS: Final = AlertTerms()
_THRESHOLDS: Final = Thresholds()
_LEAST_WORKER_MEMORY: Final = 128 * 1024**2


class DaemonSettings(Section):
    """``[daemon]``.

    Attributes:
        state_dir: What must outlive the host: the registry and the sessions.
        runtime_dir: Sockets; it must outlive the daemon, for its workers do.
        sessions_dir: The sessions' directories; by default ``sessions`` in the state directory.
        log_level: Lowest level that is logged.
        stop_timeout: Seconds that a stop may take before what is left is ended by force.
    """

    state_dir: FilePath
    runtime_dir: FilePath
    sessions_dir: FilePath
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(lower),
    ] = "info"
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


class HttpSettings(Section):
    """``[http]``: metrics and health.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.
    """

    host: str = "127.0.0.1"
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
    hysteresis: Number = Field(_ALERTS.hysteresis, lt=1)
    session_utilization: Number = _THRESHOLDS.session_utilization
    memory: Bytes = int(_THRESHOLDS.memory)
    qr_timers_per_session: Number = _THRESHOLDS.qr_timers_per_session
    degraded_sessions: Number = _THRESHOLDS.degraded_sessions
    cleanup_age: Seconds = _THRESHOLDS.cleanup_age
    free_space: Bytes = int(_THRESHOLDS.free_space)
    certificate_left: Seconds = _THRESHOLDS.certificate_left
    pairing_failures: Number = _THRESHOLDS.pairing_failures
    reconnects_per_session: Number = _THRESHOLDS.reconnects_per_session
    worker_crashes: Number = _THRESHOLDS.worker_crashes
    event_loop_lag: Seconds = _THRESHOLDS.event_loop_lag
    grpc_errors: Number = _THRESHOLDS.grpc_errors
    grpc_latency: Seconds = _THRESHOLDS.grpc_latency

    def to_terms(self) -> AlertTerms:
        """Return how alerts are looked for."""
        thresholds = Thresholds(**{field.name: getattr(self, field.name) for field in fields(Thresholds)})
        return AlertTerms(self.interval, self.hysteresis, thresholds)


class EngineSettings(Section):
    """``[engine]``.

    Attributes:
        sessions_per_worker: Sessions that one process holds, and that one crash takes down.
        worker_max_memory: Bytes that such a process may hold before its sessions move to a new one; 0 for no limit.
        worker_max_age: For which it may run before they do; 0 for ever.
        device_name: Name under which linked devices appear on the phone.
        platform: Kind of device shown on the phone, such as CHROME or DESKTOP.
        log_level: Lowest level of the engine's log that is written.
        proxy_url: HTTP proxy of a server that is not WhatsApp.
        ca_file: Certificates (PEM) of that server.
        noise_root_key: Hex of that server's 32-byte public key.
        allow_custom_upstream: Must be true for the three above to be used.
    """

    sessions_per_worker: Count = Field(10, ge=1)
    worker_max_memory: Bytes = 512 * 1024**2
    worker_max_age: Seconds = 7 * 24 * 60 * 60
    device_name: str = Field("wad", min_length=1)
    platform: str = Field("CHROME", pattern=r"^[A-Z_]+$")
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARN", "ERROR"],
        BeforeValidator(upper),
    ] = "WARN"
    proxy_url: str | None = Field(None, repr=False)
    ca_file: FilePath | None = None
    noise_root_key: str | None = Field(None, pattern=r"^[0-9a-fA-F]{64}$")
    allow_custom_upstream: bool = False

    @property
    def custom_upstream(self) -> bool:
        """True when sessions talk to a server that is not WhatsApp."""
        return self.proxy_url is not None

    @field_validator("worker_max_memory")
    @classmethod
    def _leaves_room(cls, size: int) -> int:
        if 0 < size < _LEAST_WORKER_MEMORY:
            raise ValueError(
                f"a worker takes {_LEAST_WORKER_MEMORY >> 20} MiB with its sessions, so with less it would be replaced "
                "again and again; write a larger size, or 0 for no limit"
            )
        return size

    @model_validator(mode="after")
    def _all_or_none(self) -> Self:
        keys = ("proxy_url", "ca_file", "noise_root_key")
        given = [key for key in keys if getattr(self, key) is not None]
        missing = [key for key in keys if key not in given]
        if given and missing:
            raise Conflict(
                given[0],
                f"{', '.join(given)} set without {', '.join(missing)}: they lead to a server that is not WhatsApp, "
                "and only together; set all three or none",
            )
        if given and not self.allow_custom_upstream:
            raise Conflict(
                given[0],
                f"{', '.join(given)} would lead sessions to a server that is not WhatsApp; if that is what you want, "
                "for an emulator, set allow_custom_upstream = true, otherwise delete them",
            )
        return self


class TracingSettings(Section):
    """``[tracing]``.

    Attributes:
        endpoint: Where a collector takes OpenTelemetry's traces (OTLP over gRPC), such as ``http://localhost:4317``, or
            ``https://`` for TLS; without one there are no traces. It needs the extra ``otel``.
    """

    endpoint: str | None = Field(None, pattern=r"^https?://[^\s/@]+$")


class Config(Section):
    """The whole configuration; :func:`load_config` makes one."""

    daemon: DaemonSettings
    sessions: SessionsSettings
    devices: DevicesSettings
    grpc: GrpcSettings
    http: HttpSettings
    engine: EngineSettings
    alerts: AlertsSettings
    tracing: TracingSettings
    access: AccessSettings
    _origins: Mapping[str, str] = PrivateAttr(default_factory=dict[str, str])

    def origin(self, key: str) -> str:
        """Return where the value of *key* (``sessions.idle``) comes from, such as its file and line."""
        return self._origins.get(key, "default")

    def with_origins(self, origins: Mapping[str, str]) -> Self:
        """Return the same configuration with *origins*, the text for each key that has one."""
        config = self.model_copy()
        config._origins = dict(origins)  # noqa: SLF001 - of its own class
        return config
