"""The audit log, between the domain and the contract. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wad.domain.audit import AuditFilter
from wad.domain.errors import InvalidInput
from wad.rpc import paging, tokens
from wad.rpc.convert import duration, timestamp
from wad.rpc.convert_access import MECHANISMS
from wad.v1 import access_pb2, admin_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from google.protobuf.timestamp_pb2 import Timestamp

    from wad.domain.audit import AuditEntry, AuditRecord


def wanted(request: admin_pb2.ListAuditRecordsRequest) -> AuditFilter:
    """Return which records a caller asks for."""
    return AuditFilter(
        target=request.target,
        caller=request.caller,
        start=_seconds(request.start_time) if request.HasField("start_time") else None,
        end=_seconds(request.end_time) if request.HasField("end_time") else None,
    )


def before(request: admin_pb2.ListAuditRecordsRequest) -> int | None:
    """Return the number of the last record on the page before; None for the first page.

    Raises:
        InvalidInput: The token cannot be used.
    """
    order = paging.after(request, _filters(request))
    if not order:
        return None
    number = tokens.number(order)
    if number is None:
        raise InvalidInput("page_token", "page_token is not a token of this service; pass one as it was received.")
    return number


def page(request: admin_pb2.ListAuditRecordsRequest, found: Sequence[AuditEntry]) -> admin_pb2.ListAuditRecordsResponse:
    """Return the page that was asked for.

    Args:
        request: Asks for it.
        found: The records on it, and the one after them if there is one.
    """
    shown = found[: paging.size_of(request)]
    more = len(found) > len(shown)
    return admin_pb2.ListAuditRecordsResponse(
        records=[_record(entry.record) for entry in shown],
        next_page_token=paging.token(_filters(request), str(shown[-1].number)) if more else "",
    )


def _record(found: AuditRecord) -> admin_pb2.AuditRecord:
    unknown = access_pb2.AUTH_MECHANISM_UNSPECIFIED
    return admin_pb2.AuditRecord(
        time=timestamp(found.at),
        call_id=found.call_id,
        caller=found.caller,
        mechanism=unknown if found.mechanism is None else MECHANISMS[found.mechanism],
        method=found.method,
        target=found.target,
        status=found.status,
        reason=found.reason,
        duration=duration(found.seconds),
        token_id=found.token_id,
        detail=found.detail,
    )


def _filters(request: admin_pb2.ListAuditRecordsRequest) -> admin_pb2.ListAuditRecordsRequest:
    filters = admin_pb2.ListAuditRecordsRequest()
    filters.CopyFrom(request)
    filters.ClearField("page_size")
    filters.ClearField("page_token")
    return filters


def _seconds(moment: Timestamp) -> float:
    return moment.seconds + moment.nanos / 1e9
