"""Write `model.npz`: the weights of the model that finds the names of people, places and organisations.

Run `python -m training.make_name_model --ner FOLDER --articles ARCHIVE` (needs the `dev` extra), commit the result and
raise NAMES_VERSION. `--ner` holds the labeled sentences (see `labeled_sentences`); a fifth of each collection is the
test set. `--articles` holds unlabeled text, a tar archive of articles as text or HTML.

A teacher (see `name_teacher`) is trained on the labeled sentences and labels the unlabeled ones; the model is trained
on both (knowledge distillation). Then the model reads the articles to find the words that it can skip.
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

from souwen.analysis.names import word_table
from souwen.analysis.names.features import FEATURE_BITS, OUTSIDE, TEMPLATES, Features, extract_features, span_labels
from souwen.analysis.names.finder import extract_entities
from souwen.analysis.names.model import LABEL_COUNT, SLOT_BITS, name_model, signatures_of, slots_of
from souwen.analysis.names.rules import Span, find_by_rules
from souwen.analysis.names.word_table import UInt32Array, WordTable
from souwen.analysis.text.fold import fold
from souwen.analysis.text.segmenter import Segmenter

from . import ANALYSIS
from .crf import (
    FEATURE_COUNT,
    FINAL_RATE_FACTOR,
    FORBIDDEN,
    LEARNING_RATE,
    Example,
    FloatArray,
    Model,
    average,
    one_hot,
)
from .labeled_sentences import COLLECTIONS, Sentence, f1, splits
from .name_teacher import Teacher

FILE = ANALYSIS / "names" / "model.npz"
SEEDS = (1, 2, 3)  # one for each of the models that are averaged, which reduces random variation
MAIN_COLLECTION = "devtest"  # the collection whose annotation conventions the model follows
# Templates of which every other collection has private copies: words, tags, characters and the names of the rules.
PRIVATE_TEMPLATES = [
    *("spelling-1 place", "spelling place", "spelling+1 place"),
    *("tag size place", "tag-1 tag place", "last+1 tag place", "code+2", "code tag place"),
    *("rule-2", "rule+2", "rule-1 rule rule+1", "rule code", "rule length left", "rule first_word", "rule next_code"),
    *("rule word_before", "rule tag place"),
]
NO_FEATURE = 1 << FEATURE_BITS  # padding; private features have greater numbers
EPOCHS = 8  # over the labeled sentences
MIN_OCCURRENCES = 2  # of a feature in labeled sentences
MAX_UNLABELED_SENTENCES = 50_000  # stops at the file that reaches it
MAX_SENTENCES_PER_FILE = 12
MIN_UNLABELED_OCCURRENCES = 3  # of a feature in one chunk of unlabeled sentences
UNLABELED_EPOCHS = 1  # over the unlabeled sentences; divides EPOCHS
CHUNK_SIZE = 4_000  # unlabeled sentences that are processed together
BLOCK_SIZE = 4_000  # characters of an article that are processed together
WEIGHT_SCALE = 40  # integer steps to a unit of weight
MIN_WEIGHT = 0.03  # features with smaller weights are dropped
MIN_SKIPPABLE_OCCURRENCES = 100  # of a word in the articles
MAX_SKIPPABLE_NAME_SHARE = 0.003  # of these occurrences
_MARKUP = re.compile(r"<!--.*?-->|<[^>]*>|\]\([^)]*\)|&\w+;", re.DOTALL)
_SENTENCE = re.compile(r"[^。！？!?\n\r]{8,150}[。！？!?]")
_HAN = re.compile("[\u4e00-\u9fff]")
_MIN_HAN_SHARE = 0.7  # of the characters of a sentence


def _texts(articles: Path) -> Iterator[str]:
    """Yield the files of an archive without their markup, in random order."""
    with tarfile.open(articles) as archive:
        files = {member.name: file.read() for member in archive if (file := archive.extractfile(member))}
    names = sorted(files)
    random.Random(SEEDS[0]).shuffle(names)  # noqa: S311 - reproducible on purpose
    for name in names:
        yield _MARKUP.sub("\n", files[name].decode("utf-8", "replace"))


def unlabeled_sentences(articles: Path) -> list[str]:
    """Return distinct folded sentences of articles, a few of each article."""
    sentences: dict[str, None] = {}
    for text in _texts(articles):
        candidates = [sentence.strip() for sentence in _SENTENCE.findall(text)[:MAX_SENTENCES_PER_FILE]]
        sentences.update(
            dict.fromkeys(
                fold(sentence)
                for sentence in candidates
                if len(_HAN.findall(sentence)) >= _MIN_HAN_SHARE * len(sentence)
            )
        )
        if len(sentences) >= MAX_UNLABELED_SENTENCES:
            break
    return list(sentences)


def with_context(sentences: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield sentences as they occur in articles: every second one after a full stop and before a line break.

    Each comes with the number of characters that were put before it.
    """
    for i, sentence in enumerate(sentences):
        yield (f"。{sentence}\n", 1) if i % 2 else (sentence, 0)


