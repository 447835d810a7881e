"""GetConfig and UpdateConfig over real sockets, and ``wadctl config``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio
import pytest
from google.protobuf import json_format
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.struct_pb2 import Struct
from google.rpc import error_details_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it
from structlog.testing import capture_logs

from tests.house import detail
from tests.integration.rpc.rpc_fakes import connected, error_info, serving
from tests.integration.rpc.test_wadctl import wadctl
from wad.cli.failures import ExitCode
from wad.daemon.config.keys import KEYS
from wad.daemon.effects import LIVE
from wad.v1 import admin_pb2, admin_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from tests.integration.rpc.rpc_fakes import Served

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def silent_server() -> Generator[None]:
    """Keep the server's log out of the command's output: both run in this process."""
    with capture_logs():
        yield


async def get(served: Served, *names: str) -> dict[str, admin_pb2.ConfigSetting]:
    """Return the configuration by key, in the order in which it came."""
    async with connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        response = await stub.GetConfig(admin_pb2.GetConfigRequest(read_mask=FieldMask(paths=names)))
    return {one.key: one for one in response.settings}


async def update(
    served: Served, config: Mapping[str, Any], *mask: str, validate_only: bool = False
) -> dict[str, admin_pb2.ConfigSetting]:
    """Change keys; return what the daemon says of them."""
    request = admin_pb2.UpdateConfigRequest(
        config=json_format.ParseDict(dict(config), Struct()),
        update_mask=FieldMask(paths=mask),
        validate_only=validate_only,
    )
    async with connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        response = await stub.UpdateConfig(request)
    return {one.key: one for one in response.settings}


async def refusal(served: Served, config: Mapping[str, Any], *mask: str) -> tuple[str, str, str]:
    """Return status, field and text of the refusal of an update."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await update(served, config, *mask)
    fields: list[Any] = []
    if caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT:
        fields = list(detail(caught.value, error_details_pb2.BadRequest).field_violations)
    return caught.value.code().name, fields[0].field if fields else "", caught.value.details() or ""


async def test_the_whole_configuration_is_told(tmp_path: Path) -> None:
    """Without a mask every key is told in order, with its value, its origin, and whether it can change live."""
    async with serving(tmp_path) as served:
        found = await get(served)
    assert list(found) == sorted(KEYS)
    assert {key for key, one in found.items() if one.live} == set(LIVE)
    assert (found["sessions.idle"].value.number_value, found["sessions.idle"].origin) == (900, f"{tmp_path}/wad.toml:2")
    assert found["devices.idle"].origin == "environment variable WAD_DEVICES__IDLE"
    assert (found["daemon.log_level"].value.string_value, found["daemon.log_level"].origin) == ("info", "default")
    assert found["grpc.tcp"].value.WhichOneof("kind") == "null_value"


async def test_a_mask_chooses_keys_and_sections(tmp_path: Path) -> None:
    """A name in the mask is a key, or a section with all its keys; one named twice comes once."""
    async with serving(tmp_path) as served:
        found = await get(served, "http", "sessions.idle", "sessions.idle")
    assert list(found) == ["http.host", "http.port", "sessions.idle"]


@pytest.mark.parametrize(
    ("name", "field", "said"),
    [
        ("sessions.idel", "sessions.idel", "did you mean sessions.idle?"),
        ("sesions", "sesions", "did you mean sessions?"),
        ("nonsense", "nonsense", "the sections are daemon, sessions"),
        ("*", "read_mask", "takes no '*'"),
        ("", "read_mask", "0 characters"),
        ("x" * 100_000, "read_mask", "100000 characters"),
    ],
    ids=["key", "section", "unlike", "star", "empty", "huge"],
)
async def test_an_unknown_name_in_the_mask_is_answered_with_the_right_one(
    tmp_path: Path, name: str, field: str, said: str
) -> None:
    """What is neither key nor section is refused, with what was probably meant."""
    async with serving(tmp_path) as served:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await get(served, name)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert detail(caught.value, error_details_pb2.BadRequest).field_violations[0].field == field
    assert said in str(caught.value.details())


async def test_an_update_holds_and_can_be_taken_back(tmp_path: Path) -> None:
    """New values are told with their new origin; a key without a value goes back to what its layers say."""
    async with serving(tmp_path) as served:
        set_ = await update(
            served, {"sessions": {"idle": "20m", "max_sessions": 7}}, "sessions.max_sessions", "sessions.idle"
        )
        present = served.config.present.sessions
        after = await get(served, "sessions.idle")
        back = await update(served, {}, "sessions.idle")
    assert list(set_) == ["sessions.idle", "sessions.max_sessions"]
    assert (set_["sessions.idle"].value.number_value, set_["sessions.idle"].origin) == (1200, "UpdateConfig")
    assert (present.idle, present.max_sessions) == (1200, 7)
    assert after["sessions.idle"] == set_["sessions.idle"]
    assert (back["sessions.idle"].value.number_value, back["sessions.idle"].origin) == (900, f"{tmp_path}/wad.toml:2")
    assert (served.config.present.sessions.idle, served.config.present.sessions.max_sessions) == (900, 7)


