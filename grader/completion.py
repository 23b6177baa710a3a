"""Scripts that complete `grade` in a shell: its commands, and the numbers of lessons and exercises."""

from collections.abc import Sequence
from typing import Final

_BASH: Final = """\
_grade() {
    local found=""
    [ "$COMP_CWORD" -le 1 ] && found="@WORDS@"
    found="$found $(grade completion targets 2>/dev/null)"
    COMPREPLY=($(compgen -W "$found" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _grade grade
"""
_ZSH: Final = """\
#compdef grade
_grade() {
    local -a found
    (( CURRENT <= 2 )) && found=(@WORDS@)
    found+=($(grade completion targets 2>/dev/null))
    compadd -a found
    _files
}
compdef _grade grade
"""
_FISH: Final = """\
complete -c grade -n __fish_use_subcommand -a '@WORDS@'
complete -c grade -a '(grade completion targets 2>/dev/null)'
"""
_SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
SHELLS: Final = tuple(_SCRIPTS)


def script(shell: str, commands: Sequence[str]) -> str:
    """Return the completion script of a shell."""
    return _SCRIPTS[shell].replace("@WORDS@", " ".join(commands))
