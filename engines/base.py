"""The contract: what every engine does for the rooms above."""

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
    """`size` is in bytes on disk; `parts` says what it is made of, such as "3 segments"."""

    articles: int
    size: int
    parts: str


class Reader(Protocol):
    """One committed state of an index, unchanged by later writing. Several threads may use it at once, none of them
    when it is closed."""

    def search(self, request: SearchRequest) -> SearchResult: ...

    def count(self, clause: Clause) -> int:
        """How many articles match."""
        ...

    def idfs(self, terms: Sequence[ScoringTerm]) -> list[float]:
        """The inverse document frequency of each term, 0 if no article has it."""
        ...

    def explain(self, key: int, terms: Sequence[ScoringTerm]) -> list[float]:
        """What each of the terms adds to the score of an article."""
        ...

    def vocabulary(self) -> list[tuple[str, int]]:
        """Words with the number of articles that have them, the most frequent first, of equals in order of the words:
        all, or the `frequent.MOST_WORDS` of most articles. Deleted articles may count in large indexes."""
        ...

    def values(self, field: KeywordField) -> Iterable[str]:
        """Every keyword of a field."""
        ...

    def fetch(self, keys: Sequence[int]) -> list[StoredArticle]:
        """The articles behind candidates of this reader, in the order of `keys`."""
        ...

    def find(self, article_id: str) -> StoredArticle | None: ...

    def articles(self) -> Iterator[StoredArticle]:
        """Every article, in an order of the engine's own."""
        ...

    def digests(self, article_ids: Sequence[str]) -> dict[str, str]:
        """The digests of those of these articles that the index has, by id."""
        ...

    def statistics(self) -> IndexStatistics: ...

    def check(self) -> None:
        """Reads the whole index. Raises IndexDamaged unless all is as it was written."""
        ...

    def close(self) -> None: ...


class Writer(Protocol):
    """A transaction: leaving the `with` block commits it, leaving it by an exception leaves the index as it was."""

    def put(self, prepared: Any) -> None:
        """Add an article that `Engine.prepare` of the same kind of engine made, in place of a committed one with the
        same id. An id can be put once in a transaction."""
        ...

    def delete(self, article_id: str) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Engine(Protocol):
    """One kind of index, bound to the folder it lives in."""

    def __init__(self, folder: Path) -> None: ...

    def create(self) -> None:
        """Make an empty index in the folder, which exists and is empty."""
        ...

    def remove(self) -> None:
        """Remove the index with its folder. What can't go yet, because it is in use or out of reach, stays together
        with the folder: this is called again."""
        ...

    def prepare(self, batch: Iterable[tuple[AnalyzedArticle, str]]) -> list[Any]:
        """Articles, given with their digests, as the writer takes them. Engine and result can be pickled: this may be
        done in other processes."""
        ...

    def commit(self) -> str:
        """A name for the last commit, as short as it is cheap: another commit, even of another index that was made in
        the same place, has another name."""
        ...

    def reader(self) -> Reader: ...

    def writer(self, memory: int = DEFAULT_WRITE_BUFFER) -> Writer:
        """A transaction. It gathers about `memory` bytes before it writes them to the disk."""
        ...