async def test_an_update_that_is_only_validated_changes_nothing(tmp_path: Path) -> None:
    """The answer is what would be; the daemon goes on as it was."""
    async with serving(tmp_path) as served:
        told = await update(served, {"sessions": {"idle": 60}}, "sessions.idle", validate_only=True)
        after = await get(served, "sessions.idle")
    assert told["sessions.idle"].value.number_value == 60
    assert after["sessions.idle"].value.number_value == 900


@pytest.mark.parametrize(
    ("config", "mask", "field", "said"),
    [
        ({"sessions": {"idle": 1}}, (), "update_mask", "Name each key to change"),
        ({"sessions": {"idle": 1}}, ("*",), "update_mask", "takes no '*'"),
        ({"sessions": {"idle": 1}}, ("sessions",), "update_mask", "'sessions.idle', which update_mask does not name"),
        ({}, ("sessions",), "sessions", "it is a section, not a key; set its keys, such as sessions.max_sessions"),
        ({"sessions": {"idle": 1, "max_age": 2}}, ("sessions.idle",), "update_mask", "'sessions.max_age'"),
        ({"sessions.idle": 1}, ("sessions.idle",), "config.sessions.idle", "A section holds its keys"),
        ({"sessions": {"idel": 1}}, ("sessions.idel",), "sessions.idel", "did you mean sessions.idle?"),
        ({"sessions": {"idle": "15 minutes"}}, ("sessions.idle",), "sessions.idle", "write 15m, 2h"),
        ({"sessions": {"idle": [1]}}, ("sessions.idle",), "sessions.idle", "this is no duration"),
        ({"sessions": {"idle": None}}, ("sessions.idle",), "sessions.idle", "this is no duration"),
        ({"sessions": {"idle": 1e300}}, ("sessions.idle",), "sessions.idle", "longer than ten years"),
        ({"sessions": {"max_sessions": True}}, ("sessions.max_sessions",), "sessions.max_sessions", "no number"),
        ({"sessions": {"max_sessions": 2.5}}, ("sessions.max_sessions",), "sessions.max_sessions", "no whole number"),
        ({"sessions": {"max_sessions": 1e300}}, ("sessions.max_sessions",), "sessions.max_sessions", ""),
        ({"alerts": {"grpc_errors": 5}}, ("alerts.grpc_errors",), "alerts.grpc_errors", "write 0.8 for 80 %"),
        ({"sessions": {"idle": "x" * 1_000_000}}, ("sessions.idle",), "sessions.idle", "…: this is no duration"),
        ({"x" * 100_000: {"y": 1}}, ("sessions.idle",), "update_mask", "which update_mask does not name"),
        ({"sessions": {"idle": "x" * 2_000_000}}, ("sessions.idle",), "config", "at most 1048576 are possible"),
        ({"access": {"grants": [{"user": "a"}] * 5000}}, ("access.grants",), "access.grants", "more than 1000"),
        ({"access": {"grants": [{"user": "a"}] * 900}}, ("access.grants",), "access.grants", "and 890 more"),
        (
            {"access": {"grants": [{"user": "a", "role": "viewer"}, {"user": "b", "role": "king"}]}},
            ("access.grants",),
            "access.grants",
            "access.grants[1].role = 'king'",
        ),
    ],
    ids=[
        *("no mask", "star", "section with values", "section", "value outside the mask", "dotted section", "unknown"),
        *("text", "list", "null", "longer than years", "truth", "fraction", "giant", "percentage", "huge text"),
        *("huge name", "huge"),
        *("too many grants", "many bad grants", "bad grant"),
    ],
)
async def test_a_bad_update_is_refused_and_changes_nothing(
    tmp_path: Path, config: dict[str, Any], mask: tuple[str, ...], field: str, said: str
) -> None:
    """Whatever cannot be done names its field and the way on, and the configuration is what it was."""
    async with serving(tmp_path) as served:
        before = served.config.present
        status, named, text = await refusal(served, config, *mask)
        assert served.config.present is before
    assert (status, named) == ("INVALID_ARGUMENT", field)
    assert said in text
    assert len(text) < 4000


