"""What the configuration guarantees, from its files and variables to its errors."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from wad.daemon.config import Config, SessionsSettings, load_config
from wad.daemon.config.access import is_loopback
from wad.daemon.config.engine import PLATFORMS
from wad.daemon.config.keys import KEYS
from wad.daemon.config.layers import Setting, read_layers
from wad.daemon.config.loading import judge, weigh
from wad.daemon.config.quantities import parse_duration, parse_size
from wad.daemon.config.told import value_of
from wad.domain.errors import ConfigurationError
from wad.domain.policy import Policy
from wad.worker.binding import DeviceProps

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "ab" * 32


def problems(path: Path | None, environ: dict[str, str], **overrides: Any) -> list[str]:
    """Return the lines of the error that the configuration gives."""
    with pytest.raises(ConfigurationError) as caught:
        load_config(path, environ=environ, overrides=overrides)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


# ── layers ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_configuration_is_a_good_configuration(home: dict[str, str]) -> None:
    """Without a file, variables and flags the documented defaults hold, and the policy is the domain's."""
    config = load_config(environ=home)
    assert config.sessions.max_sessions == 50
    assert config.sessions.restore_concurrency == 8
    assert config.sessions.to_policy() == Policy()
    assert (config.http.host, config.http.port, config.grpc.tcp) == ("127.0.0.1", 9464, None)
    assert config.engine.sessions_per_worker == 10
    assert config.engine.custom_upstream is False


def test_flags_win_over_variables_and_those_over_the_file(home: dict[str, str], write: Callable[[str], Path]) -> None:
    """Each layer wins over the one before it, key by key, and each value knows where it comes from."""
    path = write("[sessions]\nmax_sessions = 1\nrestore_concurrency = 1\n\n[http]\nport = 1\n")
    environ = {**home, "WAD_SESSIONS__RESTORE_CONCURRENCY": "2", "WAD_HTTP__PORT": "2"}
    config = load_config(path, environ=environ, overrides={"http.port": 3, "http.host": None})
    assert (config.sessions.max_sessions, config.sessions.restore_concurrency, config.http.port) == (1, 2, 3)
    assert config.origin("sessions.max_sessions") == f"{path}:2"
    assert config.origin("sessions.restore_concurrency") == "environment variable WAD_SESSIONS__RESTORE_CONCURRENCY"
    assert config.origin("http.port") == "command line"
    assert config.origin("http.host") == "default"
    assert config.origin("daemon.state_dir") == "default"


def test_user_s_own_file_is_found(home: dict[str, str], tmp_path: Path) -> None:
    """Without a file of the system the one in the user's configuration directory is read."""
    (tmp_path / ".config" / "wad").mkdir(parents=True)
    (tmp_path / ".config" / "wad" / "wad.toml").write_text("sessions.max_sessions = 7")
    assert load_config(environ=home).sessions.max_sessions == 7


def test_system_s_file_wins_over_the_user_s(home: dict[str, str], tmp_path: Path) -> None:
    """Only the first file that exists is read."""
    for directory, number in (("etc", 1), ("xdg/wad", 2)):
        (tmp_path / directory).mkdir(parents=True)
        (tmp_path / directory / "wad.toml").write_text(f"[sessions]\nmax_sessions = {number}")
    assert load_config(environ={**home, "XDG_CONFIG_HOME": str(tmp_path / "xdg")}).sessions.max_sessions == 1


def test_named_file_must_exist(home: dict[str, str], tmp_path: Path) -> None:
    """A file that was asked for and is not there is an error, not an empty configuration."""
    assert problems(tmp_path / "absent.toml", home) == [
        f"{tmp_path}/absent.toml: it cannot be read: No such file or directory"
    ]


def test_empty_variable_counts_as_absent(home: dict[str, str]) -> None:
    """A variable that is set to nothing does not override anything."""
    assert load_config(environ={**home, "WAD_GRPC__TCP": ""}).grpc.tcp is None


def test_client_s_variables_are_not_the_daemon_s(home: dict[str, str]) -> None:
    """Variables that begin otherwise than ``WAD_`` do not matter, similar as they may be."""
    load_config(environ={**home, "WADCTL_ADDRESS": "x", "WADDLE": "y"})


def test_configuration_cannot_be_changed(home: dict[str, str]) -> None:
    """A configuration is frozen, section by section."""
    config = load_config(environ=home)
    with pytest.raises(ValidationError, match="frozen"):
        config.http.port = 1


# ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_user_s_places_follow_the_xdg_conventions(home: dict[str, str], tmp_path: Path) -> None:
    """An ordinary user's state and sockets lie in his own directories."""
    config = load_config(environ={**home, "XDG_RUNTIME_DIR": "/run/user/1000"})
    assert config.daemon.state_dir == tmp_path / ".local/state/wad"
    assert config.daemon.sessions_dir == tmp_path / ".local/state/wad/sessions"
    assert config.daemon.runtime_dir == Path("/run/user/1000/wad")
    assert config.grpc.unix_socket == Path("/run/user/1000/wad/wad.sock")
    config = load_config(environ={**home, "XDG_STATE_HOME": "/s"})
    assert (config.daemon.state_dir, config.daemon.runtime_dir) == (Path("/s/wad"), Path("/s/wad/run"))


def test_root_s_places_are_the_system_s(home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's state and sockets lie in the directories of services."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    config = load_config(environ={**home, "XDG_RUNTIME_DIR": "/run/user/0"})
    assert (config.daemon.state_dir, config.daemon.runtime_dir) == (Path("/var/lib/wad"), Path("/run/wad"))


def test_systemd_s_places_are_used(home: dict[str, str]) -> None:
    """The directories that systemd made for the service are taken, the first of several."""
    config = load_config(environ={**home, "STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "RUNTIME_DIRECTORY": "/run/a"})
    assert (config.daemon.state_dir, config.daemon.runtime_dir) == (Path("/var/lib/a"), Path("/run/a"))


def test_given_directories_lead_the_derived_ones(home: dict[str, str]) -> None:
    """Sessions and sockets follow the directories that were given, unless they were given themselves."""
    given = {"daemon.state_dir": "/s", "daemon.runtime_dir": "/r"}
    config = load_config(environ=home, overrides=given)
    assert (config.daemon.sessions_dir, config.grpc.unix_socket) == (Path("/s/sessions"), Path("/r/wad.sock"))
    config = load_config(environ=home, overrides={**given, "daemon.sessions_dir": "/x", "grpc.unix_socket": "/y"})
    assert (config.daemon.sessions_dir, config.grpc.unix_socket) == (Path("/x"), Path("/y"))


@pytest.mark.parametrize(
    "key",
    ["daemon.state_dir", "daemon.runtime_dir", "daemon.sessions_dir", "grpc.unix_socket", "grpc.tls_client_ca_file"],
)
def test_a_relative_path_is_refused(home: dict[str, str], key: str) -> None:
    """Nobody can know from where it would count, so it is one error; what follows from it is not told as another."""
    tls = {"grpc.tls_cert_file": "/c", "grpc.tls_key_file": "/k"}
    (line,) = problems(None, home, **{**tls, key: "here/x"})
    assert line.startswith(f"command line: {key} = 'here/x': this is a relative path; ")


def test_a_path_may_begin_at_home(home: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A tilde stands for the user's home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_config(environ=home, overrides={"daemon.state_dir": "~/w"}).daemon.sessions_dir == (
        tmp_path / "w/sessions"
    )


# ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_problems_are_told_at_once(home: dict[str, str], write: Callable[[str], Path]) -> None:
    """Unknown keys and bad values of every layer stand in one error, each with its file and line, or its variable."""
    path = write(
        '[sessions]\nmax_session = 3\nidle = "15 minutes"\n[grcp]\ntcp = "127.0.0.1:1"\n[daemon]\nlog_level = "loud"\n'
    )
    found = problems(path, {**home, "WAD_HTTP__PRT": "1", "WAD_MAX_SESSIONS": "3"}, **{"http.port": 70000})
    assert [line.split(": ")[0] for line in found] == [
        f"{path}:2",
        f"{path}:5",
        "environment variable WAD_HTTP__PRT",
        "environment variable WAD_MAX_SESSIONS",
        f"{path}:7",
        f"{path}:3",
        "command line",
    ]


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("[sessions]\nmax_session = 1", "sessions.max_sessions"),
        ("[session]\nmax_sessions = 1", "sessions.max_sessions"),
        ("max_sessions = 1", "sessions.max_sessions"),
        ("[grpc]\nhost = 'x'", "http.host"),
        ("[engine.proxy]\nurl = 'x'", "engine.proxy_url"),
    ],
)
def test_misspelt_key_is_answered_with_the_right_one(
    home: dict[str, str], write: Callable[[str], Path], text: str, suggestion: str
) -> None:
    """An unknown key of the file is an error that names the key which was probably meant."""
    (line,) = problems(write(text), home)
    assert line.endswith(f"there is no such key; did you mean {suggestion}?")


def test_misspelt_variable_is_answered_with_the_right_one(home: dict[str, str]) -> None:
    """An unknown variable is an error that names the variable which was probably meant."""
    (line,) = problems(None, {**home, "WAD_SESSION__IDLE": "1m"})
    assert line == (
        "environment variable WAD_SESSION__IDLE: session.idle: there is no such key; did you mean WAD_SESSIONS__IDLE?"
    )


@pytest.mark.parametrize("text", ["grpc = 1", "[http.port]\na = 1", "nonsense = 1", "[nonsense]", "[grpc]\n'' = 1"])
def test_structure_that_is_none_of_ours_is_refused(
    home: dict[str, str], write: Callable[[str], Path], text: str
) -> None:
    """Values in the place of sections, sections in the place of values and unknown sections are errors."""
    assert len(problems(write(text), home)) == 1


def test_section_s_name_as_a_variable_is_refused(home: dict[str, str]) -> None:
    """A variable that names a whole section is told to name a key."""
    (line,) = problems(None, {**home, "WAD_GRPC": "x"})
    assert "it is a section, not a key" in line


@pytest.mark.parametrize("content", [b"[sessions\n", b"\xff\xfe", b"a = 1\na = 2"])
def test_file_that_is_no_toml_is_refused(home: dict[str, str], tmp_path: Path, content: bytes) -> None:
    """A file that cannot be parsed is named, with the parser's words."""
    (tmp_path / "wad.toml").write_bytes(content)
    (line,) = problems(tmp_path / "wad.toml", home)
    assert line.startswith(f"{tmp_path}/wad.toml: it is no TOML: ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sessions.max_sessions", 0),
        ("sessions.max_sessions", "many"),
        ("sessions.idle", "-1"),
        ("sessions.idle", True),
        ("sessions.max_failures", 1.5),
        ("http.port", 65536),
        ("http.port", -1),
        ("daemon.state_dir", ""),
        ("daemon.state_dir", 5),
        ("daemon.log_level", "loud"),
        ("engine.platform", "chrome!"),
        ("engine.noise_root_key", "abc"),
        ("engine.device_name", ""),
        ("engine.worker_max_memory", "64MiB"),
        ("grpc.max_message_size", "big"),
    ],
)
def test_bad_value_is_named_with_its_origin(home: dict[str, str], key: str, value: object) -> None:
    """A value that may not be is told with its key and where it stands."""
    assert problems(None, home, **{key: value})[0].startswith(f"command line: {key} = {value!r}: ")


