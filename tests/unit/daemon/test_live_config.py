"""What the configuration of a running daemon guarantees when it is changed or read again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from wad.daemon import lifecycle
from wad.daemon.config import Config, LiveConfig
from wad.daemon.config.keys import KEYS
from wad.daemon.config.told import value_of
from wad.daemon.effects import LIVE
from wad.domain.access_errors import RestartRequired
from wad.domain.configuration import SECRET
from wad.domain.errors import ConfigurationError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from pathlib import Path

    Log = list[MutableMapping[str, Any]]

pytestmark = pytest.mark.anyio

UPSTREAM = (
    '[engine]\nallow_custom_upstream = true\nproxy_url = "http://u:{password}@h:1"\nca_file = "/ca"\nnoise_root_key = "'
    + "ab" * 32
    + '"\n'
)


class Watched(LiveConfig):
    """A configuration whose effects are noted."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, environ={"HOME": str(path.parent), "WAD_DEVICES__IDLE": "40m"})
        self.path = path
        self.took_effect: list[Config] = []
        self.attend(dict.fromkeys(LIVE, self.took_effect.append))

    async def after(self, text: str) -> Log:
        """Write the file anew, read it again, and return what was logged."""
        self.path.write_text(text)
        with capture_logs() as log:
            await self.reload()
        return log


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Watched]:
    """Return a function that makes the configuration of a running daemon from a file's text."""

    def make(text: str) -> Watched:
        path = tmp_path / "wad.toml"
        path.write_text(text)
        return Watched(path)

    return make


# ── reload ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_reload_applies_what_can_change_and_names_what_cannot(make: Callable[[str], Watched]) -> None:
    """Live keys have their new values, the others their old ones, and the log tells both apart."""
    live = make('[sessions]\nidle = "15m"\n[http]\nport = 1000\n')
    log = await live.after('# a new line\n[sessions]\nidle = "20m"\nrestore_concurrency = 3\n[http]\nport = 2000\n')
    assert (live.present.sessions.idle, live.present.http.port, live.present.sessions.restore_concurrency) == (
        1200,
        1000,
        8,
    )
    assert live.took_effect == [live.present]
    reloaded, restart = log
    assert (reloaded["event"], reloaded["changes"]) == (
        "config.reloaded",
        {"sessions.idle": {"old": 900.0, "new": 1200.0}},
    )
    assert (restart["event"], restart["keys"]) == (
        "config.restart_required",
        ["sessions.restore_concurrency", "http.port"],
    )
    assert live.present.origin("sessions.idle") == f"{live.path}:3"
    assert live.present.origin("http.port") == f"{live.path}:4", "the value that holds stood there"
    assert live.present.origin("sessions.restore_concurrency") == "default"


async def test_a_reload_without_a_change_does_nothing_and_moves_origins(make: Callable[[str], Watched]) -> None:
    """Nothing takes effect again, and each key is told with the line where it stands now."""
    live = make("[http]\nport = 1000\n")
    (line,) = await live.after("\n\n[http]\nport = 1000\n")
    assert (line["event"], line["changes"]) == ("config.reloaded", {})
    assert live.took_effect == []
    assert live.present.origin("http.port") == f"{live.path}:4"


async def test_what_waits_for_a_restart_is_named_at_every_reload(make: Callable[[str], Watched]) -> None:
    """It is compared with what holds, not with what was read last; taken back, it is named no more."""
    live = make("")
    for _ in range(2):
        assert [line["event"] for line in await live.after("[http]\nport = 2000\n")][1:] == ["config.restart_required"]
    assert [line["event"] for line in await live.after("")] == ["config.reloaded"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ('[sessions]\nidle = "20m"\nmax_sessions = "many"\nidel = 3\n', ["wad.toml:4", "wad.toml:3"]),
        ("[sessions\n", ["wad.toml"]),
        ('[sessions]\nidle = "20m"\n[grpc]\ntcp = "0.0.0.0:1"\n', ["wad.toml:4"]),
        (f"a = {'[' * 100_000}{']' * 100_000}\n", ["wad.toml"]),
        (f"{'a.' * 5_000}a = 1\n", ["wad.toml"]),
        ('[daemon]\nstate_dir = "~nobody-of-that-name/x"\n', ["wad.toml:2"]),
    ],
    ids=["values", "syntax", "a key that needs a restart", "nested lists", "nested tables", "unknown user"],
)
async def test_a_file_that_cannot_be_used_changes_nothing(
    make: Callable[[str], Watched], text: str, problems: list[str]
) -> None:
    """Nothing of it holds, not even what is right, and the log has every problem with its line."""
    live = make('[sessions]\nidle = "15m"\n')
    live.update({"sessions.max_age": 60}, ["sessions.max_age"])
    before = live.present
    (line,) = await live.after(text)
    assert live.present is before
    assert live.took_effect == [before]
    assert (line["event"], line["log_level"]) == ("config.unusable", "error")
    assert [problem.split(": ")[0].rpartition("/")[2] for problem in line["problems"]] == problems


async def test_a_file_that_is_gone_changes_nothing(make: Callable[[str], Watched]) -> None:
    """A daemon with a configuration does not fall back to the defaults, and to their grants, without it."""
    live = make('[access]\ngrants = [{user = "ada", role = "admin"}]\n')
    before = live.present
    live.path.unlink()
    with capture_logs() as log:
        await live.reload()
    assert live.present is before
    assert "No such file" in log[0]["problems"][0]


