"""Upper bounds on the memory and time that one untrusted file can take."""

from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what a file may hold. Readers report what exceeds one as a ReadError and never truncate silently."""

    article_bytes: int = 5 * _MB
    """Largest file that holds one article, and largest chapter of a book. The longest articles of news archives have
    200 KB."""

    whole_file_bytes: int = 500 * _MB
    """Largest file of many articles that is read at once: EPUB, the seed format, JSON other than JSON lines, and any
    file in UTF-16 or UTF-32. Reading takes about ten times as much memory."""

    record_bytes: int = 10 * _MB
    """Longest line of JSON lines and longest row of a delimited file, in files of more than a megabyte. Such files are
    read in chunks and may have any size. The longest article takes 6 MB if every character is escaped."""

    article_characters: int = 1_000_000
    """Longest article, with all its fields. The longest Chinese novels have as many characters, a chapter never."""

    front_matter_characters: int = 16_000
    """Longest front matter. The YAML parser takes half a second for this much of the worst input."""

    html_depth: int = 200
    """Deepest nesting of tags in a page whose article is looked for. libxml2 drops what is deeper than 256. All text of
    a deeper page is read."""

    book_chapters: int = 10_000
    """Most chapters that are read of a book."""

    archive_members: int = 1_000_000
    """Most members of one archive."""

    archive_bytes: int = 200_000 * _MB
    """Most bytes that one archive may unpack to, over all members."""

    archive_ratio: int = 200
    """Most bytes that one packed byte may unpack to, in members larger than `archive_ratio_min_bytes`. Deflated Chinese
    text seldom exceeds 4, logs 50; only decompression bombs exceed this."""

    archive_ratio_min_bytes: int = 10 * _MB
    """Unpacked size from which `archive_ratio` applies."""

    read_seconds: int = 30
    """Most seconds that reading and analyzing a small file may take. Most take a hundredth of a second."""

    read_seconds_per_mb: int = 60
    """Seconds for each MB of a file, in addition. An idle machine takes three."""

    read_memory: int = 400 * _MB
    """Most bytes of memory that reading and analyzing a small file may take, on Linux. Other systems enforce no
    bound."""

    read_memory_per_byte: int = 60
    """Bytes of memory for each byte of a file, in addition. Files of many articles take thirty."""

    def seconds(self, size: int) -> float:
        """Return the most seconds that reading a file of `size` bytes may take."""
        return self.read_seconds + self.read_seconds_per_mb * size / _MB

    def memory(self, size: int) -> int:
        """Return the most bytes of memory that reading a file of `size` bytes may take."""
        return self.read_memory + self.read_memory_per_byte * size


DEFAULT_LIMITS = Limits()