@pytest.mark.parametrize("key", KEYS)
def test_errors_are_told_in_words_for_people(home: dict[str, str], key: str) -> None:
    """Whatever stands in the place of a value, what is told about it is none of the words of a library."""
    for junk in ("", "a b", "xml", -1, 1.5, 10**30, True, [], [1], {"a": 1}, "nan", float("inf"), "x" * 300):
        verdict = judge({**read_layers(environ=home).settings, key: Setting(key, junk, "here")})
        told = "" if isinstance(verdict, Config) else "\n".join(problem.text for problem in verdict)
        assert not re.search(r"Input|Value error|should|valid (string|number|integer)|pattern|\^", told), told


@pytest.mark.parametrize("key", [key for key in KEYS if not key.startswith("grpc.tls_")])
def test_no_bad_value_hides_what_is_wrong_between_others(home: dict[str, str], key: str) -> None:
    """Whatever key is bad, keys that do not go together are still named."""
    settings = {**read_layers(environ=home).settings, key: Setting(key, [[1]], "here")}
    settings["grpc.tls_key_file"] = Setting("grpc.tls_key_file", "/k", "there")
    assert {problem.key for problem in weigh(settings).problems} >= {key, "grpc.tls_key_file"}


@pytest.mark.parametrize(("given", "level"), [("warn", "warning"), ("WARN", "warning"), ("Warning", "warning")])
@pytest.mark.parametrize("key", ["daemon.log_level", "engine.log_level"])
def test_both_log_levels_have_the_same_names(home: dict[str, str], key: str, given: str, level: str) -> None:
    """What the daemon and what the engine calls a warning is understood in either place, in capitals too."""
    assert value_of(load_config(environ=home, overrides={key: given}), key) == level


