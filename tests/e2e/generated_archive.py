"""Archives of generated articles."""

import random
import re
from collections.abc import Iterable
from pathlib import Path

from ..conftest import SEEDS

SENTENCES = [
    sentence for file in sorted(SEEDS.iterdir()) for sentence in re.findall(r"[^<>。]{8,60}。", file.read_text("utf-8"))
]


def write_articles(folder: Path, numbers: Iterable[int], edition: str = "版一", length: int = 1000) -> Path:
    """Write a file with one article of about `length` characters for each number; another edition has another text."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        rng = random.Random(f"{number} {edition}")
        sentences = [rng.choice(SENTENCES) for _ in range(max(1, length // 30))]
        rare = "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(length // 50))
        head = f"<!--{1_600_000_000_000 + number * 60_000}-->\n[标题{number}{edition}](https://a.b/{number})\n------\n"
        (folder / f"{number:06}.txt").write_text(f"{head}<p>{''.join(sentences)}</p><p>{rare}</p>\n", "utf-8")
    return folder


def article_ids(*folders: Path) -> set[str]:
    """Return the ids of generated articles, or of real ones in the seeds' format."""
    url = re.compile(r"^\[.*\]\((\S+)\)$", re.MULTILINE)
    return {
        match[1] for folder in folders for file in folder.iterdir() if (match := url.search(file.read_text("utf-8")))
    }
