"""Benchmark of near-duplicate detection: precision of the groups of reprints, and recall of their pairs.

    python -m bench.reprints --articles FOLDER [--index INDEX]

Indexes the articles, groups reprints by their sketches, and compares the result with all pairs of articles. Two rules
that a person can apply by hand define a reprint:

  A  The bodies share half of the 14-character strings (letters and digits, folded) of the shorter one.
  B  The first 600 characters share half of these strings, and half of their numbers. They share nine tenths of the
     strings, unless the articles were published within three days, or within twelve hours by one source.
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

from .speed import describe_machine

MAX_GROUPS_CHECKED = 200
GROUPS_SHOWN = 12
TIMED_ARTICLES = 500
MAX_STRING_FREQUENCY = 100  # articles; more frequent strings do not make candidate pairs
Pair = tuple[int, int]
T = TypeVar("T")


def letters(text: str) -> str:
    """Return the folded letters and digits of a text."""
    return re.sub(r"[\W_]+", "", fold(text))


def overlap(first: str, second: str) -> float:
    """Return the share of 14-character strings that two texts have in common, of the text with fewer."""
    strings = [{text[start : start + 14] for start in range(len(text) - 13)} for text in (first, second)]
    return len(strings[0] & strings[1]) / (min(map(len, strings)) or 1)


def matches_rule_a(first: Article, second: Article) -> bool:
    """Return whether rule A holds for two articles."""
    bodies = letters(first.body), letters(second.body)
    return overlap(*bodies) >= 0.5 or bodies[0] == bodies[1]


def matches_rule_b(first: Article, second: Article) -> bool:
    """Return whether rule B holds for two articles."""
    openings = letters(first.body[:600]), letters(second.body[:600])
    if min(map(len, openings)) < 100:
        return fold(first.title + first.body).split() == fold(second.title + second.body).split()
    numbers = [set(re.findall(r"\d+", opening)) for opening in openings]
    same_numbers = 2 * len(numbers[0] & numbers[1]) >= min(map(len, numbers))
    max_gap = timedelta(hours=12) if first.source == second.source else timedelta(days=3)
    near = first.published and second.published and abs(first.published - second.published) <= max_gap
    return same_numbers and overlap(*openings) >= (0.5 if near else 0.9)


def pairs_by_rule_b(articles: Sequence[Article]) -> Iterator[Pair]:
    """Yield all pairs by rule B, from an index of all strings of the first 600 characters."""
    strings = [shingle_hashes(letters(article.body[:600])) for article in articles]
    all_strings = np.concatenate(strings)
    owners = np.repeat(np.arange(len(strings)), list(map(len, strings)))[np.argsort(all_strings, kind="stable")]
    _, starts, counts = np.unique(np.sort(all_strings, kind="stable"), return_index=True, return_counts=True)
    rare = (counts > 1) & (counts <= MAX_STRING_FREQUENCY)
    candidates = []
    for start, count in zip(starts[rare].tolist(), counts[rare].tolist(), strict=True):
        first, second = np.triu_indices(count, 1)
        candidates.append(owners[start + first] * len(strings) + owners[start + second])
    pairs, shared_strings = np.unique(np.concatenate(candidates), return_counts=True)
    for pair in pairs[shared_strings > 10].tolist():
        first_article, second_article = divmod(pair, len(strings))
        if matches_rule_b(articles[first_article], articles[second_article]):
            yield first_article, second_article


def pairs_by_sketch(articles: Sequence[StoredArticle]) -> Iterator[Pair]:
    """Yield the pairs whose sketches and fingerprints match, as `find_reprints` finds them."""
    by_value: dict[str, list[int]] = {}
    fingerprints = [ArticleFingerprint(stored.article) for stored in articles]
    for index, stored in enumerate(articles):
        shared_values = Counter(earlier for value in stored.sketch for earlier in by_value.get(value, ()))
        for earlier, common in shared_values.items():
            enough = common >= min(SHARED_VALUES, len(stored.sketch))
            if enough and fingerprints[index].is_reprint_of(fingerprints[earlier]):
                yield earlier, index
        for value in stored.sketch:
            by_value.setdefault(value, []).append(index)


def group_pairs(pairs: set[Pair], size: int) -> list[list[int]]:
    """Return groups of an article and its reprints, as a list of results collapses them.

    A reprint belongs to the first of its articles.
    """
    reprints: dict[int, list[int]] = {}
    for first, second in sorted(pairs):
        reprints.setdefault(first, []).append(second)
    grouped: set[int] = set()
    groups = []
    for index in range(size):
        ungrouped = [reprint for reprint in reprints.get(index, ()) if reprint not in grouped]
        if index not in grouped and ungrouped:
            grouped.update(ungrouped)
            groups.append([index, *ungrouped])
    return groups


def print_groups(groups: Sequence[Sequence[int]], articles: Sequence[Article]) -> None:
    """Print groups, with the overlap of each article and the first by rule A."""
    click.echo("\nSome groups, with the overlap of each article and the first by rule A:\n")
    for group in groups:
        first = articles[group[0]]
        for index in group:
            article = articles[index]
            share = overlap(letters(first.body), letters(article.body))
            day = f"{article.published:%Y-%m-%d}" if article.published else "undated"
            click.echo(f"- {share:.2f} {article.source} {day} {article.title[:40]}")
        click.echo()


def sample_evenly(items: Sequence[T], size: int) -> Sequence[T]:
    """Return at most `size` of the items, at equal distances."""
    return [items[number * len(items) // size] for number in range(size)] if len(items) > size else items


def cpu_milliseconds(task: Callable[[], object]) -> float:
    """Run a task, and return its processor time."""
    started = time.process_time()
    task()
    return (time.process_time() - started) * 1000


@click.command()
@click.option("--articles", "folder", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--index", type=click.Path(path_type=Path), help="Index of the articles, made if it does not exist.")
def main(folder: Path, index: Path | None) -> None:
    """Measure the precision, recall and speed of near-duplicate detection."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = IndexDirectory(index or Path(temporary) / "index")
        if not directory.exists():
            build_index(folder, directory.path)
        with closing(directory.open(Analyzer().fingerprint).reader()) as reader:
            stored = sorted(reader.articles(), key=lambda entry: entry.article.id)
            sample = sample_evenly(stored, TIMED_ARTICLES)
            lookup_ms = cpu_milliseconds(lambda: [find_reprints(entry, reader) for entry in sample]) / len(sample)
    articles = [entry.article for entry in stored]
    sketch_ms = cpu_milliseconds(lambda: [ArticleFingerprint(entry.article).sketch() for entry in sample]) / len(sample)
    pairs = set(pairs_by_sketch(stored))
    groups = group_pairs(pairs, len(articles))
    if not groups:
        raise click.UsageError(f"among the articles of {folder} there are no reprints")
    checked = sample_evenly(groups, MAX_GROUPS_CHECKED)
    correct = [
        sum(all(rule(articles[group[0]], articles[reprint]) for reprint in group[1:]) for group in checked)
        for rule in (matches_rule_a, matches_rule_b)
    ]
    expected = set(pairs_by_rule_b(articles))
    click.echo(
        f"{describe_machine()}\n\n{len(articles)} articles, {len(pairs)} pairs of reprints in {len(groups)} groups\n"
    )
    click.echo("| groups checked | right by rule A | right by rule B | pairs by rule B | of these found |")
    click.echo("|---|---|---|---|---|")
    rights = " | ".join(f"{groups_right / len(checked):.3f}" for groups_right in correct)
    recall = len(pairs & expected) / len(expected)
    click.echo(f"| {len(checked)} | {rights} | {len(expected)} | {recall:.3f} |\n")
    click.echo(f"CPU ms: {sketch_ms:.2f} to sketch an article, {lookup_ms:.2f} to look up its reprints")
    print_groups(sample_evenly(checked, GROUPS_SHOWN), articles)


if __name__ == "__main__":
    main()
