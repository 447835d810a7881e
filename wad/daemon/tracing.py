"""Whether, and where to, the daemon sends traces."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from wad.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


def tracing_to(endpoint: str | None) -> AbstractContextManager[None]:
    """Return a context in which spans go to a collector; without one nothing is even imported.

    Args:
        endpoint: The collector, as ``tracing.endpoint`` has it.

    Raises:
        ConfigurationError: The libraries are not installed.
    """
    if endpoint is None:
        return nullcontext()
    try:
        from wad.observability.tracing import exporting  # noqa: PLC0415 - an extra that most do not install
    except ImportError as error:
        raise ConfigurationError(
            f"tracing.endpoint is set, but OpenTelemetry cannot be imported ({error}). Install wad with its extra "
            "`otel`, as `make install` does, or delete tracing.endpoint."
        ) from error
    return exporting(endpoint)
