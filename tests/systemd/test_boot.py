"""wad as a service of a system that boots: installed from its wheel, with the real engine, against the emulator inside.

The tests are one story and run in its order; the commands under the headings of ``docs/operations.md`` are what is run.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.systemd.machine import CHECKOUT, Machine, blocks, commands, until
from tests.systemd.test_units import WORST_EXPOSURE

if TYPE_CHECKING:
    from collections.abc import Generator

pytestmark = [
    pytest.mark.skipif("BOOT" not in os.environ, reason="make test-systemd runs it: as root, with systemd-nspawn"),
    pytest.mark.skipif(
        CHECKOUT.is_relative_to("/tmp"), reason="a system that boots has an empty /tmp; clone elsewhere"
    ),
]

PYTHON = str(CHECKOUT / ".venv/bin/python")
CREDENTIALS = "/var/lib/wad/sessions/sales-1/creds.db"
CONFIG = "/etc/wad/wad.toml"
METRICS = "http://127.0.0.1:9464/metrics"
TIMERS = ("wad-cleanup", "wad-health-report", "wad-emergency-cleanup")
EMULATOR = f"""\
[Service]
Type=exec
ExecStart={PYTHON} -m wad emulator --dir /var/lib/wad-emulator
StateDirectory=wad-emulator
"""


@pytest.fixture(scope="module")
def machine() -> Generator[Machine]:
    """Boot a system in which an emulator runs, and nothing of wad is installed."""
    with Machine.booted() as booted:
        booted.write("/etc/systemd/system/emulator.service", EMULATOR)
        booted.run("systemctl", "daemon-reload")
        booted.run("systemctl", "start", "emulator.service")
        yield booted


def look(machine: Machine) -> dict[str, Any]:
    """Return the sessions' states, the workers' process ids, and what the emulator sees of them."""
    return errand(machine, "look")


def errand(machine: Machine, *arguments: str) -> dict[str, Any]:
    """Have something done inside."""
    return json.loads(machine.run(PYTHON, str(CHECKOUT / "tests/systemd/errand.py"), *arguments))


def main_pid(machine: Machine) -> str:
    """Return the daemon's process id."""
    return machine.show("wad.service", "MainPID")


def state(machine: Machine, unit: str = "wad.service") -> str:
    """Return what a unit is doing."""
    return machine.show(unit, "ActiveState") + " " + machine.show(unit, "SubState")


def until_successor(machine: Machine, predecessor: str) -> None:
    """Wait until another daemon is ready."""
    until(
        lambda: main_pid(machine) not in ("0", predecessor) and state(machine) == "active running",
        "another daemon is ready",
    )


def until_connected(machine: Machine) -> dict[str, Any]:
    """Wait until the session is connected; return the look of that moment."""
    seen: dict[str, Any] = {}

    def connected() -> bool:
        seen.update(look(machine))
        return seen["states"] == {"sales-1": "connected"}

    until(connected, "the session is connected")
    return seen


def drop_in(machine: Machine, unit: str, text: str) -> None:
    """Change a unit."""
    machine.write(f"/etc/systemd/system/{unit}.d/test.conf", text)
    machine.run("systemctl", "daemon-reload")


def configure(machine: Machine, text: str) -> None:
    """Replace the configuration's text."""
    (machine.root / CONFIG[1:]).write_text(text)


def journal(machine: Machine, unit: str = "wad.service") -> str:
    """Return what a unit has written."""
    return machine.run("journalctl", f"--unit={unit}", "--no-pager", "--output=cat")


def test_a_package_can_be_made_of_it(machine: Machine) -> None:
    """Below DESTDIR everything is as for its final place, and nothing of the system is changed."""
    machine.run("make", "wheel", online=True)
    machine.run("make", "install", "DESTDIR=/var/tmp/package", "PREFIX=/usr", online=True)
    assert machine.run("grep", "-rlI", "/var/tmp/package", "/var/tmp/package", check=False) == ""
    assert machine.run("grep", "-rl", "/usr/local", "/var/tmp/package/usr/lib/systemd", check=False) == ""
    assert machine.run("/var/tmp/package/usr/lib/wad/bin/python", "-P", "-m", "wad", "--help")
    assert sorted(path.name for path in (machine.root / "var/tmp/package").iterdir()) == ["etc", "usr"]
    assert "no such user" in machine.run("id", "wad", check=False)
    machine.run("make", "uninstall", "DESTDIR=/var/tmp/package", "PREFIX=/usr")
    left = {path.name for path in (machine.root / "var/tmp/package").rglob("*") if not path.is_dir()}
    assert left == {"wad.toml"}


