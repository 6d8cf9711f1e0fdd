"""Dates of a marked corpus of the People's Daily: 1,000 sentences, 976 mentions."""

import lzma
from collections.abc import Iterator

import pytest

from souwen.analysis.dates.mentions import extract_dates
from tests.conftest import SHARED

CORPUS = SHARED / "ner" / "peopledaily_1000_with_dates.bio.xz"


def sentences() -> Iterator[tuple[str, set[tuple[int, int]]]]:
    """Each text, with the ranges that are marked in it."""
    lines = lzma.decompress(CORPUS.read_bytes()).decode()
    for sentence in lines.strip().split("\n\n"):
        characters, tags = zip(*(line.split("\t") for line in sentence.split("\n")), strict=True)
        starts = [at for at, tag in enumerate(tags) if tag == "B-DATE"]
        ends = [next((at for at in range(start + 1, len(tags)) if tags[at] != "I-DATE"), len(tags)) for start in starts]
        yield "".join(characters).replace("␣", " "), set(zip(starts, ends, strict=True))


@pytest.mark.skipif(not CORPUS.exists(), reason="the marked corpus is not at hand")
@pytest.mark.parametrize("half", [0, 1])
def test_mentions_are_those_that_people_marked(half: int) -> None:
    right = found = marked = 0
    for text, ranges in list(sentences())[half::2]:
        mentions = {(mention.start, mention.end) for mention in extract_dates(text)}
        right, found, marked = right + len(mentions & ranges), found + len(mentions), marked + len(ranges)
    assert marked > 400
    assert 2 * right / (found + marked) >= 0.9