def text_features(text: str, words: WordTable) -> Features:
    """Return the features of all characters of a folded text."""
    sequence = words.read(text)
    rule_spans = find_by_rules(sequence.roles, sequence.starts)
    return extract_features(text, sequence, words.attributes(sequence), rule_spans)


class GoldSentence(NamedTuple):
    """A labeled sentence with its context, its features and its labels as probabilities."""

    text: str
    collection: str
    features: Features
    label_probabilities: FloatArray


def gold_sentences(collection: str, sentences: list[Sentence], words: WordTable) -> Iterator[GoldSentence]:
    """Yield the labeled sentences of a collection with their features and labels."""
    texts = with_context(fold(sentence.text) for sentence in sentences)
    for (text, offset), sentence in zip(texts, sentences, strict=True):
        spans = [Span(start + offset, end + offset, kind) for start, end, kind in sorted(sentence.names)]
        labels = one_hot(span_labels(spans, len(text)))
        yield GoldSentence(text, collection, text_features(text, words), labels)


def _with_private(collection: str, keys: UInt32Array) -> UInt32Array:
    """Return the features with private copies, which absorb annotation conventions that the model must not follow.

    The main collection has padding in their place.
    """
    private = np.full((len(PRIVATE_TEMPLATES), keys.shape[1]), NO_FEATURE, np.uint32)
    if collection != MAIN_COLLECTION:
        private = keys[[TEMPLATES.index(template) for template in PRIVATE_TEMPLATES]] + NO_FEATURE
    return np.concatenate((keys, private))


def _frequent_features(sentences: Iterable[UInt32Array], min_occurrences: int) -> NDArray[np.bool_]:
    """Return for each feature if it occurs at least `min_occurrences` times."""
    occurrences = np.zeros(FEATURE_COUNT, np.int32)
    for keys in sentences:
        occurrences += np.bincount(keys.ravel(), minlength=len(occurrences)).astype(np.int32)
    is_frequent: NDArray[np.bool_] = occurrences >= min_occurrences
    is_frequent[NO_FEATURE] = False
    return is_frequent


def _learning_rate(epoch: int) -> float:
    return LEARNING_RATE * (1 - (1 - FINAL_RATE_FACTOR) * epoch / EPOCHS)


def label_with_teacher(gold: list[GoldSentence], unlabeled: list[str], words: WordTable) -> Iterator[Example]:
    """Train a teacher model on the gold sentences; yield the unlabeled sentences with the probabilities it gives."""
    teacher = Teacher()
    tag_probabilities = teacher.probabilities([sentence.text for sentence in gold])
    examples = [
        Example(
            np.concatenate((_with_private(collection, features.keys), teacher.features(probabilities, features))),
            label_probabilities,
            True,
        )
        for (_, collection, features, label_probabilities), probabilities in zip(gold, tag_probabilities, strict=True)
    ]
    all_keys = np.concatenate([example.keys for example in examples], axis=1)
    model = Model(_frequent_features((all_keys,), MIN_OCCURRENCES), SEEDS[0])
    for epoch in range(EPOCHS):
        model.train_epoch(examples, _learning_rate(epoch))
    for first in range(0, len(unlabeled), CHUNK_SIZE):
        texts = [text for text, _ in with_context(unlabeled[first : first + CHUNK_SIZE])]
        all_features = [text_features(text, words) for text in texts]
        keys = [
            np.concatenate((_with_private(MAIN_COLLECTION, features.keys), teacher.features(probabilities, features)))
            for features, probabilities in zip(all_features, teacher.probabilities(texts), strict=True)
        ]
        for features, label_probabilities in zip(all_features, model.marginals(keys), strict=True):
            yield Example(_with_private(MAIN_COLLECTION, features.keys), label_probabilities, False)


def train(gold: list[GoldSentence], teacher_examples: list[Example]) -> Model:
    """Return the name model, before its weights are rounded."""
    examples = [
        Example(_with_private(collection, features.keys), label_probabilities, True)
        for _, collection, features, label_probabilities in gold
    ]
    all_keys = np.concatenate([example.keys for example in examples], axis=1)
    has_weights = _frequent_features((all_keys,), MIN_OCCURRENCES)
    for first in range(0, len(teacher_examples), CHUNK_SIZE):
        chunk = teacher_examples[first : first + CHUNK_SIZE]
        chunk_keys = np.concatenate([example.keys for example in chunk], axis=1)
        has_weights |= _frequent_features((chunk_keys,), MIN_UNLABELED_OCCURRENCES)
    models = [Model(has_weights, seed) for seed in SEEDS]
    share_count = EPOCHS // UNLABELED_EPOCHS
    for model in models:
        for epoch in range(EPOCHS):
            share = teacher_examples[epoch % share_count :: share_count]
            model.train_epoch([*examples, *share], _learning_rate(epoch))
    return average(models)


