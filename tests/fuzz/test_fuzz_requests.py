"""Every method, with well-formed requests that hold anything: each is answered, and nobody learns or loses anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.callers import all_ends, judge
from tests.fuzz.garbage import UNHURRIED, described, kind_of, requests_of
from tests.fuzz.target import THEIR_PHONE, THEIRS
from tests.house import PATIENCE
from wad.rpc.server import METHODS

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from tests.fuzz.target import Target

pytestmark = pytest.mark.timeout(1800)

DRAINS: Final = "wad.v1.AdminService/Drain"
"""After it nothing else can be fuzzed; it has a daemon of its own."""

WAITS: Final = frozenset(
    {"CreateSession", "CreateDevice", "LinkSession", "LinkDevice", "WatchEvents", "ReplaceWorkers"}
)
"""Methods that wait for something, which need not come."""

HEAVY: Final = frozenset({"ReplaceWorkers", "BackupSession", *WAITS} - {"WatchEvents"})
"""Methods that start processes, or whose calls are cut off."""

TAKES_AWAY: Final = frozenset({"RemoveSession", "RemoveDevice", "SetAsideCredentials", "RestoreSession"})
"""Methods by which an administrator may cost a session its credentials, so that it must not name the one we guard."""

WAIT_SECONDS: Final = 0.3
PROFILE: Final = settings()
FEW: Final = max(PROFILE.max_examples // 25, 1)
SOME: Final = max(PROFILE.max_examples // 8, 1)

NAMES: Final = [f"{service}/{name}" for service, name in METHODS]


gently = settings(max_examples=FEW, suppress_health_check=UNHURRIED)
hard = settings(max_examples=SOME, suppress_health_check=UNHURRIED)
light = [name for name in NAMES if name != DRAINS and name.partition("/")[2] not in HEAVY]
heavy = [name for name in NAMES if name.partition("/")[2] in HEAVY]


@pytest.fixture(autouse=True)
def restored(target: Target, portal: BlockingPortal) -> None:
    """Begin each method with both tenants connected, whatever the last one has done to them."""
    portal.call(target.restore)


@pytest.mark.parametrize("method", light)
@hard
@given(data=st.data())
def test_any_request_is_answered_properly(target: Target, portal: BlockingPortal, method: str, data: Any) -> None:
    """Whatever a request holds, whoever sends it gets an answer, or a refusal that says why and gives nothing away."""
    attack(target, portal, method, data)


@pytest.mark.parametrize("method", heavy)
@gently
@given(data=st.data())
def test_any_request_for_work_is_answered_properly(
    target: Target, portal: BlockingPortal, method: str, data: Any
) -> None:
    """The same is true of what takes long, and is cut off by its caller."""
    attack(target, portal, method, data)


def attack(target: Target, portal: BlockingPortal, method: str, data: Any) -> None:
    """Send one request to a method as everybody."""
    found = described(method)
    waits = found.name in WAITS
    count = data.draw(st.integers(0, 3)) if found.client_streaming else 1
    raw = [data.draw(requests_of(found.input_type, target.known)).SerializeToString() for _ in range(count)]
    sent = b"".join(raw)
    guarded = found.name in TAKES_AWAY and (THEIRS.encode() in sent or THEIR_PHONE.encode() in sent)
    senders = target.senders[1:] if guarded else target.senders
    seconds = WAIT_SECONDS if waits else PATIENCE
    answers = portal.call(all_ends, senders, f"/{method}", raw, kind_of(found), seconds)
    for sender, answer in zip(senders, answers, strict=True):
        judge(sender, answer, sent, may_wait=waits)
    assert answers[-1].code is grpc.StatusCode.UNAUTHENTICATED