def test_the_wheel_installs_a_service(machine: Machine) -> None:
    """An installation brings the commands, what traces need, the user, the directories, and units without a flaw."""
    before = {path for path in (machine.root / "usr/local").rglob("*") if not path.is_dir()}
    machine.write("/etc/systemd/system/wad-backup.service", "[Service]\nExecStart=/bin/true\n")
    *_, said = machine.follow("Install", online=True)
    assert "Its configuration is /etc/wad/wad.toml, which was written.\nNext: wad config check" in said
    assert machine.show("wad-backup.service", "DropInPaths") == ""  # a unit of the administrator's own
    kept = machine.root / "var/tmp/before"
    kept.write_text("\n".join(sorted(map(str, before))))
    modes = machine.run("stat", "--format=%n %a %U:%G", "/var/lib/wad", "/etc/wad", CONFIG).splitlines()
    assert modes == ["/var/lib/wad 700 wad:wad", "/etc/wad 755 root:root", f"{CONFIG} 640 root:wad"]
    units = ("wad.service", *(f"{name}.{kind}" for name in TIMERS for kind in ("service", "timer")))
    assert machine.run("systemd-analyze", "verify", *units) == ""
    assert machine.run("wad", "config", "check", directory=CHECKOUT.parent)
    machine.run("/usr/local/lib/wad/bin/python", "-P", "-c", "import wad.observability.tracing")
    assert "_wadctl_completion" in machine.run("cat", "/usr/local/share/bash-completion/completions/wadctl")
    assert machine.run("sh", "-c", "head -qn1 /usr/local/lib/wad/bin/wad*") == "\n".join(
        ["#!/usr/local/lib/wad/bin/python"] * 2
    )


def test_the_service_starts_and_a_session_links(machine: Machine) -> None:
    """The service becomes active, a phone scans what wadctl shows, and the status counts the session."""
    announced = json.loads((machine.root / "var/lib/wad-emulator/emulator.json").read_text())
    machine.run("install", "-m", "0644", announced["ca_file"], "/etc/wad/emulator.pem")
    engine = ["[engine]", "allow_custom_upstream = true", 'ca_file = "/etc/wad/emulator.pem"']
    engine += [f'{key} = "{announced[key]}"' for key in ("proxy_url", "noise_root_key")]
    configure(machine, (machine.root / CONFIG[1:]).read_text() + "\n".join(["", *engine, ""]))
    with ThreadPoolExecutor(1) as phone:
        *before, link = commands("First start")[:5]
        *_, said = [machine.run("sh", "-c", command) for command in before]
        assert re.search(r'Status: "0 connected of 0 sessions \(limit 50\), 1 workers"', said), said
        scanned = phone.submit(errand, machine, "scan", "sales-1", "491700000001")
        assert "connected" in machine.run("sh", "-c", link)
        assert scanned.result()["jid"].startswith("491700000001")
    until(lambda: machine.show("wad.service", "StatusText").startswith("1 connected of 1 "), "the status counts it")
    for command in commands("First start")[5:]:
        machine.run("sh", "-c", command)


