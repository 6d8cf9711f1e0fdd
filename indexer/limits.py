"""How much of what comes from outside is read: bounds on the memory and time that one file can take."""

from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What exceeds a bound is reported as a ReadError, never cut silently."""

    article_bytes: int = 5 * _MB
    """The largest file that is one article, and the largest chapter of a book. The longest articles of news archives
    have 200 KB."""

    records_bytes: int = 500 * _MB
    """The largest file of many articles that is read at once: EPUB, the seed format, JSON other than JSON lines, and
    what comes in UTF-16 or UTF-32. Reading takes some ten times as much memory."""

    one_record_bytes: int = 10 * _MB
    """The longest line of JSON lines, and the longest row of a table, in files of more than a megabyte. Such files
    are read piece by piece and may have any size. The longest article, escaped throughout, takes 6 MB."""

    article_characters: int = 1_000_000
    """The longest article, all its texts together. The longest Chinese novels have as many, a chapter never."""

    front_matter_characters: int = 16_000
    """The longest front matter; its parser takes half a second for as much of the worst."""

    depth: int = 200
    """How deep tags may nest in a page whose article is looked for; libxml2 drops what is deeper than 256. Of a page
    that nests deeper all text is read."""

    elements: int = 10_000
    """How many elements a page may have whose article is looked for, which takes more than linear time. Of a page with
    more all text is read."""

    chapters: int = 10_000
    """How many chapters of a book are read."""

    archive_members: int = 1_000_000
    """How many members of one archive are read."""

    archive_bytes: int = 200_000 * _MB
    """How much one archive may unpack to, all members together."""

    archive_ratio: int = 200
    """How many bytes one packed byte may unpack to, in members larger than `archive_ratio_from`. Deflated Chinese text
    seldom exceeds 4, logs 50; only bombs exceed this."""

    archive_ratio_from: int = 10 * _MB


DEFAULT_LIMITS = Limits()
