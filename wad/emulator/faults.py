"""Faults on demand: rules that say what goes wrong, for whom, and how often.

A rule stays until it has struck as often as it says, or until it is removed. What happens at once and once (drop,
revoke, replace, a stream error) is no rule but an action: see `wad.emulator.network`.
"""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Literal, Self, TypeVar

import anyio
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from wad.emulator.errors import UnknownTarget
from wad.emulator.jid import Jid


class Rule(BaseModel):
    """What every fault has.

    Args:
        target: whom it strikes: the jid of a device, or a phone number for all its devices; everyone if absent.
        times: how often it strikes before it is gone; for ever if absent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: str | None = None
    times: PositiveInt | None = None

    def strikes(self, jid: Jid | None) -> bool:
        """Say whether the rule is meant for a device; `None` is a client that has not said who it is."""
        return self.target is None or (jid is not None and self.target in {str(jid), jid.user})


class RefuseConnection(Rule):
    """Close a connection as soon as it is made; it strikes everyone, for nobody has said who he is by then."""

    kind: Literal["refuse_connection"] = "refuse_connection"
    target: None = None  # pyright: ignore[reportIncompatibleVariableOverride] - rules are frozen


class BadCertificate(Rule):
    """Show a client a certificate that it must not accept; like `RefuseConnection` it strikes everyone who connects.

    Args:
        flaw: `authority` is a TLS certificate of an authority that nobody trusts, `expired` one whose time is over, and
            `noise` a Noise certificate that another root has signed.
    """

    kind: Literal["bad_certificate"] = "bad_certificate"
    target: None = None  # pyright: ignore[reportIncompatibleVariableOverride] - rules are frozen
    flaw: Literal["authority", "expired", "noise"] = "authority"


class Blackhole(Rule):
    """Lose every packet: connections stay open, nothing is read from them and nothing sent, not even their end.

    When the rule goes, all that was held back arrives, as it does when a network comes back soon enough. A target is
    struck from its login on, or at once where it is online; without one nobody gets beyond the connection itself.
    """

    kind: Literal["blackhole"] = "blackhole"
    times: None = None  # pyright: ignore[reportIncompatibleVariableOverride] - rules are frozen


class ClockSkew(Rule):
    """Tell a client another time than it is, with its login and with each message.

    Args:
        seconds: how far the server's clock is ahead; less than 0 for behind.
    """

    kind: Literal["clock_skew"] = "clock_skew"
    seconds: int


class RefuseLogin(Rule):
    """Answer a login with `failure`.

    Args:
        reason: 401 logged out, 402 banned for a time, 403 locked, 405 outdated, 406 banned, 503 unavailable…
        code: with 402, why: 101 to 106.
        expire: with 402, seconds until the ban ends.
    """

    kind: Literal["refuse_login"] = "refuse_login"
    reason: Annotated[int, Field(ge=400, le=599)]
    code: PositiveInt | None = None
    expire: PositiveInt | None = None


class RefuseCode(Rule):
    """Answer a client that asks for a pairing code with an error; the target is the phone number it names.

    Args:
        reason: 429 too many were asked for, 400 bad request, 503 unavailable…
    """

    kind: Literal["refuse_code"] = "refuse_code"
    reason: Annotated[int, Field(ge=400, le=599)] = 429


class CloseAfterLinking(Rule):
    """Close the connection a chosen time after the 515 that ends linking, whether the client has read it or not.

    Args:
        min_ms: shortest time, in milliseconds.
        max_ms: longest time, in milliseconds; the time is drawn evenly between the two.
    """

    kind: Literal["close_after_515"] = "close_after_515"
    min_ms: NonNegativeInt = 0
    max_ms: NonNegativeInt = 0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_ms < self.min_ms:
            raise ValueError(f"max_ms ({self.max_ms}) is less than min_ms ({self.min_ms})")
        return self

    def draw(self, chance: random.Random) -> float:
        """Return one delay, in seconds."""
        return chance.uniform(self.min_ms, self.max_ms) / 1000


class Stall(Rule):
    """Accept, and never answer.

    Args:
        at: what goes unanswered: the Noise handshake, the login, or everything a logged-in device asks or sends; what
            others send to that device still arrives.
    """

    kind: Literal["stall"] = "stall"
    at: Literal["handshake", "login", "requests"] = "requests"


class Slow(Rule):
    """Hold every frame to a client back.

    Args:
        delay_ms: for how long, in milliseconds.
    """

    kind: Literal["slow"] = "slow"
    delay_ms: PositiveInt


class CorruptFrame(Rule):
    """Spoil a frame to a client, so that it cannot decrypt it."""

    kind: Literal["corrupt_frame"] = "corrupt_frame"


Fault = Annotated[
    RefuseConnection
    | BadCertificate
    | Blackhole
    | ClockSkew
    | RefuseLogin
    | RefuseCode
    | CloseAfterLinking
    | Stall
    | Slow
    | CorruptFrame,
    Field(discriminator="kind"),
]
"""Any rule; in JSON, `kind` says which."""

_Kind = TypeVar("_Kind", bound=Rule)


class Faults:
    """The rules in force, oldest first."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._rules: dict[int, Rule] = {}
        self._left: dict[int, int] = {}
        self._changed = anyio.Event()

    def __iter__(self) -> Iterator[tuple[int, Rule]]:
        return iter(self._rules.items())

    def add(self, rule: Rule) -> int:
        """Put a rule in force and return its number."""
        number = next(self._ids)
        self._rules[number] = rule
        if rule.times is not None:
            self._left[number] = rule.times
        self._announce()
        return number

    def take(self, kind: type[_Kind], jid: Jid | None, fits: Callable[[_Kind], bool] = lambda _: True) -> _Kind | None:
        """Return the oldest rule of a kind that fits and strikes a device, if any, and count the strike."""
        for number, rule in self._rules.items():
            if isinstance(rule, kind) and rule.strikes(jid) and fits(rule):
                self._count(number)
                return rule
        return None

    async def passage(self, jid: Callable[[], Jid | None]) -> None:
        """Return when packets of a connection arrive; `jid` returns who its client is by then, if that is known."""
        while any(isinstance(rule, Blackhole) and rule.strikes(jid()) for rule in self._rules.values()):
            await self._changed.wait()

    def clock(self, jid: Jid) -> int:
        """Return what time it is for a device, in seconds since the epoch."""
        skew = self.take(ClockSkew, jid)
        return int(time.time()) + (skew.seconds if skew else 0)

    def remove(self, number: int) -> None:
        """Take a rule out of force.

        Raises:
            UnknownTarget: no rule has that number.
        """
        if number not in self._rules:
            raise UnknownTarget(
                "unknown_fault", f"There is no fault {number}.", "GET /faults lists the faults in force."
            )
        self._forget(number)

    def clear(self) -> None:
        """Take every rule out of force."""
        self._rules.clear()
        self._left.clear()
        self._announce()

    def _count(self, number: int) -> None:
        if number in self._left:
            self._left[number] -= 1
            if self._left[number] == 0:
                self._forget(number)

    def _forget(self, number: int) -> None:
        del self._rules[number]
        self._left.pop(number, None)
        self._announce()

    def _announce(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
