"""Benchmark of pasted texts: how often a headline, sentence or paragraph of an article finds the article.

    python -m bench.pasted --articles FOLDER [--index DIR] [--texts N] [--misses]

Copies texts from the articles in a folder, with their punctuation, bylines, quotation marks and links as they stand,
and searches an index of the same articles for them. Without --index, it makes one. A text is found if the article or a
reprint of it is among the first ten results; an empty result without a note is silent.
"""

import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import click

from souwen.analysis import Article
from souwen.indexer import build_index
from souwen.indexer.readers import read_file
from souwen.query import Hit, Searcher

from .speed import describe_machine

SEED = 20230929
MIN_SENTENCE_LENGTH, MIN_PARAGRAPH_LENGTH, MAX_LENGTH = 10, 80, 5_000  # characters
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”」』’）)]*")


class PastedText(NamedTuple):
    """A text, and the id of the article that it was copied from."""

    text: str
    article_id: str


class Outcome(NamedTuple):
    """The rank of the article in the results for a text, 0 if it is not among the first ten."""

    text: PastedText
    rank: int
    is_silent: bool
    milliseconds: float


def _sentences(article: Article) -> list[str]:
    sentences = (sentence.strip() for sentence in _SENTENCE.findall(article.body))
    return [sentence for sentence in sentences if MIN_SENTENCE_LENGTH <= len(sentence) <= MAX_LENGTH]


def _paragraphs(article: Article) -> list[str]:
    paragraphs = (line.strip() for line in article.body.split("\n"))
    return [paragraph for paragraph in paragraphs if MIN_PARAGRAPH_LENGTH <= len(paragraph) <= MAX_LENGTH]


KINDS: dict[str, Callable[[Article], list[str]]] = {
    "headline": lambda article: [article.title] if article.title else [],
    "sentence": _sentences,
    "paragraph": _paragraphs,
    "article": lambda article: [article.body[:MAX_LENGTH]] if len(article.body) > MIN_PARAGRAPH_LENGTH else [],
}


def draw(articles: Sequence[Article], kind: str, number: int, rng: random.Random) -> Iterator[PastedText]:
    """Yield texts of a kind, each from another article."""
    texts = (
        PastedText(rng.choice(choices), article.id)
        for article in rng.sample(articles, len(articles))
        if (choices := KINDS[kind](article))
    )
    for _, text in zip(range(number), texts, strict=False):
        yield text


def search(searcher: Searcher, text: PastedText) -> Outcome:
    """Search for a text."""
    started = time.perf_counter()
    results = searcher.search(text.text, limit=10)
    milliseconds = (time.perf_counter() - started) * 1000
    copies = {text.article_id, *(reprint.id for reprint in searcher.reprints(text.article_id) or ())}
    rank = next((hit.rank for hit in results if not copies.isdisjoint(_ids(hit))), 0)
    return Outcome(text, rank, not results.total and not results.notes, milliseconds)


def _ids(hit: Hit) -> set[str]:
    return {hit.id, *(reprint.id for reprint in hit.reprints)}


def row(kind: str, outcomes: Sequence[Outcome]) -> str:
    """Return a row of the table."""
    times = [outcome.milliseconds for outcome in outcomes]
    found = sum(outcome.rank > 0 for outcome in outcomes) / len(outcomes)
    first = sum(outcome.rank == 1 for outcome in outcomes) / len(outcomes)
    length = median(len(outcome.text.text) for outcome in outcomes)
    silent = sum(outcome.is_silent for outcome in outcomes)
    p95 = quantiles(times, n=20, method="inclusive")[-1]
    return (
        f"| {kind} | {len(outcomes)} | {length:.0f} | {found:.1%} | {first:.1%} | {silent} "
        f"| {median(times):.1f} / {p95:.1f} |"
    )


def measure(searcher: Searcher, articles: Sequence[Article], number: int, show_misses: bool) -> None:
    """Search for texts of all kinds, and print the table."""
    rng = random.Random(SEED)  # noqa: S311
    everything: list[Outcome] = []
    lines = [
        "| texts | number | characters | found | first | silent | ms, p50 / p95 |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        texts = list(draw(articles, kind, number // len(KINDS), rng))
        search(searcher, texts[0])  # loads dictionaries
        outcomes = [search(searcher, text) for text in texts]
        everything += outcomes
        lines.append(row(kind, outcomes))
        for outcome in outcomes:
            if show_misses and not outcome.rank:
                click.echo(f"{kind} of {outcome.text.article_id}: {outcome.text.text}\n", err=True)
    click.echo("\n".join([*lines, row("all", everything)]))


@click.command()
@click.option("--articles", "folder", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--index", type=click.Path(exists=True, path_type=Path), help="An index of these articles.")
@click.option("--texts", default=500, show_default=True, help="Number of texts, of all kinds together.")
@click.option("--misses", is_flag=True, help="Print the texts that did not find their article.")
def main(folder: Path, index: Path | None, texts: int, misses: bool) -> None:
    """Search for texts that are copied from articles."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sample = random.Random(SEED).sample(files, min(len(files), 5 * texts))  # noqa: S311
    articles = [item for path in sample for item in read_file(path) if isinstance(item, Article)]
    click.echo(f"{describe_machine()}\n")
    with tempfile.TemporaryDirectory() as made:
        if index is None:
            index = Path(made) / "index"
            build_index([folder], index)
        with Searcher(index) as searcher:
            statistics = searcher.statistics()
            click.echo(f"{statistics.articles} articles, {statistics.engine}\n")
            measure(searcher, articles, texts, misses)


if __name__ == "__main__":
    main()
