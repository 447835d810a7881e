"""Who may use the daemon: users of its host, and services with tokens over TLS."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.house import free_port

if TYPE_CHECKING:
    from tests.house import House

pytestmark = pytest.mark.anyio

BIN = Path(sys.executable).parent
SECRET_LENGTH = 56


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of wad's as a user would."""
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=60,
    )


async def test_a_token_from_the_command_line_opens_the_network(house: House) -> None:
    """An operator makes a token while the daemon is down, a service calls with it over TLS, and revoking ends that."""
    authority, port = trustme.CA(), free_port()
    made = authority.issue_cert("localhost")
    made.private_key_pem.write_to_path(str(house.root / "key.pem"))
    made.cert_chain_pems[0].write_to_path(str(house.root / "cert.pem"))
    authority.cert_pem.write_to_path(str(house.root / "ca.pem"))
    house.settings["grpc"] = {
        "tcp": f"127.0.0.1:{port}",
        "tls_cert_file": str(house.root / "cert.pem"),
        "tls_key_file": str(house.root / "key.pem"),
    }
    config = str(house.write_config())
    before = run("wad", "token", "create", "shop", "--role", "operator", "-s", "shop-*", "--config", config)
    assert before.returncode == 0, before.stderr
    secret = before.stdout.strip()
    assert len(secret) == SECRET_LENGTH
    caller = ("wadctl", "--address", f"localhost:{port}", "--ca-file", str(house.root / "ca.pem"))
    async with house.daemon():
        assert "shop-*" in run(*caller, "whoami", WAD_TOKEN=secret).stdout
        refused = run(*caller, "session", "get", "other", WAD_TOKEN=secret)
        assert (refused.returncode, "PERMISSION_DENIED" in refused.stderr) == (1, True)
        assert run(*caller, "session", "get", "shop-1", WAD_TOKEN=secret).returncode == 3
        assert "CREDENTIALS_REQUIRED" in run(*caller, "whoami").stderr
        listed = run("wad", "token", "list", "--config", config).stdout
        token_id = secret.split("_")[1]
        assert token_id in listed
        assert secret not in listed
        assert run("wad", "token", "revoke", token_id, "--config", config).returncode == 0
        assert "TOKEN_REVOKED" in run(*caller, "whoami", WAD_TOKEN=secret).stderr
    secret_part = secret.rpartition("_")[2].encode()
    written = [path for path in house.root.rglob("*") if path.is_file() and secret_part in path.read_bytes()]
    assert written == []  # neither in the registry nor in any log


async def test_another_user_of_the_host_needs_a_grant(house: House) -> None:
    """A user who reaches the socket is refused by name until the configuration grants it something."""
    other = pwd.getpwnam("nobody")
    program = (
        "import grpc, sys; from wad.v1 import access_pb2 as a, access_pb2_grpc as g\n"
        "stub = g.AccessServiceStub(grpc.insecure_channel(sys.argv[1]))\n"  # it imports, and connects only later
        "import os; os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[2]))\n"
        "try: print(stub.GetCaller(a.GetCallerRequest(), timeout=10))\n"
        "except grpc.RpcError as error: print(error.code().name, error.details())\n"
    )

    def as_other() -> str:
        for directory in (house.root, house.run):
            directory.chmod(0o755)  # the test's own directories; a daemon's socket directory is 0750
        (house.run / "wad.sock").chmod(0o666)
        arguments = [f"unix:{house.run}/wad.sock", str(other.pw_uid), str(other.pw_gid)]
        ran = subprocess.run(
            [sys.executable, "-c", program, *arguments], check=False, capture_output=True, text=True, timeout=60
        )
        return ran.stdout + ran.stderr

    async with house.daemon():
        told = as_other()
        assert "PERMISSION_DENIED" in told
        assert "'nobody'" in told
        assert "access.grants" in told
    grants = [{"user": "nobody", "role": "viewer", "sessions": ["shop-*"]}]
    house.environment["WAD_ACCESS__GRANTS"] = json.dumps(grants)
    async with house.daemon():
        told = as_other()
        assert "ROLE_VIEWER" in told
        assert "shop-*" in told
