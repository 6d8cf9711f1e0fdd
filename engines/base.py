"""The contract of an engine: the protocols `Engine`, `Reader` and `Writer`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from typing_extensions import Self

from ..analysis import AnalyzedArticle
from .clauses import Clause, ScoringTerm, SearchRequest, SearchResult
from .fields import KeywordField
from .stored_article import StoredArticle

DEFAULT_WRITE_BUFFER = 256 << 20  # bytes


@dataclass(frozen=True, slots=True)
class IndexStatistics:
    """Statistics of an index. `size` is in bytes on disk; `parts` describes its structure, such as "3 segments"."""

    articles: int
    size: int
    parts: str


class ArticleReader(Protocol):
    """The stored articles of an index at one commit. It also reads indexes of the former format."""

    def articles(self) -> Iterator[StoredArticle]:
        """Yield every article. Each engine has its own order."""
        ...

    def statistics(self) -> IndexStatistics:
        """Return the statistics of the index at this commit."""
        ...

    def close(self) -> None:
        """Release the files and connections."""
        ...


class Reader(ArticleReader, Protocol):
    """A snapshot of an index at one commit; later commits do not change it.

    Several threads may use it at once, but none while or after it is closed.
    """

    def search(self, request: SearchRequest) -> SearchResult:
        """Return the first matches of a request, with counts."""
        ...

    def count(self, clause: Clause) -> int:
        """Return the number of articles that match."""
        ...

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return the idf (inverse document frequency) of each term, 0 if no article has it."""
        ...

    def explain(self, key: int, terms: Sequence[ScoringTerm]) -> list[float]:
        """Return the amount that each of the terms adds to the score of an article."""
        ...

    def vocabulary(self) -> list[tuple[str, int]]:
        """Return words with their document frequencies: the most frequent first, equally frequent ones in order.

        At most `top_terms.MAX_VOCABULARY` words, those in most articles. Large indexes may count deleted articles, too.
        """
        ...

    def values(self, field: KeywordField) -> Iterable[str]:
        """Return every keyword of a field."""
        ...

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        """Return the articles of candidates of this reader, in the order of `keys`."""
        ...

    def find(self, article_id: str) -> StoredArticle | None:
        """Return the article with this id, None if there is none."""
        ...

    def digests(self, article_ids: Sequence[str]) -> dict[str, str]:
        """Return id → digest of those of these articles that the index has."""
        ...

    def check(self) -> None:
        """Read the whole index.

        Raises:
            IndexDamaged: Something is not as it was written.
        """
        ...


class Writer(Protocol):
    """A transaction. Leaving the `with` block commits it; an exception leaves the index as it was."""

    def put(self, prepared: Any, replaces: int | None = None) -> None:
        """Add an article that `Engine.prepare` of the same kind of engine made.

        It replaces a committed article with the same id. `replaces` is the number of the article with the same id that
        this transaction has already put, if any: 0 for its first article, 1 for the second.
        """
        ...

    def delete(self, article_id: str) -> None:
        """Delete the committed article with this id, if there is one."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Engine(Protocol):
    """One kind of index, bound to the folder it lives in."""

    def __init__(self, folder: Path) -> None: ...

    def create(self) -> None:
        """Create an empty index in the folder, which exists and is empty."""
        ...

    def remove(self) -> None:
        """Remove the index and its folder.

        Files that are in use, or a server that cannot be reached, may prevent that. Then the folder stays, and a later
        call tries again.
        """
        ...

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[Any]:
        """Return pairs of article and digest in the form that `Writer.put` takes.

        Engine and result can be pickled, so that other processes may do this.
        """
        ...

    def commit_id(self) -> str:
        """Return a short name of the last commit, without opening the index.

        Every commit has another name, even that of another index made in the same folder.
        """
        ...

    def reader(self) -> Reader:
        """Open the last commit."""
        ...

    def article_reader(self) -> ArticleReader:
        """Open the stored articles of the last commit, also of an index of the former format."""
        ...

    def writer(self, memory: int = DEFAULT_WRITE_BUFFER) -> Writer:
        """Begin a transaction. It buffers about `memory` bytes before it writes to the disk."""
        ...