def test_the_platforms_are_those_that_the_engine_knows(home: dict[str, str]) -> None:
    """A name that is accepted here is one that no worker refuses later, and the other way round."""
    assert set(PLATFORMS) == set(DeviceProps.PlatformType.keys())
    assert load_config(environ=home, overrides={"engine.platform": "desktop"}).engine.platform == "DESKTOP"


@pytest.mark.parametrize("ratio", ["session_utilization", "degraded_sessions", "pairing_failures", "grpc_errors"])
def test_a_percentage_in_the_place_of_a_ratio_is_refused(home: dict[str, str], ratio: str) -> None:
    """A threshold that is a part of something cannot be above 1, where its alert could never be raised."""
    assert load_config(environ=home, overrides={f"alerts.{ratio}": 1}).alerts
    (line,) = problems(None, home, **{f"alerts.{ratio}": 80})
    assert "write 0.8 for 80 %" in line


@pytest.mark.parametrize("address", ["127.0.0.1:50051", "127.9.9.9:0", "[::1]:50051", "localhost:1"])
def test_loopback_listener_is_allowed(home: dict[str, str], address: str) -> None:
    """TCP on a loopback address needs no TLS."""
    assert load_config(environ=home, overrides={"grpc.tcp": address}).grpc.tcp == address


@pytest.mark.parametrize("address", ["0.0.0.0:50051", "192.168.1.2:50051", "[::]:50051", "example.org:50051"])
def test_network_listener_is_refused(home: dict[str, str], address: str) -> None:
    """TCP that others can reach is refused, and the reason is told."""
    (line,) = problems(None, home, **{"grpc.tcp": address})
    assert "is not a loopback address, and without TLS" in line


@pytest.mark.parametrize(
    "address", ["50051", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "::1:5", "a@127.0.0.1:5", "127.0.0.1:5/x"]
)
def test_text_that_is_no_address_is_refused(home: dict[str, str], address: str) -> None:
    """A listener needs a host and a port, and nothing else."""
    (line,) = problems(None, home, **{"grpc.tcp": address})
    assert "write 127.0.0.1:7600, [::1]:7600" in line or "is not a loopback address" in line


def test_socket_s_path_that_is_too_long_is_refused(home: dict[str, str]) -> None:
    """A path that the system cannot bind is an error before it is tried, also when it was derived."""
    fits = "/" + "r" * (103 - len("//wad.sock"))
    assert len(str(load_config(environ=home, overrides={"daemon.runtime_dir": fits}).grpc.unix_socket)) == 103
    (line,) = problems(None, home, **{"daemon.runtime_dir": fits + "r"})
    assert re.search(r"has 104 bytes, and a socket's may have 103; choose a shorter", line)


# ── the custom upstream ───────────────────────────────────────────────────────────────────────────────────────────────

UPSTREAM = {"engine.proxy_url": "http://u:pw@h:1", "engine.ca_file": "/ca", "engine.noise_root_key": KEY}


def test_custom_upstream_works_when_it_is_allowed(home: dict[str, str]) -> None:
    """All three keys and the permission together lead to another server."""
    config = load_config(environ=home, overrides={**UPSTREAM, "engine.allow_custom_upstream": True})
    assert config.engine.custom_upstream is True
    assert "pw" not in repr(config)


def test_custom_upstream_is_refused_unless_it_is_allowed(home: dict[str, str]) -> None:
    """The keys alone are an error: nobody is led away from WhatsApp by accident."""
    (line,) = problems(None, home, **UPSTREAM)
    assert "a server that is not WhatsApp" in line
    assert "set allow_custom_upstream = true" in line


@pytest.mark.parametrize("missing", UPSTREAM)
def test_custom_upstream_needs_all_its_keys(home: dict[str, str], missing: str) -> None:
    """One of the three keys without the others is an error that names what is missing, and shows no password."""
    given = {key: value for key, value in UPSTREAM.items() if key != missing}
    (line,) = problems(None, home, **given, **{"engine.allow_custom_upstream": True})
    assert f"without {missing.split('.')[1]}" in line
    assert "pw" not in line


def test_bad_proxy_is_refused_without_showing_its_password(home: dict[str, str]) -> None:
    """The error of a value that holds a password does not repeat the value."""
    assert "pw" not in " ".join(problems(None, home, **{"engine.proxy_url": ["http://u:pw@h"]}))


