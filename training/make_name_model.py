"""Write `model.npz`: what the names of people, places and organisations look like in their sentences.

Run `python -m training.make_name_model --ner FOLDER --articles ARCHIVE` (needs the `dev` extra), and commit the
result; raise NAMES_VERSION. `--ner` has the labelled sentences (see `labelled`), of each collection of which a fifth is
held out; `--articles` has plain ones, a tar archive of articles as text or HTML.

A teacher (see `name_teacher`) learns from the labelled sentences and labels the plain ones; the model learns from both.
Then it reads the articles, to tell which words it need not look at.
The same data gives the same file, up to the rounding of the machine's linear algebra.
"""

import argparse
import random
import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from souwen.analysis.names.features import FEATURE_BITS, KINDS, OUTSIDE, Features, features, labels_of
from souwen.analysis.names.finder import extract_entities
from souwen.analysis.names.model import LABELS, SLOT_BITS, name_model, signatures_of, slots_of
from souwen.analysis.names.rules import Span, ruled
from souwen.analysis.names.word_columns import Codes, Words
from souwen.analysis.names.word_columns import plain_words as known_plain_words
from souwen.analysis.text.fold import fold
from souwen.analysis.text.segmenter import Segmenter

from . import ANALYSIS
from .crf import FEATURES, LAST_RATE, LEARNING_RATE, NEVER, Example, Floats, Model, averaged, one_hot
from .labelled_sentences import COLLECTIONS, Sentence, f1, parts
from .name_teacher import Teacher