async def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    """Not-a-number and infinity, which only the contract can send, are no durations and no counts."""
    async with serving(tmp_path) as served, connected(served.unix) as channel:
        stub: Any = admin_pb2_grpc.AdminServiceStub(channel)
        for key in ("idle", "max_sessions"):
            for number in (float("nan"), float("inf")):
                request = admin_pb2.UpdateConfigRequest(update_mask=FieldMask(paths=[f"sessions.{key}"]))
                request.config.get_or_create_struct("sessions")[key] = number
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await stub.UpdateConfig(request)
                assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_one_bad_value_keeps_the_good_ones_from_being_set(tmp_path: Path) -> None:
    """All changes of an update are made, or none."""
    async with serving(tmp_path) as served:
        before = served.config.present
        await refusal(served, {"sessions": {"idle": 60, "max_age": "x"}}, "sessions.idle", "sessions.max_age")
        await refusal(served, {"sessions": {"idle": 60}, "http": {"port": 1}}, "sessions.idle", "http.port")
        assert served.config.present is before


async def test_a_key_that_needs_a_restart_is_told_apart(tmp_path: Path) -> None:
    """The reason and the metadata tell programs which key it is."""
    async with serving(tmp_path) as served:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await update(served, {"sessions": {"idle": 60}, "grpc": {"tcp": "x"}}, "sessions.idle", "grpc.tcp")
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    info = error_info(caught.value)
    assert (info.reason, dict(info.metadata)) == ("RESTART_REQUIRED", {"key": "grpc.tcp"})


async def test_grants_travel_as_they_stand_in_the_file(tmp_path: Path) -> None:
    """A list of tables arrives, and is told again without what was left out."""
    grants = [{"group": "ops", "role": "operator", "sessions": ["shop-*"]}, {"user": "ada", "role": "ADMIN"}]
    async with serving(tmp_path) as served:
        told = await update(served, {"access": {"grants": grants}}, "access.grants")
    assert json_format.MessageToDict(told["access.grants"].value) == [
        {"group": "ops", "role": "operator", "sessions": ["shop-*"]},
        {"user": "ada", "role": "admin", "sessions": ["*"]},
    ]


# ── wadctl ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_wadctl_shows_sets_and_unsets(tmp_path: Path) -> None:
    """The command line does what the contract can: a table for people, JSON for programs."""
    async with serving(tmp_path) as served:
        shown = await wadctl(served, "config", "get", "--changed")
        set_ = await wadctl(served, "config", "set", "sessions.idle=20m", "sessions.max_sessions=7", "-o", "json")
        grants = await wadctl(served, "config", "set", 'access.grants=[{"user": "0", "role": "admin"}]')
        present = served.config.present
        unset = await wadctl(served, "config", "unset", "sessions.idle", "-o", "json")
    assert [line.split()[:2] for line in shown.stdout.splitlines() if ".idle" in line] == [
        ["devices.idle", "40m"],
        ["sessions.idle", "15m"],
    ]
    assert [one["value"] for one in json.loads(set_.stdout)["settings"]] == [1200, 7]
    assert grants.exit_code == ExitCode.OK, grants.output
    assert (present.sessions.idle, present.sessions.max_sessions) == (1200, 7)
    assert present.access.grants is not None
    assert json.loads(unset.stdout)["settings"][0]["value"] == 900


async def test_wadctl_s_dry_run_changes_nothing(tmp_path: Path) -> None:
    """A dry run shows what would be."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "config", "set", "--dry-run", "sessions.idle=20m")
    assert "20m" in result.stdout
    assert "set while running" in result.stdout
    assert "until the next start" in result.stdout
    assert "UpdateConfig" not in result.stdout
    assert served.config.present.sessions.idle == 900


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("get", "sesions"), ExitCode.USAGE, "did you mean sessions?"),
        (("set", "sessions.idle"), ExitCode.USAGE, "is not KEY=VALUE"),
        (("set", "foo=1"), ExitCode.USAGE, "there is no key 'foo'"),
        (("set", "sessions.idle=1", "sessions.idle=2"), ExitCode.USAGE, "is given twice"),
        (("set", "sessions.idle=soon"), ExitCode.USAGE, "this is no duration"),
        (("set", "grpc.tcp=127.0.0.1:1"), ExitCode.FAILED, "takes effect only when the daemon starts"),
        (("set", "access.grants=everybody"), ExitCode.USAGE, "these are no grants"),
        (("unset", "sessions.idel"), ExitCode.USAGE, "did you mean sessions.idle?"),
    ],
)
async def test_wadctl_says_what_cannot_be_done(
    tmp_path: Path, arguments: tuple[str, ...], code: ExitCode, said: str
) -> None:
    """Each mistake has its exit code and its advice."""
    async with serving(tmp_path) as served:
        result = await wadctl(served, "config", *arguments)
    assert result.exit_code == code
    assert said in " ".join(result.output.replace("│", " ").split())
