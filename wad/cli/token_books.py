"""The tokens as the command line reaches them: through the running daemon, or in its registry while none runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

import anyio
import grpc
import typer

from wad.cli import connection
from wad.cli.failures import explain
from wad.domain.access import Role, Scope, Token
from wad.managers.tokens import TokenKeeper
from wad.storage.database import open_database
from wad.storage.state_lock import state_lock
from wad.storage.tokens import SqlTokens
from wad.v1 import access_pb2, access_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Sequence

    from wad.cli.maintenance_run import Places
    from wad.cli.output import Output

_PATIENCE = 10.0
_PAGE = 1000

Result = TypeVar("Result")


class Tokens(Protocol):
    """The tokens of a daemon."""

    def create(self, name: str, role: str, patterns: Sequence[str], lifetime: float | None) -> tuple[Token, str]:
        """Make a token; return it, and the text that its owner sends."""
        ...

    def list(self, *, include_ended: bool) -> Sequence[Token]:
        """Return the tokens, newest first."""
        ...

    def revoke(self, token_id: str) -> Token:
        """End a token at once."""
        ...


@contextmanager
def book(places: Places, output: Output) -> Generator[Tokens]:
    """Yield the tokens of the daemon at *places*, whether it runs or not; what the daemon refuses ends the command.

    Args:
        places: Where the daemon keeps what.
        output: The form in which a refusal is told.

    Raises:
        WadError: The registry cannot be used, or refuses.
    """
    if not places.daemon_runs:
        yield _Registry(places)
        return
    address = connection.parse(f"unix://{places.socket}")
    with connection.open_channel(address) as channel:
        try:
            yield _Daemon(access_pb2_grpc.AccessServiceStub(channel))
        except grpc.RpcError as error:
            failure = explain(error)
            told = output.dump(failure.as_dict(), one_of_many=True) if output.for_programs else failure.as_text()
            typer.echo(told, err=True)
            raise typer.Exit(failure.exit_code) from None


class _Daemon:
    """Tokens through the daemon, which knows of each change at once."""

    def __init__(self, stub: access_pb2_grpc.AccessServiceStub) -> None:
        self._stub = stub

    def create(self, name: str, role: str, patterns: Sequence[str], lifetime: float | None) -> tuple[Token, str]:
        request = access_pb2.CreateTokenRequest(
            name=name, role=access_pb2.Role.Value(f"ROLE_{role.upper()}"), session_patterns=patterns
        )
        if lifetime is not None:
            request.lifetime.FromNanoseconds(round(lifetime * 1e9))
        response = self._stub.CreateToken(request, timeout=_PATIENCE)
        return _token(response.token), response.secret

    def list(self, *, include_ended: bool) -> Sequence[Token]:
        request, found = access_pb2.ListTokensRequest(include_ended=include_ended, page_size=_PAGE), list[Token]()
        while True:
            page = self._stub.ListTokens(request, timeout=_PATIENCE)
            found += [_token(token) for token in page.tokens]
            request.page_token = page.next_page_token
            if not page.next_page_token:
                return found

    def revoke(self, token_id: str) -> Token:
        return _token(self._stub.RevokeToken(access_pb2.RevokeTokenRequest(token_id=token_id), timeout=_PATIENCE).token)


class _Registry:
    """Tokens in the registry; no daemon can start meanwhile."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def create(self, name: str, role: str, patterns: Sequence[str], lifetime: float | None) -> tuple[Token, str]:
        scope = Scope.parse(patterns, "sessions")
        return self._with(lambda keeper: keeper.create(name, Role[role.upper()], scope, lifetime=lifetime))

    def list(self, *, include_ended: bool) -> Sequence[Token]:
        async def listed(keeper: TokenKeeper) -> Sequence[Token]:
            return keeper.list(include_ended=include_ended)

        return self._with(listed)

    def revoke(self, token_id: str) -> Token:
        return self._with(lambda keeper: keeper.revoke(token_id))

    def _with(self, do: Callable[[TokenKeeper], Awaitable[Result]]) -> Result:
        async def run() -> Result:
            with state_lock(self._places.state_dir):
                async with open_database(self._places.registry) as database:
                    keeper = TokenKeeper(SqlTokens(database), self._places.clock)
                    await keeper.load()
                    return await do(keeper)

        return anyio.run(run)


def _token(shown: access_pb2.Token) -> Token:
    """Return a token as the daemon told it; its hash is not among that."""
    return Token(
        token_id=shown.token_id,
        name=shown.name,
        digest="",
        role=Role(shown.role),
        scope=Scope(tuple(shown.session_patterns)),
        created_at=shown.create_time.ToMicroseconds() / 1e6,
        expires_at=shown.expire_time.ToMicroseconds() / 1e6 if shown.HasField("expire_time") else None,
        revoked_at=shown.revoke_time.ToMicroseconds() / 1e6 if shown.HasField("revoke_time") else None,
    )
