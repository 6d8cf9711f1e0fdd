"""Versions of an article: which one is newest, and whether two records with the same id are the same article."""

import hashlib
from enum import Enum, auto
from typing import NamedTuple

from ..analysis import Article

# The range of SQLite's integers: from 1677 to 2262. Earlier dates are equal.
_MIN_NS, _MAX_NS = -(1 << 63), (1 << 63) - 1


class Version(NamedTuple):
    """The age of a version of an article. The greater version is the newer one.

    `dated_ns` is the time of the crawl, else that of publication, else that of the file; `modified_ns` is the time of
    the file. Both are in nanoseconds since 1970.
    """

    dated_ns: int
    modified_ns: int

    @classmethod
    def of(cls, article: Article, modified_ns: int) -> "Version":
        """Return the version of an article in a file that was modified at `modified_ns`."""
        date = article.crawled or article.published
        dated_ns = int(date.timestamp()) * 1_000_000_000 if date else modified_ns
        return cls(max(_MIN_NS, min(dated_ns, _MAX_NS)), modified_ns)


class Identity(NamedTuple):
    """Hashes of what identifies an article apart from its id: URL, title with date, and body. 0 stands for none."""

    url: int
    title: int
    body: int

    @classmethod
    def of(cls, article: Article) -> "Identity":
        """Return the identity of an article."""
        title = f"{article.title}\n{article.published or ''}" if article.title else ""
        return cls(hash64(article.url), hash64(title), hash64(article.body))

    @property
    def content(self) -> str:
        """A hash of title, date and body."""
        return f"{hash64(f'{self.title} {self.body}') & (1 << 64) - 1:016x}"

    def is_same_article(self, other: "Identity") -> bool:
        """Return whether two records with the same id are versions of one article.

        They are if they have the same URL, the same title and date, or the same body. An identity of zeros is unknown,
        and equals every other.
        """
        if not any(self) or not any(other):
            return True
        return any(mine == theirs and mine for mine, theirs in zip(self, other, strict=True))


class Supply(Enum):
    """How the manifest takes an article that a file contains."""

    NEW = auto()  # the file supplies the article, which was unknown
    TAKEN = auto()  # the file supplies the article from now on, or again
    KEPT = auto()  # another version is newer
    SHARED_ID = auto()  # another article has the id


def hash64(text: str) -> int:
    """Return a 64-bit hash of a text, the same in every run; 0 if the text is empty."""
    if not text:
        return 0
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
