"""Lists that are answered page by page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from wad.domain.errors import InvalidInput
from wad.rpc import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.message import Message

DEFAULT_PAGE: Final = 100
LARGEST_PAGE: Final = 1000

Item = TypeVar("Item")


class PageRequest(Protocol):
    """A request for a page of a list."""

    page_size: int
    page_token: str


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list.

    Attributes:
        items: What is on it.
        next_token: Asks for the page that follows; empty when this is the last one.
    """

    items: Sequence[Item]
    next_token: str


def size_of(request: PageRequest) -> int:
    """Return how many items the page may hold.

    Raises:
        InvalidInput: It is negative.
    """
    if request.page_size < 0:
        raise InvalidInput(
            "page_size", f"page_size is {request.page_size}; use 1 to {LARGEST_PAGE}, or 0 for the default."
        )
    return min(request.page_size or DEFAULT_PAGE, LARGEST_PAGE)


def after(request: PageRequest, filters: Message) -> str:
    """Return the order of the last item on the page before; empty for the first page.

    Args:
        request: Names the page.
        filters: What the list's tokens stand for.

    Raises:
        InvalidInput: The token cannot be used.
    """
    if not request.page_token:
        return ""
    mark, order = tokens.decode(request.page_token, field="page_token", count=2)
    if mark != tokens.fingerprint(filters):
        raise InvalidInput(
            "page_token", "This token continues a list with other filters; keep the filters, or omit it."
        )
    return order


def token(filters: Message, order: str) -> str:
    """Return the token of the page that follows the item of that order."""
    return tokens.encode(tokens.fingerprint(filters), order)


def cut(request: PageRequest, filters: Message, matching: Sequence[Item], order: Callable[[Item], str]) -> Page[Item]:
    """Return the page that was asked for out of those that match.

    A page begins after the last item of the one before, so items that come and go meanwhile shift nothing.

    Args:
        request: Names the page.
        filters: What the list's tokens stand for.
        matching: All that match, ordered.
        order: Returns the text by which an item is ordered, without colons.

    Raises:
        InvalidInput: The page's size or its token cannot be used.
    """
    size, begin = size_of(request), after(request, filters)
    found = [item for item in matching if order(item) > begin]
    shown = found[:size]
    return Page(shown, token(filters, order(shown[-1])) if len(found) > size else "")
