"""YAML for programs, which reads back as exactly what was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_BREAKS: Final = frozenset("\x85\u2028\u2029")
"""What YAML takes for the end of a line; PyYAML forgets to quote it where other Unicode may stand bare."""


class _Dumper(yaml.SafeDumper):
    """Writes texts so that each stays itself."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(  # pyright: ignore[reportUnknownMemberType] - the stubs leave its value's type open
        "tag:yaml.org,2002:str", text, style=None if _BREAKS.isdisjoint(text) else '"'
    )


_Dumper.add_representer(str, _text)


def dump(data: Mapping[str, Any], *, one_of_many: bool) -> str:
    """Return a document.

    Args:
        data: What JSON can hold, and then read as JSON has it.
        one_of_many: It begins with ``---``.
    """
    plain: object = json.loads(json.dumps(data))  # so that names, such as of an enumeration, are texts here as there
    text: str = yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, explicit_start=one_of_many)
    return text.removesuffix("\n")
