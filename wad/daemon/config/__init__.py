"""The daemon's configuration: a TOML file, then the environment, then the command line; the later one wins."""

from wad.daemon.config.access import AccessSettings, GrpcSettings
from wad.daemon.config.engine import EngineSettings
from wad.daemon.config.live import LiveConfig
from wad.daemon.config.loading import load_config
from wad.daemon.config.settings import (
    Config,
    DaemonSettings,
    HttpSettings,
    SessionsSettings,
)

__all__ = [
    "AccessSettings",
    "Config",
    "DaemonSettings",
    "EngineSettings",
    "GrpcSettings",
    "HttpSettings",
    "LiveConfig",
    "SessionsSettings",
    "load_config",
]
