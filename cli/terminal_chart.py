"""What is drawn in a terminal with plain characters."""

import shutil
import unicodedata
from collections.abc import Iterator, Sequence

from ..query import FacetCount

_LEAST_BAR = 10  # columns


def width_of_terminal() -> int:
    """Columns; 80 where there is no terminal to ask."""
    return shutil.get_terminal_size().columns


def columns(text: str) -> int:
    """How many columns `text` takes: Han and other wide characters two each, combining ones none."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def padded(text: str, width: int) -> str:
    """`text` with blanks behind it up to a number of columns."""
    return text + " " * (width - columns(text))


def bars(counts: Sequence[FacetCount], width: int) -> Iterator[str]:
    """A line for each value: the value, its number, and a bar; the longest bar reaches to `width`."""
    if not counts:
        return
    most = max(count.articles for count in counts)
    label = max(columns(count.value) for count in counts)
    digits = len(str(most))
    room = max(width - label - digits - len("    "), _LEAST_BAR)
    for value, articles in counts:
        bar = "#" * -(-articles * room // max(most, room))  # one column an article, if they fit
        yield f"{padded(value, label)}  {articles:>{digits}}  {bar}".rstrip()
