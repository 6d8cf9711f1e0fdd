"""What a search tells about itself."""

from dataclasses import dataclass

from ..messages import gettext as _


@dataclass(frozen=True, slots=True)
class Note:
    """`kind` is for programs to branch on, `message` for people to read, in their language (see `messages`)."""

    kind: str
    message: str


def level_note(level: int) -> Note:
    """Tells at which level of strictness above 0 (see `plan`) the query was answered."""
    if level == 1:
        message = _("nothing has all of this as whole words; these articles have it across word boundaries")
        return Note("inside-words", message)
    if level == 2:
        return Note("apart", _("no article has every part whole; in these articles its words stand apart"))
    return Note("partial", _("no article has all parts of the query; these are the best partial matches"))


def partial_note(full: int, total: int) -> Note:
    """Tells where the partial matches of a list begin."""
    if full:
        message = _("{full} of {total} articles have all words of the query; partial matches follow them")
        return Note("partial-after", message.format(full=full, total=total))
    return Note("partial", _("no article has all words of the query; these are the best partial matches"))
