"""Where every concrete adapter is chosen: the only place that names them all."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wad.daemon.archives import SessionArchives
from wad.daemon.clock import SystemClock, SystemEntropy
from wad.daemon.debugging import Debugger
from wad.daemon.effects import Effects, limits_of
from wad.daemon.measures import Measures
from wad.daemon.reporting import Reporter
from wad.engine.host import WorkerEngine
from wad.engine.settings import CustomUpstream, EngineSettings
from wad.managers.alerts import AlertWatch
from wad.managers.devices import MultiDeviceSessionManager
from wad.managers.hub import EventHub
from wad.managers.inbox import Inbox
from wad.managers.messages import Messenger
from wad.managers.session_manager import SessionManager
from wad.managers.sweep import Sweep
from wad.managers.sweeper import Sweeper
from wad.managers.tokens import TokenKeeper
from wad.observability.http import HttpServer
from wad.observability.metrics import Metrics
from wad.observability.pages import Sources
from wad.observability.worker_metrics import WorkerMetrics
from wad.rpc.access.certificates import TlsFiles
from wad.rpc.access.grants import Grants
from wad.rpc.access.scoped import ScopedArchives
from wad.rpc.admin_service import AdminService
from wad.rpc.drain import Drain
from wad.rpc.interceptors import CallWatchers
from wad.rpc.listeners import TcpAddress
from wad.rpc.server import METHODS, RpcServer, RpcSettings
from wad.rpc.streams import OpenStreams
from wad.storage.audit_log import AuditLog
from wad.storage.custody import SessionCustody
from wad.storage.database import open_database
from wad.storage.inspection import DirectoryInspector
from wad.storage.messages import SqlMessages
from wad.storage.registry import SqlRegistry
from wad.storage.replies import SqlReplies
from wad.storage.session_files import SessionDirectories
from wad.storage.state_lock import claim_workers, state_lock
from wad.storage.tokens import SqlTokens

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import anyio

    from wad.daemon.config import Config, LiveConfig
    from wad.domain.events import MessageReceived
    from wad.domain.ids import SessionId
    from wad.storage.database import Database


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs.

    Attributes:
        manager: The sessions, and below them the engine.
        inbox: Stores what sessions receive.
        sweeper: Sweeps at every interval.
        alerts: Looks for alerts at every interval.
        rpc: The gRPC server.
        drain: Makes all this ready to be stopped, when somebody asks for it.
        http: Metrics and health.
        metrics: What the latter shows.
        reporter: Says how the daemon is.
        tokens: The tokens that callers may show.
        debugger: Says what all this is doing.
        clock: The daemon's clock.
    """

    manager: SessionManager
    inbox: Inbox
    sweeper: Sweeper
    alerts: AlertWatch
    rpc: RpcServer
    drain: Drain
    http: HttpServer
    metrics: Metrics
    reporter: Reporter
    tokens: TokenKeeper
    debugger: Debugger
    clock: SystemClock


@asynccontextmanager
async def furnished(live: LiveConfig) -> AsyncGenerator[Parts]:
    """Take the state directory, open the registry, and put the parts together; nothing runs yet.

    Raises:
        ConfigurationError: Another daemon runs on the state directory, or a newer one made its registry.
        StorageError: The state directory or the registry cannot be used.
    """
    config = live.present
    workers = config.daemon.runtime_dir / "workers"  # whoever starts takes over the workers that are left there
    with state_lock(config.daemon.state_dir), state_lock(workers, key="daemon.runtime_dir"):
        claim_workers(workers, config.daemon.state_dir)
        async with open_database(config.daemon.state_dir / "registry.db") as database:
            yield _assemble(live, database)