def _quantize(weights: FloatArray) -> NDArray[np.int32]:
    return np.rint(weights * WEIGHT_SCALE).clip(-127, 127).astype(np.int32)


def skippable_words(articles: Path, words: WordTable) -> UInt32Array:
    """Return the hashed spellings of the words that the model can skip.

    These are frequent in the articles, and the model hardly ever labels them as part of a name.
    """
    occurrences: Counter[int] = Counter()
    name_occurrences: Counter[int] = Counter()
    for text in _texts(articles):
        folded = fold(text)
        for start in range(0, len(folded), BLOCK_SIZE):
            block = folded[start : start + BLOCK_SIZE]
            word_starts = words.read(block).starts[:-1]
            features = text_features(block, words)
            spellings = features.value("spelling")[word_starts]
            in_name = np.logical_or.reduceat(name_model().labels(features, len(block)) != OUTSIDE, word_starts)
            occurrences.update(spellings.tolist())
            name_occurrences.update(spellings[in_name].tolist())
    skippable = [
        word
        for word, n in occurrences.items()
        if n >= MIN_SKIPPABLE_OCCURRENCES and name_occurrences[word] <= MAX_SKIPPABLE_NAME_SHARE * n
    ]
    return np.array(sorted(skippable), np.uint32)


def write(file: Path, model: Model, skippable: UInt32Array) -> None:
    """Write the table of the model, and the words that it skips.

    Of several features in one slot, the one with the greatest weight is kept.
    """
    max_weights = np.abs(model.weights).max(axis=1)
    order = np.argsort(max_weights, kind="stable")
    order = order[(max_weights[order] >= MIN_WEIGHT) & (model.keys[order] < NO_FEATURE)]
    rows = np.empty((len(order), LABEL_COUNT + 1), np.uint8)
    rows[:, :LABEL_COUNT] = _quantize(model.weights[order]) + 128
    rows[:, LABEL_COUNT] = signatures_of(model.keys[order])
    table = np.zeros(1 << SLOT_BITS, "<u8")
    table[slots_of(model.keys[order])] = rows.view("<u8")[:, 0]  # the last feature of a slot overwrites the others
    slots = np.flatnonzero(table).astype("<u4")
    scores = model.transition_scores()
    transitions = np.where(scores <= FORBIDDEN, -1_000_000, np.rint(scores * WEIGHT_SCALE)).astype(np.int32)
    np.savez_compressed(file, slots=slots, rows=table[slots], transitions=transitions, plain=skippable)
    name_model.cache_clear()
    word_table.skippable_words.cache_clear()
    print(
        f"{len(slots):,} of {len(model.keys):,} features, {len(skippable):,} skippable words,"
        f" {file.stat().st_size:,} bytes"
    )


def find_spans(text: str) -> list[Span]:
    """Return the names of a text, in the form that `f1` takes."""
    return [Span(name.start, name.end, name.kind) for name in extract_entities(text)]


def main() -> None:
    """Train the model, write it and print its F1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ner", type=Path, required=True, help="folder of the labeled sentences")
    parser.add_argument("--articles", type=Path, required=True, help="tar archive of articles")
    parser.add_argument("--tune", action="store_true", help="measure on the dev split, and do not train on it")
    parser.add_argument("--only", choices=COLLECTIONS, help="train on this collection only")
    options = parser.parse_args()
    collection_splits = {collection: splits(options.ner, collection) for collection in COLLECTIONS}
    words = WordTable(Segmenter())
    gold = [
        sentence
        for collection, split in collection_splits.items()
        if options.only in (None, collection)
        for sentence in gold_sentences(collection, split["train"] + ([] if options.tune else split["dev"]), words)
    ]
    model = train(gold, list(label_with_teacher(gold, unlabeled_sentences(options.articles), words)))
    write(FILE, model, np.empty(0, np.uint32))
    write(FILE, model, skippable_words(options.articles, words))
    for collection, split in collection_splits.items():
        values = f1(split["dev" if options.tune else "test"], find_spans)
        print(f"F1, {collection}:", ", ".join(f"{kind} {value:.4f}" for kind, value in values.items()))


if __name__ == "__main__":
    main()
