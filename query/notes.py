"""Notes: what a search reports about how it read and answered a query."""

from dataclasses import dataclass

from ..messages import gettext as _
from .match_level import MatchLevel


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a search: `kind` for programs to branch on, `message` for people, in the current language."""

    kind: str
    message: str


def no_names_note() -> Note:
    """Return the note for a search by names in an index that has none."""
    message = _(
        "this index has no names, so that filters and counts of people, places and organisations find nothing: find "
        "names with `souwen index --index DIR --rebuild --entities`"
    )
    return Note("no-names", message)


def level_note(level: MatchLevel) -> Note:
    """Return the note for a query that was answered at a level below `MatchLevel.WHOLE_WORDS`."""
    if level == MatchLevel.INSIDE_WORDS:
        message = _("nothing has all of this as whole words; these articles have it across word boundaries")
        return Note("inside-words", message)
    if level == MatchLevel.APART:
        return Note("apart", _("no article has every part whole; in these articles its words stand apart"))
    return Note("partial", _("no article has all parts of the query; these are the best partial matches"))


def partial_note(full: int, total: int) -> Note:
    """Return the note that says where the partial matches of a list begin."""
    if full:
        message = _("{full} of {total} articles have all words of the query; partial matches follow them")
        return Note("partial-after", message.format(full=full, total=total))
    return Note("partial", _("no article has all words of the query; these are the best partial matches"))
