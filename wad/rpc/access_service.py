"""AccessService: see ``protos/wad/v1/access.proto``."""

# ruff: noqa: ARG002, N802 - names and signatures of the methods stand in the contract

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.domain.access import Scope
from wad.rpc import convert_access
from wad.rpc.call import about, caller
from wad.v1 import access_pb2, access_pb2_grpc

if TYPE_CHECKING:
    from wad.managers.tokens import TokenKeeper
    from wad.rpc.ports import Context


class AccessService(access_pb2_grpc.AccessServiceServicer):
    """Says who may call, and gives out tokens.

    Args:
        tokens: The tokens.
    """

    def __init__(self, tokens: TokenKeeper) -> None:
        self._tokens = tokens

    async def GetCaller(self, request: access_pb2.GetCallerRequest, context: Context) -> access_pb2.GetCallerResponse:
        """Return who the caller is to the daemon."""
        return access_pb2.GetCallerResponse(caller=convert_access.caller(caller()))

    async def CreateToken(
        self, request: access_pb2.CreateTokenRequest, context: Context
    ) -> access_pb2.CreateTokenResponse:
        """Make a token."""
        token, secret = await self._tokens.create(
            request.name,
            convert_access.role(request.role),
            Scope.parse(request.session_patterns, "session_patterns"),
            lifetime=convert_access.lifetime(request),
            maker=caller(),
        )
        about(token.token_id)
        return access_pb2.CreateTokenResponse(token=convert_access.token(token), secret=secret)

    async def ListTokens(
        self, request: access_pb2.ListTokensRequest, context: Context
    ) -> access_pb2.ListTokensResponse:
        """List the tokens."""
        page = convert_access.page(request, self._tokens.list(include_ended=request.include_ended))
        return access_pb2.ListTokensResponse(
            tokens=[convert_access.token(token) for token in page.items], next_page_token=page.next_token
        )

    async def RevokeToken(
        self, request: access_pb2.RevokeTokenRequest, context: Context
    ) -> access_pb2.RevokeTokenResponse:
        """End a token at once."""
        token = await self._tokens.revoke(about(convert_access.token_id(request)))
        return access_pb2.RevokeTokenResponse(token=convert_access.token(token))
