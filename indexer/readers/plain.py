"""Plain text: the first line is the title if it is short enough and not boilerplate."""

from collections.abc import Iterator

from ...analysis import Article
from ..cleaning import clean_lines, clean_title, is_boilerplate
from .file_names import add_file_name
from .records import no_text_error

_MAX_TITLE_LENGTH = 80  # characters; in 20,000 articles of a news archive the longest Chinese headline has 73


def read(path: str, text: str) -> Iterator[Article]:
    """Yield the article of a text file. Raises ReadError."""
    lines = clean_lines(text.splitlines())
    title = ""
    first = next((index for index, line in enumerate(lines) if not is_boilerplate(line)), 0)
    if lines and len(lines[first]) <= _MAX_TITLE_LENGTH:
        title = clean_title(lines.pop(first))
    if not title and not lines:
        raise no_text_error()
    yield add_file_name(Article(id=path, title=title, body="\n".join(lines), path=path))
