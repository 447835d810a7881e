"""Completion in zsh, which is to work at the first Tab."""

from __future__ import annotations

from typing import Any, Final

from typer import _completion_classes as classes
from typer import _completion_shared as shared

_SCRIPT: Final = """\
#compdef %(prog_name)s

%(complete_func)s() {
  eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" %(autocomplete_var)s=complete_zsh %(prog_name)s)
}

compdef %(complete_func)s %(prog_name)s
# From a directory of completions zsh reads this at the first Tab, which is waiting for an answer already.
if [[ $funcstack[1] == _%(prog_name)s ]]; then %(complete_func)s; fi
"""


def complete_at_the_first_tab() -> None:
    """Have typer give out a script of ours for zsh: its own completes from the second Tab on only."""
    scripts: Any = shared._completion_scripts  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - there is no other way
    scripts["zsh"] = _SCRIPT
    classes.ZshComplete.source_template = _SCRIPT
