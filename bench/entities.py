"""Benchmark of name recognition: quality and processor time.

    python -m bench.entities [--ner FOLDER] [--articles FOLDER]

Prints the F1 of exact names on the held-out sentences of both labelled collections, for the rules alone and for the
model, which uses the rules; then the processor time of both, and of analyzing an article with and without names.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import click

from souwen.analysis import Analyzer, Article, Segmenter, searchable_text
from souwen.analysis.names.finder import extract_entities
from souwen.analysis.names.rules import Span, find_by_rules
from souwen.analysis.names.word_table import WordTable
from souwen.analysis.text.fold import fold
from souwen.indexer.readers import read_file
from training.labeled_sentences import COLLECTIONS, f1, splits

from .speed import SHARED
from .speed_peers import shuffled_files, unpack

ROUNDS = 3
T = TypeVar("T")


def make_rule_finder() -> Callable[[str], list[Span]]:
    """Return a function that finds names with the rules alone."""
    words = WordTable(Segmenter())

    def find(text: str) -> list[Span]:
        _, roles, starts = words.read(fold(text))
        return find_by_rules(roles, starts)

    return find


def find_with_model(text: str) -> list[Span]:
    """Find names with the model, as souwen does."""
    return [Span(name.start, name.end, name.kind) for name in extract_entities(text)]


def processor_seconds(task: Callable[[T], object], inputs: Sequence[T]) -> float:
    """Return the processor time of a task for all inputs, the minimum of `ROUNDS` rounds."""
    times = []
    for _ in range(ROUNDS):
        before = time.process_time()
        for value in inputs:
            task(value)
        times.append(time.process_time() - before)
    return min(times)


def quality(ner: Path) -> Iterable[str]:
    """Yield lines with the F1 by collection and kind."""
    for name, find in (("rules", make_rule_finder()), ("model", find_with_model)):
        for collection in COLLECTIONS:
            sentences = splits(ner, collection)["test"]
            longer = [
                sentence._replace(names=frozenset(name for name in sentence.names if name.end - name.start > 1))
                for sentence in sentences
            ]
            values = {**f1(sentences, find), "without one-character names": f1(longer, find)["all"]}
            yield f"{name}, {collection}: " + ", ".join(f"{kind} {value:.3f}" for kind, value in values.items())


def cost(articles: list[Article]) -> Iterable[str]:
    """Yield lines with the processor time per article, after the segmenter has cached the words of the articles."""
    texts = [searchable_text(article) for article in articles]
    characters = sum(map(len, texts))
    for name, find in (("rules", make_rule_finder()), ("model", find_with_model)):
        seconds = processor_seconds(find, texts)
        per_article = 1000 * seconds / len(texts)
        yield f"{name}: {per_article:.2f} ms an article, {characters / seconds:,.0f} characters a second"
    with_names = 1000 * processor_seconds(Analyzer().analyze, articles) / len(articles)
    without = 1000 * processor_seconds(Analyzer(entities=False).analyze, articles) / len(articles)
    yield (
        f"{len(articles)} articles of {characters / len(articles):.0f} characters: {with_names:.2f} ms each,"
        f" {without:.2f} without names"
    )


@click.command()
@click.option("--ner", default=SHARED / "ner", type=click.Path(path_type=Path, exists=True))
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--limit", default=1000, type=click.IntRange(min=1), help="Number of articles.")
def main(ner: Path, articles: Path, limit: int) -> None:
    """Measure the quality and the speed of name recognition."""
    for line in quality(ner):
        click.echo(line)
    with unpack(articles) as folder:
        records = (record for file in shuffled_files(folder) for record in read_file(file))
        articles_read = list(islice((record for record in records if isinstance(record, Article)), limit))
    for line in cost(articles_read):
        click.echo(line)


if __name__ == "__main__":
    main()
