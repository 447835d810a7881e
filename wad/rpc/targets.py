"""What a request says of itself that the audit log is to know, also of one that was refused at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from wad.v1 import access_pb2, admin_pb2, device_pb2, message_pb2, session_pb2

if TYPE_CHECKING:
    from google.protobuf.descriptor import EnumDescriptor
    from google.protobuf.message import Message

_MOST_NAMED: Final = 10
_IDS: Final = ("session_id", "device_session_id", "worker_id", "token_id")


def target_of(request: Message) -> str:
    """Return what a request is about; empty when it names nothing, or more than one thing.

    Args:
        request: As it came: what it names may be invalid, and may not exist.
    """
    match request:
        case admin_pb2.RestoreSessionRequest():
            return request.options.session_id
        case admin_pb2.UpdateConfigRequest():
            return ", ".join(request.update_mask.paths)
        case device_pb2.CreateDeviceRequest() | device_pb2.LinkDeviceRequest():
            return f"{request.phone_number}_{request.device_id}" if request.device_id else request.phone_number
        case _:
            fields: Any = request.DESCRIPTOR.fields_by_name
            return next((getattr(request, name) for name in _IDS if name in fields), "")


def detail_of(request: Message) -> str:  # noqa: PLR0911 - one a kind of request
    """Return what matters of a request besides what it is about, without secrets; empty when that is nothing."""
    match request:
        case session_pb2.RemoveSessionRequest() | device_pb2.RemoveDeviceRequest():
            return f"reason={_word(session_pb2.RemovalReason.DESCRIPTOR, request.reason)}"
        case access_pb2.CreateTokenRequest():
            sessions = ",".join(request.session_patterns)
            return f"name={request.name} role={_word(access_pb2.Role.DESCRIPTOR, request.role)} sessions={sessions}"
        case message_pb2.ReceiveMessagesRequest():
            return f"sessions={','.join(request.receive.session_ids[:_MOST_NAMED]) or '*'}"
        case admin_pb2.BackupSessionRequest():
            return "plaintext" if request.plaintext else ""
        case admin_pb2.RunCleanupRequest():
            return "dry_run" if request.dry_run else ""
        case admin_pb2.DrainRequest():
            return "close_sessions" if request.close_sessions else ""
        case _:
            return ""


def _word(kind: EnumDescriptor, number: int) -> str:
    """Return the word of a value of an enumeration: ``manual`` of ``REMOVAL_REASON_MANUAL``."""
    found = kind.values_by_number.get(number)
    if found is None:
        return str(number)
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.name).upper()
    return found.name.removeprefix(f"{words}_").lower()