FILE = ANALYSIS / "names" / "model.npz"
SEEDS = (1, 2, 3)  # of models that are averaged: where they differ, it is by chance
FOLLOWED = "devtest"  # the collection whose conventions the model follows
# Kinds of features of which every other collection has its own, too: words, tags, characters and the rules' names.
PRIVATE = [
    *("spelling-1 place", "spelling place", "spelling+1 place"),
    *("tag size place", "tag-1 tag place", "last+1 tag place", "code+2", "code tag place"),
    *("rule-2", "rule+2", "rule-1 rule rule+1", "rule code", "rule length left", "rule first_word", "rule next_code"),
    *("rule word_before", "rule tag place"),
]
NONE = 1 << FEATURE_BITS  # stands for no feature; the private ones have greater numbers
ROUNDS = 8  # through the labelled sentences
TIMES_SEEN = 2  # at least, or a feature is left out
PLAIN_SENTENCES = 50_000
PLAIN_OF_A_FILE = 12
PLAIN_TIMES_SEEN = 3
PLAIN_ROUNDS = 1  # through the plain sentences; divides ROUNDS
PLAIN_AT_ONCE = 4_000
ARTICLE_PART = 4_000  # characters that are looked at together
STEPS = 40  # to a unit of weight
LEAST = 0.03  # weight that is kept
PLAIN_WORD_SEEN = 100  # times at least in the articles, for a word not to be looked at
PLAIN_WORD_NAMED = 0.003  # of these times, at most
_MARKUP = re.compile(r"<!--.*?-->|<[^>]*>|\]\([^)]*\)|&\w+;", re.DOTALL)
_SENTENCE = re.compile(r"[^。！？!?\n\r]{8,150}[。！？!?]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HAN_SHARE = 0.7  # of a sentence, at least


def _texts(articles: Path) -> Iterator[str]:
    """The files of an archive without their markup, in random order."""
    with tarfile.open(articles) as archive:
        files = {member.name: file.read() for member in archive if (file := archive.extractfile(member))}
    names = sorted(files)
    random.Random(SEEDS[0]).shuffle(names)  # noqa: S311 - the same each time is what is wanted
    for name in names:
        yield _MARKUP.sub("\n", files[name].decode("utf-8", "replace"))


def plain_sentences(articles: Path) -> list[str]:
    """Sentences of articles, some of each, folded."""
    found: dict[str, None] = {}
    for text in _texts(articles):
        chosen = [one.strip() for one in _SENTENCE.findall(text)[:PLAIN_OF_A_FILE]]
        found.update(dict.fromkeys(fold(one) for one in chosen if len(_HAN.findall(one)) >= _HAN_SHARE * len(one)))
        if len(found) >= PLAIN_SENTENCES:
            break
    return list(found)


def framed(texts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Sentences as they stand in articles: every other one after another sentence and before a new line. With each,
    how many characters were put before it."""
    for number, text in enumerate(texts):
        yield (f"。{text}\n", 1) if number % 2 else (text, 0)


def seen(text: str, words: Words) -> Features:
    """The features of all characters of a folded text."""
    reading = words.read(text)
    return features(text, reading, words.columns(reading), ruled(reading.bits, reading.starts))


class Lesson(NamedTuple):
    """A labelled sentence, framed."""

    text: str
    collection: str
    own: Features
    labels: Floats


def lessons(collection: str, sentences: list[Sentence], words: Words) -> Iterator[Lesson]:
    """Labelled sentences with their features and labels."""
    for (text, before), sentence in zip(framed(fold(one.text) for one in sentences), sentences, strict=True):
        spans = [Span(start + before, end + before, kind) for start, end, kind in sorted(sentence.names)]
        yield Lesson(text, collection, seen(text, words), one_hot(labels_of(spans, len(text))))


def _with_private(collection: str, keys: Codes) -> Codes:
    """With features that only this collection has, where its conventions are not those that the model is to follow."""
    private = np.full((len(PRIVATE), keys.shape[1]), NONE, np.uint32)
    if collection != FOLLOWED:
        private = keys[[KINDS.index(kind) for kind in PRIVATE]] + NONE
    return np.concatenate((keys, private))


def _often(sentences: Iterable[Codes], times: int) -> NDArray[np.bool_]:
    """Which features are seen so many times."""
    seen = np.zeros(FEATURES, np.int32)
    for keys in sentences:
        seen += np.bincount(keys.ravel(), minlength=len(seen)).astype(np.int32)
    often: NDArray[np.bool_] = seen >= times
    often[NONE] = False
    return often


def _rate(round_: int) -> float:
    return LEARNING_RATE * (1 - (1 - LAST_RATE) * round_ / ROUNDS)


def taught(certain: list[Lesson], plain: list[str], words: Words) -> Iterator[Example]:
    """Plain sentences, labelled by a teacher that has learnt from the `certain` ones."""
    teacher = Teacher()
    opinions = teacher.probabilities([lesson.text for lesson in certain])
    examples = [
        Example(np.concatenate((_with_private(collection, own.keys), teacher.features(opinion, own))), labels, True)
        for (_, collection, own, labels), opinion in zip(certain, opinions, strict=True)
    ]
    model = Model(_often((np.concatenate([one.keys for one in examples], axis=1),), TIMES_SEEN), SEEDS[0])
    for round_ in range(ROUNDS):
        model.learn(examples, _rate(round_))
    for first in range(0, len(plain), PLAIN_AT_ONCE):
        texts = [text for text, _ in framed(plain[first : first + PLAIN_AT_ONCE])]
        known = [seen(text, words) for text in texts]
        keys = [
            np.concatenate((_with_private(FOLLOWED, own.keys), teacher.features(opinion, own)))
            for own, opinion in zip(known, teacher.probabilities(texts), strict=True)
        ]
        for own, labels in zip(known, model.marginals(keys), strict=True):
            yield Example(_with_private(FOLLOWED, own.keys), labels, False)


def train(certain: list[Lesson], plain: list[Example]) -> Model:
    """The name model, before it is rounded."""
    examples = [Example(_with_private(collection, own.keys), labels, True) for _, collection, own, labels in certain]
    kept = _often((np.concatenate([one.keys for one in examples], axis=1),), TIMES_SEEN)
    for first in range(0, len(plain), PLAIN_AT_ONCE):
        some = plain[first : first + PLAIN_AT_ONCE]
        kept |= _often((np.concatenate([one.keys for one in some], axis=1),), PLAIN_TIMES_SEEN)
    models = [Model(kept, seed) for seed in SEEDS]
    for model in models:
        for round_ in range(ROUNDS):
            share = plain[round_ % (ROUNDS // PLAIN_ROUNDS) :: ROUNDS // PLAIN_ROUNDS]
            model.learn([*examples, *share], _rate(round_))
    return averaged(models)


def _rounded(weights: Floats) -> NDArray[np.int32]:
    return np.rint(weights * STEPS).clip(-127, 127).astype(np.int32)


def plain_words(articles: Path, words: Words) -> Codes:
    """The spellings of the words that the model may pass by: those that it has seen often in articles and hardly ever
    taken for a part of a name."""
    times: Counter[int] = Counter()
    named: Counter[int] = Counter()
    for text in _texts(articles):
        folded = fold(text)
        for at in range(0, len(folded), ARTICLE_PART):
            part = folded[at : at + ARTICLE_PART]
            starts = words.read(part).starts
            own = seen(part, words)
            spelling = own.value("spelling")[starts[:-1]]
            inside = np.logical_or.reduceat(name_model().labels(own, len(part)) != OUTSIDE, starts[:-1])
            times.update(spelling.tolist())
            named.update(spelling[inside].tolist())
    plain = [word for word, n in times.items() if n >= PLAIN_WORD_SEEN and named[word] <= PLAIN_WORD_NAMED * n]
    return np.array(sorted(plain), np.uint32)


def write(file: Path, model: Model, plain: Codes) -> None:
    """Write the tables of the model, and the words that it need not look at. Of the features that meet in a slot, the
    weightiest stays."""
    weight = np.abs(model.weights).max(axis=1)
    order = np.argsort(weight, kind="stable")
    order = order[(weight[order] >= LEAST) & (model.keys[order] < NONE)]
    rows = np.empty((len(order), LABELS + 1), np.uint8)
    rows[:, :LABELS] = _rounded(model.weights[order]) + 128
    rows[:, LABELS] = signatures_of(model.keys[order])
    table = np.zeros(1 << SLOT_BITS, "<u8")
    table[slots_of(model.keys[order])] = rows.view("<u8")[:, 0]  # the last of a slot stays
    slots = np.flatnonzero(table).astype("<u4")
    allowed = model.pairs()
    transitions = np.where(allowed <= NEVER, -1_000_000, np.rint(allowed * STEPS)).astype(np.int32)
    np.savez_compressed(file, slots=slots, rows=table[slots], transitions=transitions, plain=plain)
    name_model.cache_clear()
    known_plain_words.cache_clear()
    print(f"{len(slots):,} of {len(model.keys):,} features, {len(plain):,} plain words, {file.stat().st_size:,} bytes")


def found(text: str) -> list[Span]:
    """The names of a text, as `f1` wants them."""
    return [Span(name.start, name.end, name.kind) for name in extract_entities(text)]


def main() -> None:
    """Train, write the file beside this module, and print what it is worth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ner", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--tune", action="store_true", help="measure on the part to tune on, and do not learn from it")
    parser.add_argument("--only", choices=COLLECTIONS, help="learn from this collection only")
    options = parser.parse_args()
    of = {collection: parts(options.ner, collection) for collection in COLLECTIONS}
    words = Words(Segmenter())
    certain = [
        lesson
        for collection, part in of.items()
        if options.only in (None, collection)
        for lesson in lessons(collection, part["learnt"] + ([] if options.tune else part["tuned on"]), words)
    ]
    model = train(certain, list(taught(certain, plain_sentences(options.articles), words)))
    write(FILE, model, np.empty(0, np.uint32))
    write(FILE, model, plain_words(options.articles, words))
    for collection, part in of.items():
        values = f1(part["tuned on" if options.tune else "held out"], found)
        print(f"F1, {collection}:", ", ".join(f"{kind} {value:.4f}" for kind, value in values.items()))


if __name__ == "__main__":
    main()
