"""What the configuration guarantees of listeners and grants, and of keys that must go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.daemon.test_config import problems
from wad.daemon.config import load_config
from wad.domain.access import Grant, Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[grpc]\nunix_socket = "/s"\ntcp = "0.0.0.0:1"\n', "grpc.tcp"),
        ('[grpc]\n\ntls_key_file = "/k"\n', "grpc.tls_key_file"),
        ('[grpc]\n\ntls_cert_file = "/c"\n', "grpc.tls_cert_file"),
        ('[grpc]\n\ntls_client_ca_file = "/a"\n', "grpc.tls_client_ca_file"),
        ('[engine]\nallow_custom_upstream = true\nca_file = "/a"\n', "engine.ca_file"),
    ],
)
def test_keys_that_do_not_go_together_are_named_with_a_line(
    home: dict[str, str], write: Callable[[str], Path], text: str, key: str
) -> None:
    """A problem between keys of a section tells at which key and line to begin mending."""
    path = write(text)
    (line,) = problems(path, home)
    assert line.startswith(f"{path}:3: {key} = ")


def test_insecure_loopback_on_the_network_is_named_with_its_line(
    home: dict[str, str], write: Callable[[str], Path]
) -> None:
    """The trust in loopback is refused where others can reach the listener."""
    path = write('[grpc]\ntcp = "0.0.0.0:1"\ntls_cert_file = "/c"\ntls_key_file = "/k"\ninsecure_loopback = true\n')
    (line,) = problems(path, home)
    assert line.startswith(f"{path}:5: grpc.insecure_loopback = True: ")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sessions.idle", "4000d"),
        ("sessions.max_sessions", 1_000_001),
        ("sessions.max_sessions", True),
        ("engine.worker_max_memory", "2000000GiB"),
        ("grpc.max_message_size", 1),
        ("grpc.max_message_size", "2GiB"),
    ],
)
def test_a_value_beyond_all_reason_is_refused(home: dict[str, str], key: str, value: object) -> None:
    """What would overflow somewhere else is an error here."""
    (line,) = problems(None, home, **{key: value})
    assert line.startswith(f"command line: {key} = {value!r}: ")


# ── grants ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_problems_in_grants_name_the_entry_and_its_line(home: dict[str, str], write: Callable[[str], Path]) -> None:
    """Each entry is told by its number, each key in it by its line; what is missing, by the entry's."""
    path = write(
        '[[access.grants]]\nuser = "ada"\nrole = "king"\n\n[[access.grants]]\nuser = "bob"\n\n'
        '[[access.grants]]\nrole = "viewer"\n[[access.grants]]\ngroup = "ops"\nrole = "viewer"\nrule = 1\n'
        'sessions = ["a b"]\n'
    )
    found = sorted(problems(path, home), key=lambda line: int(line.split(":")[1]))
    starts = [
        "3: access.grants[0].role = 'king': ",
        "5: access.grants[1].role: it is missing",
        "8: access.grants[2] = {'role': 'viewer'}: a grant is for one user, one group or one certificate",
        "13: access.grants[3].rule = 1: there is no such key",
        "14: access.grants[3].sessions = ['a b']: sessions[0]: ",
    ]
    assert len(found) == len(starts)
    assert all(line.startswith(f"{path}:{start}") for line, start in zip(found, starts, strict=True))


def test_keys_after_grants_keep_their_lines(home: dict[str, str], write: Callable[[str], Path]) -> None:
    """An entry of a list is not taken for the section before it."""
    path = write('[sessions]\n[[access.grants]]\nuser = "a"\nrole = "admin"\n[http]\nport = 1\n')
    config = load_config(path, environ=home)
    assert (config.origin("access.grants"), config.origin("http.port")) == (f"{path}:2", f"{path}:6")


def test_grants_of_a_line_name_the_entry(home: dict[str, str], write: Callable[[str], Path]) -> None:
    """Entries that are written on one line are told by their numbers."""
    path = write('[access]\ngrants = [{user = "a", role = "admin"}, {user = "", role = "admin"}, 3]\n')
    assert [line.split(": ")[:2] for line in problems(path, home)] == [
        [f"{path}:2", "access.grants[1].user = ''"],
        [f"{path}:2", "access.grants[2] = 3"],
    ]


def test_grants_of_the_environment_are_json(home: dict[str, str]) -> None:
    """A variable cannot hold tables, so it holds their JSON."""
    given = '[{"user": "ada", "role": "viewer"}]'
    grants = load_config(environ={**home, "WAD_ACCESS__GRANTS": given}).access.to_grants()
    assert grants == (Grant(user="ada", role=Role.VIEWER),)
    (line,) = problems(None, {**home, "WAD_ACCESS__GRANTS": "ada"})
    assert line.startswith(
        "environment variable WAD_ACCESS__GRANTS: access.grants = 'ada': these are no grants; write "
    )


NO_GRANTS: tuple[object, ...] = (
    3,
    {"user": "a"},
    [[1]],
    [{"user": "a\0", "role": "admin"}],
    [{"user": "a"}] * 1001,
    "[" * 100_000,
)


@pytest.mark.parametrize("value", NO_GRANTS)
def test_what_are_no_grants_is_refused(home: dict[str, str], value: object) -> None:
    """Anything but a list of tables is an error, and one that is too long is not repeated in full."""
    found = problems(None, home, **{"access.grants": value})
    assert all(len(line) < 400 for line in found)


def test_a_table_in_the_place_of_grants_is_answered_with_the_right_form(
    home: dict[str, str], write: Callable[[str], Path]
) -> None:
    """Single brackets make a table; what was meant is a list of them."""
    found = problems(write('[access.grants]\nuser = "a"\nrole = "admin"\n'), home)
    assert all("access.grants" in line and "has a value instead of keys" in line for line in found)
