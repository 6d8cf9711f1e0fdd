"""What finding names is worth and what it costs: python -m bench.entities [--ner FOLDER] [--articles FOLDER]

Prints F1 of exact names on the sentences held out of both labelled collections, of the rules alone and of the model
that sees them, and the processor time of both and of a whole article with and without names.
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
from .speed_peers import shuffled, unpacked

ROUNDS = 3
T = TypeVar("T")


def by_rules() -> Callable[[str], list[Span]]:
    """Finds what the rules see."""
    words = WordTable(Segmenter())

    def find(text: str) -> list[Span]:
        _, roles, starts = words.read(fold(text))
        return find_by_rules(roles, starts)

    return find


def by_model(text: str) -> list[Span]:
    """What souwen tells."""
    return [Span(name.start, name.end, name.kind) for name in extract_entities(text)]


def seconds(task: Callable[[T], object], things: Sequence[T]) -> float:
    """Processor time of doing it to all of them, the least of some rounds."""
    times = []
    for _ in range(ROUNDS):
        before = time.process_time()
        for thing in things:
            task(thing)
        times.append(time.process_time() - before)
    return min(times)


def quality(ner: Path) -> Iterable[str]:
    """F1 by collection and kind."""
    for name, find in (("rules", by_rules()), ("model", by_model)):
        for collection in COLLECTIONS:
            measured = splits(ner, collection)["test"]
            longer = [one._replace(names=frozenset(n for n in one.names if n.end - n.start > 1)) for one in measured]
            values = {**f1(measured, find), "without one-character names": f1(longer, find)["all"]}
            yield f"{name}, {collection}: " + ", ".join(f"{kind} {value:.3f}" for kind, value in values.items())


def cost(articles: list[Article]) -> Iterable[str]:
    """Milliseconds of processor an article, the words of the articles being known."""
    texts = [searchable_text(article) for article in articles]
    characters = sum(map(len, texts))
    for name, find in (("rules", by_rules()), ("model", by_model)):
        taken = seconds(find, texts)
        yield f"{name}: {1000 * taken / len(texts):.2f} ms an article, {characters / taken:,.0f} characters a second"
    whole, bare = Analyzer(), Analyzer(entities=False)
    with_names = 1000 * seconds(whole.analyze, articles) / len(articles)
    without = 1000 * seconds(bare.analyze, articles) / len(articles)
    yield (
        f"{len(articles)} articles of {characters / len(articles):.0f} characters: {with_names:.2f} ms each,"
        f" {without:.2f} without names"
    )


@click.command()
@click.option("--ner", default=SHARED / "ner", type=click.Path(path_type=Path, exists=True))
@click.option("--articles", default=SHARED / "corpora/news-20k.tar.xz", type=click.Path(path_type=Path, exists=True))
@click.option("--limit", default=1000, type=click.IntRange(min=1), help="So many articles.")
def main(ner: Path, articles: Path, limit: int) -> None:
    """Measure how names are found."""
    for line in quality(ner):
        click.echo(line)
    with unpacked(articles) as folder:
        found = (one for file in shuffled(folder) for one in read_file(file) if isinstance(one, Article))
        chosen = list(islice(found, limit))
    for line in cost(chosen):
        click.echo(line)


if __name__ == "__main__":
    main()
