"""Date mentions in an annotated corpus of the People's Daily: 1,000 sentences, 976 mentions."""

import lzma
from collections.abc import Iterator

import pytest

from souwen.analysis.dates.mentions import extract_dates
from tests.conftest import SHARED

CORPUS = SHARED / "ner" / "peopledaily_1000_with_dates.bio.xz"


def sentences() -> Iterator[tuple[str, set[tuple[int, int]]]]:
    """Yield each text with its annotated ranges."""
    lines = lzma.decompress(CORPUS.read_bytes()).decode()
    for sentence in lines.strip().split("\n\n"):
        characters, tags = zip(*(line.split("\t") for line in sentence.split("\n")), strict=True)
        starts = [i for i, tag in enumerate(tags) if tag == "B-DATE"]
        ends = [next((i for i in range(start + 1, len(tags)) if tags[i] != "I-DATE"), len(tags)) for start in starts]
        yield "".join(characters).replace("␣", " "), set(zip(starts, ends, strict=True))


@pytest.mark.skipif(not CORPUS.exists(), reason="the annotated corpus is not available")
@pytest.mark.parametrize("half", [0, 1])
def test_f1_of_date_mentions(half: int) -> None:
    correct = predicted = annotated = 0
    for text, ranges in list(sentences())[half::2]:
        mentions = {(mention.start, mention.end) for mention in extract_dates(text)}
        correct += len(mentions & ranges)
        predicted += len(mentions)
        annotated += len(ranges)
    assert annotated > 400
    assert 2 * correct / (predicted + annotated) >= 0.9