def test_the_journal_can_be_searched_by_session(machine: Machine) -> None:
    """Each line of the daemon's is an entry with fields, so that the story of one session is one command."""
    command = ("journalctl", "--unit=wad.service", "--no-pager", "--output=json", "SESSION_ID=sales-1")
    entries = [json.loads(line) for line in machine.run(*command, "EVENT=session.state").splitlines()]
    assert [entry["STATE"] for entry in entries][-1] == "connected"
    assert {(entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"]) for entry in entries} == {("6", "wad")}
    (linked,) = (json.loads(line) for line in machine.run(*command, "EVENT=rpc.finished", "CODE=OK").splitlines()[:1])
    assert linked["REQUEST_ID"]
    assert not [line for line in journal(machine).splitlines() if line.startswith("{")]  # told once, as fields


def test_the_demo_runs_inside(machine: Machine) -> None:
    """The demo has everything it needs beside the service, and succeeds."""
    assert "Every step was seen." in machine.run(PYTHON, "-m", "wad", "demo")


def test_every_process_of_the_service_is_confined(machine: Machine) -> None:
    """Daemon, zygote and worker have no capability, a filter of system calls, and can gain no privilege."""
    assert machine.show("wad.service", "OOMPolicy") == "continue"
    pids = machine.run("cat", f"/sys/fs/cgroup/{_group(machine)}/cgroup.procs").split()
    assert len(pids) == 3, pids
    for pid in pids:
        status = dict(line.split(":\t", 1) for line in machine.run("cat", f"/proc/{pid}/status").splitlines())
        assert (status["CapEff"], status["CapBnd"], status["Seccomp"], status["NoNewPrivs"]) == (
            *("0" * 16, "0" * 16),
            *("2", "1"),
        )
    metrics = machine.run(PYTHON, "-c", f"import urllib.request as u; print(u.urlopen({METRICS!r}).read().decode())")
    assert "\nprocess_start_time_seconds " in metrics
    exposure = machine.run("systemd-analyze", "security", "--no-pager", "wad.service").splitlines()[-1]
    assert float(re.findall(r"\d+\.\d", exposure)[0]) <= WORST_EXPOSURE


def _group(machine: Machine) -> str:
    """Return the service's control group as a path below the file systems of control groups."""
    path = machine.show("wad.service", "ControlGroup").lstrip("/")
    return next(
        f"{root}{path}"
        for root in ("", "systemd/", "unified/")
        if machine.run("ls", f"/sys/fs/cgroup/{root}{path}/cgroup.procs", check=False).startswith("/")
    )


def test_a_reload_changes_the_running_daemon(machine: Machine) -> None:
    """After a reload the same process has the new limit, and the session never noticed."""
    before, daemon = look(machine), main_pid(machine)
    text = (machine.root / CONFIG[1:]).read_text()
    configure(machine, text.replace("# max_sessions = 50", "max_sessions = 49"))
    machine.follow("Change the configuration")
    until(lambda: "(limit 49)" in machine.show("wad.service", "StatusText"), "the status shows the new limit")
    assert (main_pid(machine), look(machine)) == (daemon, before)


def test_a_restart_costs_no_connection(machine: Machine) -> None:
    """After a restart another daemon has the same workers with the same connections, and they still work."""
    before, predecessor = look(machine), main_pid(machine)
    machine.run("sh", "-c", commands("Restart, or stop")[0])
    assert main_pid(machine) != predecessor
    after = until_connected(machine)
    assert after == before
    assert machine.show("wad.service", "NRestarts") == "0"
    machine.run("wadctl", "message", "send", "sales-1", "+491700000001", "Hello from the next one.")
    worker = str(after["workers"][0])
    machine.run("nsenter", f"--target={worker}", "--mount", "sh", "-c", "touch /tmp/works /var/tmp/works")


def test_a_daemon_that_hangs_is_replaced(machine: Machine) -> None:
    """The watchdog kills a daemon that was stopped in its tracks; the next one has the same workers and connections."""
    drop_in(machine, "wad.service", "[Service]\nWatchdogSec=8s\nTimeoutAbortSec=1s\n")
    machine.run("systemctl", "restart", "wad.service")
    before, predecessor = until_connected(machine), main_pid(machine)
    machine.run("sh", "-c", f"kill -STOP {predecessor}")
    until_successor(machine, predecessor)
    assert until_connected(machine) == before
    assert "Watchdog timeout" in journal(machine)
    assert machine.show("wad.service", "NRestarts") == "1"


def test_a_daemon_that_is_aborted_says_where_it_was(machine: Machine) -> None:
    """What the watchdog does to a daemon that hangs leaves its stack in the journal, and no connection is lost."""
    before, predecessor = look(machine), main_pid(machine)
    machine.run("systemctl", "kill", "--kill-whom=main", "--signal=SIGABRT", "wad.service")
    until_successor(machine, predecessor)
    assert until_connected(machine) == before
    assert "Fatal Python error: Aborted" in journal(machine)
    (machine.root / "etc/systemd/system/wad.service.d/test.conf").unlink()
    machine.run("systemctl", "daemon-reload")


def test_maintenance_beside_the_daemon_harms_nothing(machine: Machine) -> None:
    """Each timer's service does its work: an old directory without credentials goes, the session stays connected."""
    before = look(machine)
    machine.run("runuser", "-u", "wad", "--", "mkdir", "-m", "0700", "/var/lib/wad/sessions/old")
    machine.run("touch", "--date=2 hours ago", "/var/lib/wad/sessions/old")
    for command in commands("The timers"):
        machine.run("sh", "-c", command)
    for name in TIMERS[1:]:
        machine.run("systemctl", "start", f"{name}.service")
    sessions = machine.run("ls", "/var/lib/wad/sessions").split()
    assert sessions == ["sales-1"]
    assert "removed 1" in journal(machine, "wad-cleanup.service")
    assert "Healthy." in journal(machine, "wad-health-report.service")
    assert look(machine) == before
    assert machine.run("find", "/var/lib/wad", "/run/wad", "-not", "-user", "wad") == ""


def test_the_timers_fire(machine: Machine) -> None:
    """Every timer waits for its next turn at the promised time; one that is told to fire at once starts its service."""
    listed = {one["unit"]: one for one in json.loads(machine.run("systemctl", "list-timers", "--output=json", "wad-*"))}
    assert set(listed) == {f"{name}.timer" for name in TIMERS}
    assert all(one["next"] for one in listed.values())
    schedules = {name: machine.show(f"{name}.timer", "TimersCalendar") for name in TIMERS}
    assert "OnCalendar=*-*-* *:00/15:00" in schedules["wad-cleanup"]
    assert "OnCalendar=*-*-* 02:00:00" in schedules["wad-health-report"]
    assert "OnCalendar=Sun *-*-* 03:00:00" in schedules["wad-emergency-cleanup"]
    faster = "[Timer]\nOnCalendar=\nOnCalendar=*:*:*\nRandomizedDelaySec=0\nAccuracySec=1ms\n"
    for name in TIMERS:
        runs = journal(machine, f"{name}.service").count("Finished ")
        drop_in(machine, f"{name}.timer", faster)
        machine.run("systemctl", "restart", f"{name}.timer")
        until(lambda name=name, runs=runs: journal(machine, f"{name}.service").count("Finished ") > runs, "it has run")
        machine.run("systemctl", "stop", f"{name}.timer")
    assert until_connected(machine)


def test_a_tls_key_is_handed_over_as_a_credential(machine: Machine) -> None:
    """With a key that only root can read, handed over by LoadCredential, the daemon proves who it is."""
    before = look(machine)
    tls = machine.root / "etc/wad/tls"
    tls.mkdir()
    make = "import sys, trustme; a = trustme.CA(); c = a.issue_cert('localhost'); a.cert_pem.write_to_path('ca.pem'); "
    make += "c.private_key_pem.write_to_path('key.pem'); c.cert_chain_pems[0].write_to_path('cert.pem')"
    subprocess.run([PYTHON, "-c", make], cwd=tls, check=True)
    (tls / "key.pem").chmod(0o600)
    machine.write("/etc/systemd/system/wad.service.d/tls.conf", blocks("A TLS key that only root can read", "ini")[0])
    machine.follow("A TLS key that only root can read")
    assert until_connected(machine) == before
    token = ("runuser", "-u", "wad", "--", "wad", "token", "create", "test", "--role", "viewer", "-o", "json")
    machine.write("/root/token", json.loads(machine.run(*token))["secret"])
    (machine.root / "root/token").chmod(0o600)
    call = ("wadctl", "--address", "localhost:7600", "--ca-file", "/etc/wad/tls/ca.pem", "--token-file", "/root/token")
    assert "test" in machine.run(*call, "whoami")


def test_the_registry_is_saved_beside_the_daemon_and_brought_back(machine: Machine) -> None:
    """With the copy in the place of a damaged registry, which is not started with, tokens and session are back."""
    machine.write("/etc/wad/passphrase", "correct horse\n")
    machine.run("chgrp", "wad", "/etc/wad/passphrase")
    before, tokens = until_connected(machine), machine.run("runuser", "-u", "wad", "--", "wad", "token", "list")
    machine.follow("Back up")
    assert look(machine) == before
    saved = machine.run("ls", "/var/backups/wad")
    assert "registry.db" in saved
    assert re.search(r"sales-1-.*\.tar\.age", saved)
    assert machine.run("ls", "/var/backups/wad/audit")
    stop, *others = commands("Bring the registry back")
    machine.run("sh", "-c", stop)
    machine.run("sh", "-c", "printf damaged > /var/lib/wad/registry.db; rm -f /var/lib/wad/registry.db-*")
    assert "error code" in machine.run("systemctl", "start", "wad.service", check=False)
    assert machine.show("wad.service", "ExecMainStatus") == "78"
    assert "put a copy in its place" in journal(machine)
    for command in others:
        machine.run("sh", "-c", command)
    assert until_connected(machine)["linked"] == before["linked"]
    assert machine.run("runuser", "-u", "wad", "--", "wad", "token", "list") == tokens


def test_the_state_can_lie_elsewhere(machine: Machine) -> None:
    """With the drop-in the service works in another directory; without it, it says what its unit lacks."""
    before, text = until_connected(machine), (machine.root / CONFIG[1:]).read_text()
    stop, copy, reload, start = commands("Another place for the state")
    configure(machine, text.replace("/var/lib/wad", "/srv/wad"))
    for command in (stop, copy):
        machine.run("sh", "-c", command)
    assert "error code" in machine.run("systemctl", "start", "wad.service", check=False)
    assert "/srv/wad is read-only; a service may write only where its unit says so" in journal(machine)
    for unit in ("wad", *TIMERS):
        elsewhere = blocks("Another place for the state", "ini")[0]
        machine.write(f"/etc/systemd/system/{unit}.service.d/state.conf", elsewhere)
    for command in (reload, start):
        machine.run("sh", "-c", command)
    assert until_connected(machine)["linked"] == before["linked"]
    machine.run("systemctl", "start", "wad-cleanup.service")
    machine.run("systemctl", "stop", "wad.service")
    machine.run("sh", "-c", "rm -rf /var/lib/wad/* && cp -aT /srv/wad /var/lib/wad && rm -rf /srv/wad")
    machine.run("sh", "-c", "rm /etc/systemd/system/*.service.d/state.conf; systemctl daemon-reload")
    configure(machine, text)
    machine.run("systemctl", "start", "wad.service")
    until_connected(machine)


def test_an_upgrade_costs_no_connection_and_keeps_the_configuration(machine: Machine) -> None:
    """An installation over the running service, and a restart, leave workers, connections and configuration alone."""
    before, text = look(machine), (machine.root / CONFIG[1:]).read_text()
    *upgrade, replace = commands("Upgrade")
    for command in upgrade:
        machine.run("sh", "-c", command, online=not command.startswith("systemctl"))
    assert until_connected(machine) == before
    assert (machine.root / CONFIG[1:]).read_text() == text
    machine.run("sh", "-c", replace)
    assert set(until_connected(machine)["workers"]).isdisjoint(before["workers"])


def test_a_stop_ends_everything_and_keeps_every_file(machine: Machine) -> None:
    """After a stop no process and no socket is left, the credentials are; the next start connects without a QR."""
    _, stop, start = commands("Restart, or stop")
    linked = look(machine)["linked"]
    machine.run("sh", "-c", stop)
    assert state(machine) == "inactive dead"
    assert machine.show("wad.service", "Result") == "success"
    assert not _processes(machine)
    assert "No such file" in machine.run("ls", "/run/wad", check=False)
    machine.run("test", "-s", CREDENTIALS)
    machine.run("sh", "-c", start)
    again = until_connected(machine)
    assert again["reconnected"] == ["sales-1"]
    assert again["linked"] == linked


def _processes(machine: Machine) -> list[str]:
    """Return the processes of the service's user."""
    uid = int(machine.run("id", "--user", "wad"))
    inside = psutil.Process(machine.leader).children(recursive=True)
    return [" ".join(process.cmdline()) for process in inside if process.uids().real == uid]


def test_a_bad_configuration_is_not_tried_again(machine: Machine) -> None:
    """With a configuration that the daemon cannot run with it fails with exit code 78, says why, and stays down."""
    text = (machine.root / CONFIG[1:]).read_text()
    machine.run("systemctl", "stop", "wad.service")
    configure(machine, text.replace("max_sessions", "max_sesions"))
    assert "error code" in machine.run("systemctl", "start", "wad.service", check=False)
    assert state(machine) == "failed failed"
    assert machine.show("wad.service", "ExecMainStatus") == "78"
    assert machine.show("wad.service", "NRestarts") == "0"
    assert "max_sessions" in journal(machine).rpartition("has one problem")[2]
    configure(machine, text)
    machine.run("systemctl", "start", "wad.service")
    until_connected(machine)


def test_an_uninstallation_keeps_configuration_and_credentials(machine: Machine) -> None:
    """What was installed is gone, the service too; the configuration and every session's files stay."""
    machine.follow("Logs")
    machine.follow("Uninstall")
    assert not _processes(machine)
    assert machine.show("wad.service", "LoadState") == "not-found"
    machine.run("test", "-s", CREDENTIALS)
    machine.run("test", "-s", CONFIG)
    before = set((machine.root / "var/tmp/before").read_text().splitlines())
    after = {str(path) for path in (machine.root / "usr/local").rglob("*") if not path.is_dir()}
    assert after == before
