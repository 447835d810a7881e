"""A watch over the logs of every test: what is secret and was used, or looks so, must be in none of them.

Secrets are learned as they appear: from the fields of the contract that are marked ``debug_redact``, and from what the
emulated phones are shown. The logs of a test file's tests are searched when the last of them has ended, which is cheap,
and names the file at fault. Each process of a suite that runs in several watches over its own tests.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import grpc.aio
import pytest
from google.protobuf.descriptor import FieldDescriptor

from wad.emulator.client import EmulatorClient

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from google.protobuf.message import Message

ENDINGS: Final = frozenset({".log", ".1", ".stderr"})
LEAST: Final = 8
"""Characters; what is shorter, such as the text ``hello``, stands in logs for other reasons."""

_NO_SECRETS: Final = frozenset({"wad.v1.SendMessageRequest.to"})
"""Marked fields whose values stand in logs all the same: those of tests are often numbers of their own sessions."""
_SHAPES: Final = {
    "a token": re.compile(rb"wad_[0-9a-z]{8}_[\w-]{43}"),
    "a QR": re.compile(rb"linked_devices#|[12]@[\w+/=@-]{20,},[\w+/=-]{43,}"),
}
_QR_PART: Final = 20


@dataclass
class Watch:
    """What is known of the present file of tests.

    Attributes:
        secrets: Each secret with its kind.
        searched: The size that each log had when it was searched: the rest of it has been found innocent.
    """

    secrets: dict[bytes, str] = field(default_factory=dict[bytes, str])
    searched: dict[Path, int] = field(default_factory=dict[Path, int])

    def learn(self, kind: str, text: str) -> None:
        """Note a secret; of a QR each part that is one by itself."""
        parts = [part for part in re.split("[,#]", text) if len(part) >= _QR_PART] if kind == "a QR" else [text]
        self.secrets.update({part.encode(): kind for part in parts if len(part) >= LEAST})

    def search(self, directory: Path) -> list[str]:
        """Return, for each log in *directory* that holds a secret, its path and the kind; never the secret."""
        logs = [path for path in directory.rglob("*") if path.suffix in ENDINGS and path.is_file()]
        return [f"{log} holds {kind}" for log in logs for kind in sorted(self._kinds_in(log))]

    def _kinds_in(self, log: Path) -> set[str]:
        words = log.read_bytes()
        if self.searched.get(log) == len(words):
            return set()
        self.searched[log] = len(words)
        known = {kind for secret, kind in self.secrets.items() if secret in words}
        return known | {kind for kind, shape in _SHAPES.items() if shape.search(words)}


WATCH: Final = Watch()


# ── where secrets appear ──────────────────────────────────────────────────────────────────────────────────────────────


def learn_from(message: Message) -> None:
    """Learn the secrets of a message of the contract."""
    for descriptor, value in message.ListFields():
        values = value if descriptor.is_repeated else [value]
        if descriptor.type == FieldDescriptor.TYPE_MESSAGE:
            if not (descriptor.message_type and descriptor.message_type.GetOptions().map_entry):
                for each in values:
                    learn_from(each)
        elif descriptor.GetOptions().debug_redact and descriptor.full_name not in _NO_SECRETS:
            for each in values:
                if isinstance(each, str):
                    WATCH.learn(_kind(descriptor.full_name), each)


def _kind(name: str) -> str:
    _, _, name = name.partition("v1.")
    return "a QR" if name.lower().startswith("qr") else name


class _AttendedChannel:
    """A channel whose messages are learned from, as they are put into bytes or taken out of them."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self.channel, name)

    async def __aenter__(self) -> Self:
        await self.channel.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.channel.__aexit__(*error)


def _attended(kind: str) -> Callable[..., Any]:
    def method(self: _AttendedChannel, path: str, into: Any = None, out_of: Any = None, *rest: Any, **more: Any) -> Any:
        into, out_of = more.pop("request_serializer", into), more.pop("response_deserializer", out_of)

        def serialise(message: Message) -> bytes:
            learn_from(message)
            return into(message)

        def deserialise(raw: bytes) -> Message:
            message = out_of(raw)
            learn_from(message)
            return message

        call = getattr(self.channel, kind)
        return call(path, into and serialise, out_of and deserialise, *rest, **more)

    return method


for _name in ("unary_unary", "unary_stream", "stream_unary", "stream_stream"):
    setattr(_AttendedChannel, _name, _attended(_name))


def _attend_channels(name: str) -> None:
    original = getattr(grpc.aio, name)

    @functools.wraps(original)
    def make(*arguments: Any, **more: Any) -> _AttendedChannel:
        return _AttendedChannel(original(*arguments, **more))

    setattr(grpc.aio, name, make)


def _attend_phones(name: str, kind: str) -> None:
    original = getattr(EmulatorClient, name)

    @functools.wraps(original)
    async def act(self: EmulatorClient, shown: str, phone: str, **details: str) -> str:
        WATCH.learn(kind, shown)
        return await original(self, shown, phone, **details)

    setattr(EmulatorClient, name, act)


# ── pytest's hooks ────────────────────────────────────────────────────────────────────────────────────────────────────


def pytest_configure() -> None:
    """Begin to learn."""
    _attend_channels("insecure_channel")
    _attend_channels("secure_channel")
    _attend_phones("scan", "a QR")
    _attend_phones("pair", "a pairing code")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Search the logs when the last test of a file has ended, and what its fixtures ran; it fails by what is found."""
    yield
    if nextitem is None or nextitem.path != item.path:
        factory: Any = item.config.stash.get(_FACTORY, None)
        found = [] if factory is None else WATCH.search(factory.getbasetemp())
        WATCH.secrets.clear()
        if found:
            pytest.fail("\n".join(found), pytrace=False)


_FACTORY: Final = pytest.StashKey[pytest.TempPathFactory]()


@pytest.fixture(scope="session", autouse=True)
def _logs_are_watched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:  # pyright: ignore[reportUnusedFunction] - pytest uses it
    request.config.stash[_FACTORY] = tmp_path_factory
