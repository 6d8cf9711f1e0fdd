"""What a search tells about itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """`kind` is for programs to branch on, `message` for people to read."""

    kind: str
    message: str


# At which level of strictness (see `plan`) the query was answered, where that needs telling.
LEVEL_NOTES = {
    1: Note("inside-words", "nothing has all of this as whole words; these articles have it across word boundaries"),
    2: Note("apart", "no article has every part whole; in these articles its words stand apart"),
    3: Note("partial", "no article has all parts of the query; these are the best partial matches"),
}


def partial_note(full: int, total: int) -> Note:
    """Tells where the partial matches of a list begin."""
    if full:
        return Note(
            "partial-after", f"{full} of {total} articles have all words of the query; partial matches follow them"
        )
    return Note("partial", "no article has all words of the query; these are the best partial matches")
