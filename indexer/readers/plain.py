"""Plain text: the first line is the title, where it is short enough for one and no boilerplate."""

from collections.abc import Iterator

from ...analysis import Article
from ...messages import gettext as _
from ..cleaning import clean_title, is_boilerplate, shown_lines
from ..errors import ReadError

_LONGEST_TITLE = 80  # characters; in 20,000 articles of a news archive the longest Chinese headline has 73


def read(path: str, text: str) -> Iterator[Article]:
    """The one article of a text file. Raises ReadError."""
    lines = shown_lines(text.splitlines())
    title = ""
    first = next((at for at, line in enumerate(lines) if not is_boilerplate(line)), 0)
    if lines and len(lines[first]) <= _LONGEST_TITLE:
        title = clean_title(lines.pop(first))
    if not title and not lines:
        raise ReadError(_("it has neither title nor text"))
    yield Article(id=path, title=title, body="\n".join(lines), path=path)
