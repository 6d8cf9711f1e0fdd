"""How well reprints are found: python -m bench.reprints --articles FOLDER [--index INDEX]

Indexes the articles, and prints the groups of reprints that their sketches make, how many are right, and how many pairs
are found of those that comparing all articles with all others finds. Everything is checked by
rules that a person can apply with two texts and a pencil:

  A  of the 14-character strings (letters and digits, folded) that the bodies have, half of the shorter's stand in the
     other
  B  the same of the first 600 characters, and half of their numbers; nine tenths of the strings unless published within
     three days, or within twelve hours by one source
"""

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import click
import numpy as np

from souwen.analysis import SHARED_VALUES, Analyzer, Article, ArticleFingerprint, fold
from souwen.analysis.near_duplicates import shingle_hashes
from souwen.engines import IndexDirectory, StoredArticle
from souwen.indexer import build_index
from souwen.query.near_duplicates import find_reprints

from .speed import machine

GROUPS = 200  # that are checked
SHOWN = 12  # of these
COST = 500  # articles that are timed
FAMILY = 100  # articles that have a string; pairs are looked for by strings that fewer have
Pair = tuple[int, int]
T = TypeVar("T")


def letters_of(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


def shared(one: str, other: str) -> float:
    """The share of the 14-character strings of the text with fewer that the other has, too."""
    strings = [{text[at : at + 14] for at in range(len(text) - 13)} for text in (one, other)]
    return len(strings[0] & strings[1]) / (min(map(len, strings)) or 1)


def by_rule_a(one: Article, other: Article) -> bool:
    bodies = letters_of(one.body), letters_of(other.body)
    return shared(*bodies) >= 0.5 or bodies[0] == bodies[1]


def by_rule_b(one: Article, other: Article) -> bool:
    openings = letters_of(one.body[:600]), letters_of(other.body[:600])
    if min(map(len, openings)) < 100:
        return fold(one.title + one.body).split() == fold(other.title + other.body).split()
    numbers = [set(re.findall(r"\d+", opening)) for opening in openings]
    same_numbers = 2 * len(numbers[0] & numbers[1]) >= min(map(len, numbers))
    far = timedelta(hours=12) if one.source == other.source else timedelta(days=3)
    near = one.published and other.published and abs(one.published - other.published) <= far
    return same_numbers and shared(*openings) >= (0.5 if near else 0.9)


def brute_force(articles: Sequence[Article]) -> Iterator[Pair]:
    """All pairs by rule B, from an index of all strings of all openings."""
    strings = [shingle_hashes(letters_of(article.body[:600])) for article in articles]
    every = np.concatenate(strings)
    owners = np.repeat(np.arange(len(strings)), list(map(len, strings)))[np.argsort(every, kind="stable")]
    _, starts, counts = np.unique(np.sort(every, kind="stable"), return_index=True, return_counts=True)
    few = (counts > 1) & (counts <= FAMILY)
    together = []
    for start, count in zip(starts[few].tolist(), counts[few].tolist(), strict=True):
        first, second = np.triu_indices(count, 1)
        together.append(owners[start + first] * len(strings) + owners[start + second])
    pairs, seen = np.unique(np.concatenate(together), return_counts=True)
    for pair in pairs[seen > 10].tolist():
        one, other = divmod(pair, len(strings))
        if by_rule_b(articles[one], articles[other]):
            yield one, other


def by_sketches(articles: Sequence[StoredArticle]) -> Iterator[Pair]:
    """All pairs whose sketches have enough in common and whose openings are the same, as `find_reprints` finds them."""
    having: dict[str, list[int]] = {}
    openings = [ArticleFingerprint(stored.article) for stored in articles]
    for place, stored in enumerate(articles):
        known = Counter(before for value in stored.sketch for before in having.get(value, ()))
        for before, common in known.items():
            enough = common >= min(SHARED_VALUES, len(stored.sketch))
            if enough and openings[place].is_reprint_of(openings[before]):
                yield before, place
        for value in stored.sketch:
            having.setdefault(value, []).append(place)


def grouped(pairs: set[Pair], size: int) -> list[list[int]]:
    """Each article with those after it that are reprints of it and of none before, as a list of results folds them."""
    after: dict[int, list[int]] = {}
    for one, other in sorted(pairs):
        after.setdefault(one, []).append(other)
    taken: set[int] = set()
    groups = []
    for place in range(size):
        others = [other for other in after.get(place, ()) if other not in taken]
        if place not in taken and others:
            taken.update(others)
            groups.append([place, *others])
    return groups


def show(groups: Sequence[Sequence[int]], articles: Sequence[Article]) -> None:
    click.echo("\nSome groups, with what each shares with the first by rule A:\n")
    for group in groups:
        first = articles[group[0]]
        for place in group:
            article = articles[place]
            share = shared(letters_of(first.body), letters_of(article.body))
            day = f"{article.published:%Y-%m-%d}" if article.published else "undated"
            click.echo(f"- {share:.2f} {article.source} {day} {article.title[:40]}")
        click.echo()


def spread(items: Sequence[T], most: int) -> Sequence[T]:
    """Up to `most` of the items, from all over."""
    return [items[place * len(items) // most] for place in range(most)] if len(items) > most else items


def milliseconds(do: Callable[[], object]) -> float:
    """CPU time."""
    started = time.process_time()
    do()
    return (time.process_time() - started) * 1000


@click.command()
@click.option("--articles", "folder", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--index", type=click.Path(path_type=Path), help="An index of them, which is made if there is none.")
def main(folder: Path, index: Path | None) -> None:
    """Measure how well reprints are found."""
    with tempfile.TemporaryDirectory() as made:
        directory = IndexDirectory(index or Path(made) / "index")
        if not directory.exists():
            build_index(folder, directory.path)
        with closing(directory.open(Analyzer().fingerprint).reader()) as reader:
            stored = sorted(reader.articles(), key=lambda each: each.article.id)
            some = spread(stored, COST)
            asking = milliseconds(lambda: [find_reprints(each, reader) for each in some]) / len(some)
    articles = [each.article for each in stored]
    sketching = milliseconds(lambda: [ArticleFingerprint(each.article).sketch() for each in some]) / len(some)
    found = set(by_sketches(stored))
    groups = grouped(found, len(articles))
    if not groups:
        raise click.UsageError(f"among the articles of {folder} there are no reprints")
    checked = spread(groups, GROUPS)
    by_rules = [
        sum(all(rule(articles[group[0]], articles[other]) for other in group[1:]) for group in checked)
        for rule in (by_rule_a, by_rule_b)
    ]
    expected = set(brute_force(articles))
    click.echo(f"{machine()}\n\n{len(articles)} articles, {len(found)} pairs of reprints in {len(groups)} groups\n")
    click.echo("| groups checked | right by rule A | right by rule B | pairs by rule B | of these found |")
    click.echo("|---|---|---|---|---|")
    rights = " | ".join(f"{right / len(checked):.3f}" for right in by_rules)
    recall = len(found & expected) / len(expected)
    click.echo(f"| {len(checked)} | {rights} | {len(expected)} | {recall:.3f} |\n")
    click.echo(f"CPU ms: {sketching:.2f} a sketch, {asking:.2f} to ask for the reprints of an article")
    show(spread(checked, SHOWN), articles)


if __name__ == "__main__":
    main()