def _assemble(live: LiveConfig, database: Database) -> Parts:
    config = live.present
    clock, registry = SystemClock(), SqlRegistry(database)
    workers = WorkerMetrics()
    engine = WorkerEngine(_engine_settings(config), workers)
    reporter = Reporter(
        clock,
        engine,
        config.daemon.sessions_dir,
        custom_upstream=config.engine.custom_upstream,
        certificate=config.grpc.tls_cert_file,
    )
    metrics = Metrics(
        workers,
        reporter.snapshot,
        version=version("wad"),
        engine_version=version("neonize"),
        custom_upstream=config.engine.custom_upstream,
    )
    for service, method in METHODS:
        metrics.rpc.register(service, method)
    inbox = Inbox(SqlMessages(database), clock, config.messages.to_terms(), metrics.messages.lost)
    hub = EventHub(sinks=(metrics.sessions, inbox))
    files = SessionDirectories(config.daemon.sessions_dir)
    inspector = DirectoryInspector(config.daemon.sessions_dir)
    manager = SessionManager(
        engine=engine,
        pairing=engine,
        prober=engine,
        lasting=engine,
        registry=registry,
        files=files,
        inspector=inspector,
        hub=hub,
        received=partial(_receive, metrics, inbox),
        clock=clock,
        entropy=SystemEntropy(),
        policy=config.sessions.to_policy(),
        limits=limits_of(config),
    )
    reporter.attend(manager, hub)
    sweep = Sweep(
        manager=manager,
        registry=registry,
        files=files,
        inspector=inspector,
        clock=clock,
        trash_retention=config.sessions.trash_retention,
    )
    sweeper = Sweeper(sweep, clock, interval=config.sessions.cleanup_interval, sink=metrics.cleanup)
    measures = Measures(reporter, sweeper.state, clock)
    alerts = AlertWatch(measures, clock, config.alerts.to_terms(), sink=metrics.alerts, events=hub)
    archives = SessionArchives(SessionCustody(config.daemon.sessions_dir), registry, manager, clock)
    tokens, audit = TokenKeeper(SqlTokens(database), clock), AuditLog(config.daemon.state_dir / "audit")
    streams = OpenStreams(clock, metrics.rpc.watch_ended)
    drain = Drain(streams, clock, live=lambda: len(manager.runners), close=manager.shutdown)
    debugger = Debugger(
        manager=manager,
        hub=hub,
        engine=engine,
        database=database,
        sweeper=sweeper,
        alerts=alerts,
        inbox=inbox,
        streams=streams,
        clock=clock,
    )
    devices = MultiDeviceSessionManager(manager, config.devices.to_policy(config.sessions))
    grants = Grants(config.access.to_grants())
    live.attend(Effects(manager, devices, sweep, sweeper, grants, engine, inbox, alerts).by_key())
    rpc = RpcServer(
        _rpc_settings(config),
        sessions=manager,
        devices=devices,
        messages=Messenger(manager, engine, inbox, metrics.messages.sent),
        hub=hub,
        clock=clock,
        admin=AdminService(
            reporter.health,
            stats=reporter.stats,
            sweeper=sweeper,
            alerts=alerts,
            archives=ScopedArchives(archives),
            workers=engine,
            config=live,
            audit=audit,
            drain=drain,
            debug=debugger.report,
            clock=clock,
        ),
        streams=streams,
        replies=SqlReplies(database),
        tokens=tokens,
        grants=grants,
        watchers=CallWatchers(metrics.rpc.started, metrics.rpc.ended, audit.add),
        refused=metrics.rpc.refused,
        delivered=metrics.rpc.event_delivered,
    )
    sources = Sources(
        metrics=metrics,
        live=reporter.live,
        ready=reporter.ready,
        well=reporter.well,
        snapshot=reporter.snapshot,
        sessions=lambda: [view.record for view in manager.live()],
        clock=clock,
        started_at=reporter.started,
        recognise=tokens.verify,
    )
    http = HttpServer(sources, host=config.http.host, port=config.http.port)
    return Parts(manager, inbox, sweeper, alerts, rpc, drain, http, metrics, reporter, tokens, debugger, clock)


def _receive(metrics: Metrics, inbox: Inbox, session_id: SessionId, event: MessageReceived) -> anyio.Event | None:
    metrics.messages.received(event)
    return inbox.take(session_id, event)


def _engine_settings(config: Config) -> EngineSettings:
    engine, upstream = config.engine, None
    if engine.proxy_url is not None and engine.ca_file is not None and engine.noise_root_key is not None:
        upstream = CustomUpstream(engine.proxy_url, str(engine.ca_file), engine.noise_root_key)
    return EngineSettings(
        sessions_dir=config.daemon.sessions_dir,
        runtime_dir=config.daemon.runtime_dir,
        log_dir=config.daemon.state_dir / "log",
        sessions_per_worker=engine.sessions_per_worker,
        device_name=engine.device_name,
        platform=engine.platform,
        log_level="WARN" if engine.log_level == "warning" else engine.log_level.upper(),  # as the engine names them
        max_resident_bytes=engine.worker_max_memory,
        max_worker_age=engine.worker_max_age,
        upstream=upstream,
    )


def _rpc_settings(config: Config) -> RpcSettings:
    grpc, tls = config.grpc, None
    if grpc.tls_cert_file is not None and grpc.tls_key_file is not None:
        tls = TlsFiles(grpc.tls_cert_file, grpc.tls_key_file, grpc.tls_client_ca_file)
    return RpcSettings(
        unix_socket=grpc.unix_socket,
        tcp=_tcp(grpc.tcp),
        tls=tls,
        insecure_loopback=grpc.insecure_loopback,
        largest_message=grpc.max_message_size,
    )


def _tcp(address: str | None) -> TcpAddress | None:
    if address is None:
        return None
    parts = urlsplit(f"//{address}")
    return TcpAddress(parts.hostname or "", parts.port or 0)
