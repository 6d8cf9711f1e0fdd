"""Articles that a run sets aside, to prepare them again after all files are read."""

import pickle
import tempfile
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ..analysis import Article
from ..engines import translate_write_errors
from .files import ReadUnit

_MAX_BYTES_IN_MEMORY = 16 << 20


class SetAside(NamedTuple):
    """An article under the id that it is to have.

    Attributes:
        article: The cleaned article.
        own_id: The id in the record.
        attempt: Number of ids that were in use by other articles.
        file: Key of the file in the manifest.
        name: Path of the unit that contains the record.
        modified_ns: Modification time of the file.
        is_rewritten: True if the article has been taken and must be written, even if the last commit has it.
    """

    article: Article
    own_id: str
    attempt: int
    file: int
    name: str
    modified_ns: int
    is_rewritten: bool = False

    def with_next_id(self, content: str) -> "SetAside":
        """Return the article with another id: the own one with the file, then also with the hash of its content."""
        article_id = f"{self.name}#{self.own_id}" + (f"#{content}" if self.attempt else "")
        return self._replace(article=replace(self.article, id=article_id), attempt=self.attempt + 1)


class SetAsideArticles:
    """A queue of such articles, in a temporary file if there are many."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.gettempdir())
        self._file = self._open()
        self._count = 0
        self._read: deque[SetAside] = deque()

    def __bool__(self) -> bool:
        return self._count > 0

    def _open(self) -> Any:
        return tempfile.SpooledTemporaryFile(_MAX_BYTES_IN_MEMORY)

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def add(self, item: SetAside) -> None:
        """Add an article. Raises IndexUnwritable if there is no space for the temporary file."""
        with translate_write_errors(self._folder):
            pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def units(self) -> Iterator[ReadUnit]:
        """Yield a unit for each article added before this call, and remove it from the queue."""
        file, count = self._file, self._count
        self._file, self._count = self._open(), 0
        with file, translate_write_errors(self._folder):
            file.seek(0)
            for _ in range(count):
                item: SetAside = pickle.load(file)  # noqa: S301 - this process wrote the file, which has no name
                self._read.append(item)
                path = Path(item.name)
                yield ReadUnit(item.name, path, 0, len(item.article.body), item.article, item.is_rewritten)

    def next_read(self) -> SetAside:
        """Return the article of the next unit that `units` yielded."""
        return self._read.popleft()
