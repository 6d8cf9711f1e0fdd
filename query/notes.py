"""Notes: what a search reports about how it read and answered a query."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..messages import gettext as _
from .match_level import MatchLevel

MAX_ITEMS = 3  # that a note lists
MAX_ITEM_LENGTH = 40  # characters


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


def cut_note(read: int, length: int) -> Note:
    """Return the note for a query of `length` characters, of which the first `read` were read."""
    message = _("only the first {read} of the query's {length} characters were read")
    return Note("cut", message.format(read=read, length=length))


def pasted_text_note(marks: Sequence[str]) -> Note:
    """Return the note for operators and quoted parts that were read as punctuation of a text."""
    message = _("the query was read as a text, in which {marks} is punctuation; operators and quotes apply to keywords")
    return Note("text", message.format(marks=_list(marks)))


def unknown_filter_note(typed: str) -> Note:
    """Return the note for a beginning that looks like a filter and was read as words, since no article matches it."""
    return Note(
        "text", _("no article matches the filter {filter}, so it was read as words").format(filter=_list([typed]))
    )


def without_note(dropped: Sequence[str]) -> Note:
    """Return the note for articles that were found without some conditions of the query."""
    message = _("no article matches with {conditions}; these articles were found without it")
    return Note("without", message.format(conditions=_list(dropped)))


def nothing_note(conditions: Sequence[str]) -> Note:
    """Return the note for a query without results; `conditions` of it leave nothing, if any does."""
    if not conditions:
        return Note("nothing", _("no article has any word of the query"))
    return Note("nothing", _("no article matches {conditions}").format(conditions=_list(conditions)))


def no_full_match_note() -> Note:
    """Return the note for counts of full matches where there are none."""
    return Note("nothing", _("no article matches all of the query and its filters, so there is nothing to count"))


def empty_filters_note(names: Sequence[str]) -> Note:
    """Return the note for filters of a search that no article passes."""
    return Note("nothing", _("no article passes the filter {names}").format(names=_list(names)))


def blocking_filters_note(names: Sequence[str]) -> Note:
    """Return the note for filters of a search without which articles would match."""
    message = _("no article matches with the filter {names}; without it, some do")
    return Note("nothing", message.format(names=_list(names)))


def _list(items: Sequence[str]) -> str:
    shown = [item if len(item) <= MAX_ITEM_LENGTH else f"{item[:MAX_ITEM_LENGTH]}…" for item in items[:MAX_ITEMS]]
    return "、".join(shown) + ("…" if len(items) > MAX_ITEMS else "")
