"""Bar charts and columns of plain characters, for terminals."""

import shutil
import unicodedata
from collections.abc import Iterator, Sequence

from ..query import FacetCount

_MIN_BAR_WIDTH = 10  # columns


def terminal_width() -> int:
    """Return the width of the terminal in columns, or 80 without a terminal."""
    return shutil.get_terminal_size().columns


def display_width(text: str) -> int:
    """Return the columns that `text` fills: two for a wide character such as Han, none for a combining one."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def pad(text: str, width: int) -> str:
    """Return `text` followed by the spaces that fill `width` columns."""
    return text + " " * (width - display_width(text))


def bar_chart(counts: Sequence[FacetCount], width: int) -> Iterator[str]:
    """Yield a line for each value: the value, its count and a bar; the longest line is `width` columns wide."""
    if not counts:
        return
    largest = max(count.articles for count in counts)
    label_width = max(display_width(count.value) for count in counts)
    digits = len(str(largest))
    bar_width = max(width - label_width - digits - len("    "), _MIN_BAR_WIDTH)
    for value, articles in counts:
        bar = "#" * -(-articles * bar_width // max(largest, bar_width))  # one column an article, if they fit
        yield f"{pad(value, label_width)}  {articles:>{digits}}  {bar}".rstrip()
