"""Who sends garbage, how each call ended, and what must be true of every end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anyio
import grpc.aio
from google.rpc import error_details_pb2, status_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from wad.rpc.errors import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Sequence

CODE = grpc.StatusCode

BY_GRPC_ITSELF: Final = frozenset({CODE.UNIMPLEMENTED, CODE.RESOURCE_EXHAUSTED})
"""Statuses that gRPC gives without asking wad: no such method, and a message or metadata that are too large."""

NEVER: Final = frozenset({CODE.INTERNAL, CODE.UNKNOWN, CODE.DATA_LOSS, CODE.UNAVAILABLE})
"""Statuses that no garbage may cause, but for :data:`ALLOWED`."""

ALLOWED: Final = frozenset(
    {"MESSAGE_UNCONFIRMED", "CREATE_FAILED", "ENGINE_UNAVAILABLE", "CREDENTIALS_MISSING", "SESSION_BUSY"}
    | {"PAIRING_CODE_REFUSED"}
)
"""Reasons that the contract documents with such a status, for what a caller may really meet."""

MOST_RESPONSES: Final = 3
"""After which a stream is cut off."""

_LOST: Final = "Internal error from Core"
"""What grpc.aio's client makes now and then of a status that comes before it has sent its whole stream; gRPC's
synchronous client, asked the same, is always told the status itself."""

_SECRETS: Final = re.compile(rb"wad_[0-9a-z]{8}_[A-Za-z0-9_-]{20,}|AGE-SECRET-KEY-1|\b2@[A-Za-z0-9+/=]{20,}")
_ROOT: Final = re.escape(str(Path(__file__).resolve().parents[2])).encode()
_INSIDES: Final = re.compile(
    rb'Traceback|File \\?"|\.py\b|site-packages|/tmp/|/home/|/var/lib|/run/wad|asyncio\.|' + _ROOT
)


@dataclass(frozen=True)
class Sender:
    """One who calls.

    Attributes:
        name: What to call it.
        channel: Its way to the daemon.
        metadata: What it shows.
        foreign: What it must never learn of: ids and numbers of others.
        places: The daemon's directories, which nobody is told.
    """

    name: str
    channel: grpc.aio.Channel
    metadata: tuple[tuple[str, str], ...] = ()
    foreign: tuple[bytes, ...] = ()
    places: tuple[bytes, ...] = ()


@dataclass
class Answer:
    """How a call ended.

    Attributes:
        code: Its status; None when it was cut off after its first responses.
        message: The status's text.
        trailers: What came behind it.
        responses: What was answered.
        reason: The reason in the status's details; empty when there is none.
    """

    code: grpc.StatusCode | None
    message: str = ""
    trailers: tuple[tuple[str, str | bytes], ...] = ()
    responses: list[bytes] = field(default_factory=list[bytes])
    reason: str = ""

    @property
    def told(self) -> bytes:
        """All that the status says."""
        values = (value.encode() if isinstance(value, str) else value for _, value in self.trailers)
        return b"\n".join([self.message.encode(), *values])


async def send(sender: Sender, path: str, raw: Sequence[bytes], kind: str, seconds: float) -> Answer:
    """Call a method with these bytes and return how that ended.

    Args:
        sender: Who calls.
        path: ``/service/method``.
        raw: The requests, serialised; one unless the method takes a stream.
        kind: ``unary_unary``, ``unary_stream``, ``stream_unary`` or ``stream_stream``.
        seconds: The call's deadline; a stream is cut off then, or after some responses.
    """
    while (answer := await _send(sender, path, raw, kind, seconds)).message == _LOST:
        pass
    return answer


async def _send(sender: Sender, path: str, raw: Sequence[bytes], kind: str, seconds: float) -> Answer:
    channel: Any = sender.channel
    given: Any = raw[0] if kind.startswith("unary") else iter(raw)
    call = getattr(channel, kind)(path)(given, metadata=sender.metadata, timeout=seconds)
    answer = Answer(None)
    try:
        if kind.endswith("unary"):
            answer.responses.append(await call)
        else:
            async for response in call:
                answer.responses.append(response)
                if len(answer.responses) == MOST_RESPONSES:
                    return answer
        answer.code = CODE.OK
    except grpc.aio.AioRpcError as error:
        answer.code, answer.message = error.code(), error.details() or ""
        trailers: Any = error.trailing_metadata()
        answer.trailers = tuple(trailers or ())
        answer.reason = _reason(answer)
    finally:
        call.cancel()
    return answer


def _reason(answer: Answer) -> str:
    details = dict(answer.trailers).get("grpc-status-details-bin")
    if not isinstance(details, bytes):
        return ""
    status = status_pb2.Status.FromString(details)
    assert status.code == answer.code.value[0] if answer.code else False
    info = error_details_pb2.ErrorInfo()
    found = [info for packed in status.details if packed.Unpack(info)]
    assert [one.domain for one in found] == [DOMAIN], answer
    return info.reason


def judge(sender: Sender, answer: Answer, sent: bytes, *, may_wait: bool) -> None:
    """Check what must be true of every end of a call, whatever was sent.

    Args:
        sender: Who called.
        answer: How it ended.
        sent: What was sent: to be told what one has said oneself is no leak.
        may_wait: The method waits for something, so its deadline may come first.
    """
    what = f"{sender.name}: {answer.code} {answer.reason} {answer.message[:500]!r}"
    if answer.code is CODE.DEADLINE_EXCEEDED:
        assert may_wait, f"it was not answered in time: {what}"
    elif answer.code not in {None, CODE.OK}:
        assert answer.code not in NEVER or answer.reason in ALLOWED, what
        assert answer.reason or answer.code in BY_GRPC_ITSELF, f"without a reason: {what}"
    leaks = [*_SECRETS.findall(answer.told), *_INSIDES.findall(answer.told)]
    leaks += [place for place in sender.places if place in answer.told]
    leaks += [one for one in sender.foreign if one in answer.told or any(one in raw for raw in answer.responses)]
    assert not [leak for leak in leaks if leak not in sent], f"it leaks {leaks}: {what}"


async def all_ends(
    senders: Sequence[Sender], path: str, raw: Sequence[bytes], kind: str, seconds: float
) -> list[Answer]:
    """Return how the same call ended for each sender, all at once."""
    answers = [Answer(None) for _ in senders]

    async def one(place: int) -> None:
        answers[place] = await send(senders[place], path, raw, kind, seconds)

    async with anyio.create_task_group() as tasks:
        for place in range(len(senders)):
            tasks.start_soon(one, place)
    return answers
