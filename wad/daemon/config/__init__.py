"""The daemon's configuration: a TOML file, then the environment, then the command line; the later one wins."""

from wad.daemon.config.loading import load_config
from wad.daemon.config.settings import (
    Config,
    DaemonSettings,
    EngineSettings,
    GrpcSettings,
    HttpSettings,
    SessionsSettings,
    is_loopback,
)

__all__ = [
    "Config",
    "DaemonSettings",
    "EngineSettings",
    "GrpcSettings",
    "HttpSettings",
    "SessionsSettings",
    "is_loopback",
    "load_config",
]