def test_a_wrong_key_of_the_server_hides_no_other_problem(home: dict[str, str]) -> None:
    """Beside a value that may not be it is told that a key is missing, and that none of it is allowed."""
    found = problems(None, home, **{"engine.noise_root_key": "abc", "engine.proxy_url": "http://h:1"})
    assert [re.findall(r"64 hexadecimal|without ca_file|allow_custom_upstream", line)[0] for line in found] == [
        *("64 hexadecimal", "without ca_file", "allow_custom_upstream")
    ]


# ── quantities ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_limit_of_the_policy_can_be_configured(home: dict[str, str]) -> None:
    """A limit that the domain gains must be configurable, and arrive in the policy."""
    names = [field.name for field in fields(Policy)]
    assert set(names) <= set(SessionsSettings.model_fields)
    values = {f"sessions.{name}": number for number, name in enumerate(names, 1)}
    policy = load_config(environ=home, overrides=values).sessions.to_policy()
    assert [getattr(policy, name) for name in names] == list(range(1, len(names) + 1))


def test_devices_have_limits_of_their_own_and_otherwise_those_of_sessions(home: dict[str, str]) -> None:
    """The keys of ``[devices]`` hold for devices alone; every other limit is that of ``[sessions]``."""
    config = load_config(environ=home, overrides={"sessions.connecting": 7, "sessions.idle": 8, "devices.max_age": 9})
    assert config.devices.max_devices_per_phone == 50
    assert config.devices.to_policy(config.sessions) == Policy(
        connecting=7, idle=1800, max_age=9, heartbeat=300, max_failed_heartbeats=3
    )
    assert load_config(environ=home).devices.max_age == 24 * 3600
    assert load_config(environ=home).sessions.heartbeat == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15m", 900),
        ("2h", 7200),
        ("90s", 90),
        ("500ms", 0.5),
        ("1h30m", 5400),
        ("1d", 86400),
        ("1.5h", 5400),
        ("0", 0),
        (" 5s ", 5),
        (90, 90),
        (0.25, 0.25),
        ("90", 90),
        ("1m500ms", 60.5),
    ],
)
def test_duration_reads_as_it_is_written(text: object, seconds: float) -> None:
    """Durations with units, put together or not, and plain seconds are understood."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m",
        "15 m",
        "15M",
        "1h 30m",
        "-5s",
        "-5",
        "inf",
        "nan",
        "5x",
        "1,5s",
        "٣s",
        None,
        True,
        [5],
        float("inf"),
        float("nan"),
        -1,
    ],
)
def test_text_that_is_no_duration_is_refused(text: object) -> None:
    """Everything else is an error that shows how to write it."""
    with pytest.raises(ValueError, match="write 15m, 2h, 90s, 500ms"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=10**9))
def test_whole_durations_are_exact_in_every_unit(number: int) -> None:
    """A whole number of any unit from seconds upwards is that many seconds, exactly."""
    for unit, factor in (("s", 1), ("m", 60), ("h", 3600), ("d", 86400)):
        assert parse_duration(f"{number}{unit}") == number * factor


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans() | st.lists(st.integers()))
def test_duration_is_a_number_of_seconds_or_an_error(value: object) -> None:
    """Whatever stands in a file gives a finite number that is not negative, or a ValueError."""
    try:
        seconds = parse_duration(value)
    except ValueError:
        return
    assert 0 <= seconds < float("inf")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1GiB", 1024**3),
        ("512 MiB", 512 * 1024**2),
        ("1.5KiB", 1536),
        ("10MB", 10**7),
        ("7", 7),
        ("7B", 7),
        ("9" * 400 + "GiB", 2**50 + 1),  # more than any may have, which is how it is refused
        (7, 7),
        (0, 0),
    ],
)
def test_size_reads_as_it_is_written(text: object, size: int) -> None:
    """Sizes in binary and decimal units and plain bytes are understood."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GiB", "1gib", "1 TB!", "-1", -1, 1.5, True, None, "1  MiB"])
def test_text_that_is_no_size_is_refused(text: object) -> None:
    """Everything else is an error that shows how to write it."""
    with pytest.raises(ValueError, match="write 1GiB, 512MiB"):
        parse_size(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("192.0.2.1", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_only_loopback_addresses_are_loopback(host: str, loopback: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """An address is loopback when only this machine can reach it; a name is not resolved to find out."""
    assert is_loopback(host) is loopback