async def test_a_file_that_comes_into_being_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon that started without a file looks for one at each reload."""
    monkeypatch.setattr("wad.daemon.config.places.SYSTEM_CONFIG", tmp_path / "wad.toml")
    live = LiveConfig(environ={"HOME": str(tmp_path)})
    live.attend(dict.fromkeys(LIVE, lambda _config: None))
    assert live.file is None
    (tmp_path / "wad.toml").write_text("[sessions]\nidle = 1\n")
    await live.reload()
    assert (live.present.sessions.idle, live.file) == (1, tmp_path / "wad.toml")


async def test_a_reload_forgets_updates(make: Callable[[str], Watched]) -> None:
    """After it the files and the environment are all that counts."""
    live = make('[sessions]\nidle = "15m"\n')
    live.update({"sessions.idle": 1, "sessions.max_age": 2}, ["sessions.idle", "sessions.max_age"])
    await live.after('[sessions]\nidle = "15m"\n')
    assert (live.present.sessions.idle, live.present.sessions.max_age) == (900, 7200)
    assert live.present.origin("sessions.idle") == f"{live.path}:2"


async def test_no_log_line_shows_a_secret(make: Callable[[str], Watched]) -> None:
    """A proxy's password is neither in what changed nor in what is wrong nor in what is told."""
    live = make(UPSTREAM.format(password="hunter2"))
    log = await live.after(UPSTREAM.format(password="hunter3"))
    log += await live.after(UPSTREAM.format(password="hunter4").replace("allow_custom_upstream = true\n", ""))
    log += await live.after("[engine]\nproxy_url = ['hunter5']\n")
    assert "engine.proxy_url" in str(log)
    assert "hunter" not in str(log)
    (told,) = live.get(["engine.proxy_url"])
    assert told.value == SECRET
    assert "hunter" not in repr(live.get())


# ── update ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_update_wins_over_every_layer_and_is_taken_back_to_it(make: Callable[[str], Watched]) -> None:
    """Also a variable of the environment is overruled, and counts again afterwards."""
    live = make("")
    (told,) = live.update({"devices.idle": "1m"}, ["devices.idle"])
    assert (told.value, told.origin, told.live) == (60, "UpdateConfig", True)
    (told,) = live.update({}, ["devices.idle"])
    assert (told.value, told.origin) == (2400, "environment variable WAD_DEVICES__IDLE")
    assert [config.devices.idle for config in live.took_effect] == [60, 2400]


def test_earlier_updates_stay(make: Callable[[str], Watched]) -> None:
    """An update changes the keys that it names, and no others."""
    live = make("")
    live.update({"sessions.idle": 1}, ["sessions.idle"])
    live.update({"sessions.max_age": 2}, ["sessions.max_age"])
    assert (live.present.sessions.idle, live.present.sessions.max_age) == (1, 2)


def test_an_effect_that_keys_share_comes_once(make: Callable[[str], Watched]) -> None:
    """However many keys an update changes, each effect sees the whole of it, one time."""
    live = make("")
    live.update({"sessions.idle": 1, "sessions.max_age": 2}, ["sessions.idle", "sessions.max_age"])
    assert live.took_effect == [live.present]


def test_validating_changes_nothing(make: Callable[[str], Watched]) -> None:
    """The answer says what would be, and a bad value is refused as usual."""
    live = make("")
    before = live.present
    (told,) = live.update({"sessions.idle": 5}, ["sessions.idle"], validate_only=True)
    assert told.value == 5
    with pytest.raises(InvalidInput):
        live.update({"sessions.idle": "x"}, ["sessions.idle"], validate_only=True)
    assert live.present is before
    assert live.took_effect == []


@pytest.mark.parametrize("key", sorted(set(KEYS) - set(LIVE)))
def test_every_other_key_needs_a_restart(make: Callable[[str], Watched], key: str) -> None:
    """A key without an effect is refused by name, whatever its value, and the others with it."""
    live = make("")
    before = live.present
    with pytest.raises(RestartRequired) as caught:
        live.update({"sessions.idle": 1, key: 1}, ["sessions.idle", key])
    assert caught.value.key == key
    assert live.present is before


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=8,
)


GOOD = st.sampled_from(["1m", "1GiB", "debug", 5])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(sorted(LIVE)), ANYTHING | st.sampled_from(["1m", "1GiB", "debug", 5]), min_size=1)
)
def test_an_update_is_made_as_a_whole_or_refused_by_key(
    make: Callable[[str], Watched], values: dict[str, object]
) -> None:
    """Whatever is sent, either all of it holds, or nothing does and the error names one of the keys."""
    live = make("")
    before = live.present
    told, refused = [], None
    try:
        told = live.update(values, list(values))
    except InvalidInput as error:
        refused = error
    if refused is not None:
        assert refused.field in values
        assert live.present is before
        assert live.took_effect == []
    else:
        assert [one.key for one in told] == sorted(values)
        assert all(live.present.origin(key) == "UpdateConfig" for key in values)
        assert all(value_of(live.present, key) == value_of(before, key) for key in KEYS if key not in values)


def test_a_bad_configuration_is_refused_at_the_start(make: Callable[[str], Watched]) -> None:
    """A daemon that starts names every problem, as the check does."""
    with pytest.raises(ConfigurationError, match="2 problems"):
        make("[sessions]\nidle = true\nidel = 1\n")


async def test_a_defect_in_a_reload_does_not_end_the_daemon(
    make: Callable[[str], Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody has foreseen in a file is logged, and the daemon goes on as it was."""
    live = make("")

    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("wad.daemon.config.live.read_layers", fail)
    with capture_logs() as log:
        await lifecycle._reload(live)  # pyright: ignore[reportPrivateUsage] - nothing public is as small
    assert [line["event"] for line in log] == ["config.defect"]
