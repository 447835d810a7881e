"""How a command fails: what the user is told, and the exit code."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2  # pyright: ignore[reportMissingTypeStubs] - its stubs lie beside it

from wad.cli.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExitCode(IntEnum):
    """What scripts can tell apart."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    TRY_LATER = 5
    INTERRUPTED = 130


EXIT_CODES_HELP = (
    "Exit codes: 0 done; 1 failed; 2 wrong usage or input; 3 no such session or worker; "
    "4 no daemon answers; 5 not now, try again later; 130 interrupted."
)

_CODES = {
    grpc.StatusCode.INVALID_ARGUMENT: ExitCode.USAGE,
    grpc.StatusCode.NOT_FOUND: ExitCode.NOT_FOUND,
    grpc.StatusCode.RESOURCE_EXHAUSTED: ExitCode.TRY_LATER,
    grpc.StatusCode.UNAVAILABLE: ExitCode.TRY_LATER,
    grpc.StatusCode.DEADLINE_EXCEEDED: ExitCode.TRY_LATER,
}

_HINTS = {
    grpc.StatusCode.UNIMPLEMENTED: "The daemon does not know this command; is it older than wadctl?",
    grpc.StatusCode.DEADLINE_EXCEEDED: "The time for this call was up; what it began goes on in the daemon.",
}


_CAUSES = {
    "SESSION_BUSY": "Another process holds the session's credentials: another daemon, or a worker that one has left.",
    "STORAGE_ERROR": "The session's files or its record cannot be read or written: see the daemon's log, or run "
    "`wad health-report` on its host.",
    "ENGINE_UNAVAILABLE": "No worker could be started, or it went away: see `wadctl health` and `wadctl workers list`.",
    "ENGINE_INCOMPATIBLE": "The WhatsApp engine cannot run on the daemon's machine: see `wadctl health`.",
}
"""Why a session could not be created, and where to look: nothing is left of one that is new, so not at itself."""


@dataclass(frozen=True)
class CallFailure:
    """A failed call as the daemon explained it.

    Attributes:
        code: Name of the gRPC status.
        message: What happened.
        reason: Machine-readable reason; empty when the daemon gave none.
        metadata: What belongs to the reason.
        fields: Offending fields of the request and what is wrong with each.
        retry_after_seconds: When another try makes sense.
    """

    code: str
    message: str
    reason: str = ""
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    fields: dict[str, str] = field(default_factory=dict[str, str])
    retry_after_seconds: float | None = None

    @property
    def answered(self) -> bool:
        """True when the daemon itself refused, not the way to it."""
        return bool(self.reason) or self.code != grpc.StatusCode.UNAVAILABLE.name

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a command that failed so."""
        if not self.answered:
            return ExitCode.UNREACHABLE
        return _CODES.get(grpc.StatusCode[self.code], ExitCode.FAILED)

    def as_text(self) -> str:
        """Return what happened, why, and what to do."""
        lines = [f"Error: {printable(self.message)}"]
        lines += [f"  {name}: {text}" for name, text in self.fields.items() if text != self.message]
        hint = _HINTS.get(grpc.StatusCode[self.code])
        if hint:
            lines.append(f"  {hint}")
        if cause := self.metadata.get("cause"):
            lines.append(f"  {_CAUSES.get(cause, f'The cause is {printable(cause)}.')}")
        if self.reason:
            known = "".join(f" {key}={printable(value)}" for key, value in sorted(self.metadata.items()))
            lines.append(f"  Reason: {self.reason}{known}")
        if self.retry_after_seconds is not None:
            lines.append(f"  Try again in {self.retry_after_seconds:g} s.")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {"error": asdict(self)}


def explain(error: grpc.RpcError) -> CallFailure:
    """Return what the daemon said about a failed call."""
    call: Any = error  # every error that a call raises is a grpc.Call, too
    code: grpc.StatusCode = call.code()
    failure: dict[str, Any] = {}
    for detail in _details(call.trailing_metadata() or ()):
        if isinstance(detail, error_details_pb2.ErrorInfo):
            failure |= {"reason": detail.reason, "metadata": dict(detail.metadata)}
        elif isinstance(detail, error_details_pb2.BadRequest):
            failure["fields"] = {violation.field: violation.description for violation in detail.field_violations}
        else:
            failure["retry_after_seconds"] = detail.retry_delay.ToMilliseconds() / 1000
    return CallFailure(code.name, call.details() or "", **failure)


_Detail = error_details_pb2.ErrorInfo | error_details_pb2.BadRequest | error_details_pb2.RetryInfo


def _details(metadata: Iterable[tuple[str, str | bytes]]) -> list[_Detail]:
    raw = next((value for key, value in metadata if key == "grpc-status-details-bin"), b"")
    found: list[_Detail] = []
    try:
        status = status_pb2.Status.FromString(raw if isinstance(raw, bytes) else raw.encode())
        for packed in status.details:
            kinds = (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.RetryInfo)
            for kind in kinds:
                detail = kind()
                if packed.Unpack(detail):
                    found.append(detail)
    except DecodeError:
        return []  # whoever answered is not this daemon; its status is all there is
    return found
