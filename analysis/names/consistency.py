"""Consistency of the names within an article, after the model has labeled it sentence by sentence."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from .rules import EntityKind, Span
from .word_roles import Role, listed_roles, transliteration_characters

_JOINT = re.compile("[·-]")
_MAX_PART_LENGTH = 12  # characters of a transliterated name between two joints
_MIN_NAME_LENGTH = 2  # characters; 中美 and 王先生 name nobody whom a reader could look up
_MIN_UNAMBIGUOUS_LENGTH = 3  # characters; a string of this length that is a name once is nearly always a name
_CLOSING_OF = {"<": ">", "(": ")", "[": "]", '"': '"'}
_OPENING_OF = {closing: opening for opening, closing in _CLOSING_OF.items()}
_MAX_SEARCHED_NAMES = 300  # names whose missed mentions are searched for


@cache
def _transliterated_name() -> re.Pattern[str]:
    """Return a pattern for transliterated names with joints; its groups are the first and the last part."""
    characters = "".join(sorted(transliteration_characters()))
    part = f"[{characters}]{{1,{_MAX_PART_LENGTH}}}"
    return re.compile(f"({part})(?:[·-]{part}){{,4}}[·-]({part})")


def make_consistent(folded: str, spans: list[Span], rule_spans: list[Span]) -> list[Span]:
    """Return the final names of a folded text, in order, from the spans of model and rules."""
    trimmed = (_without_common_suffix(folded, _without_unpaired_mark(folded, span)) for span in spans)
    spans = list(_without_bureaus(trimmed, rule_spans))
    spans = _with_one_kind(folded, _with_whole_names(folded, spans))
    all_spans = sorted((*spans, *_missed_mentions(folded, spans)))
    return [span for span in all_spans if span.end - span.start >= _MIN_NAME_LENGTH]


def _without_unpaired_mark(folded: str, span: Span) -> Span:
    """Return the span without a bracket or quotation mark at an end whose partner lies outside: 华尔街日报》."""
    name = folded[span.start : span.end]
    if len(name) > 1 and name[-1] in _OPENING_OF and name.count(_OPENING_OF[name[-1]]) < 1 + (name[-1] == '"'):
        return span._replace(end=span.end - 1)
    if len(name) > 1 and name[0] in _CLOSING_OF and name.count(_CLOSING_OF[name[0]]) < 1 + (name[0] == '"'):
        return span._replace(start=span.start + 1)
    return span


def _without_common_suffix(folded: str, span: Span) -> Span:
    """Return the country alone if it is followed only by an organisation that every country has: 美国|大学."""
    if span.kind == "organisation":
        for end in range(span.start + _MIN_NAME_LENGTH, span.end):
            country, suffix = folded[span.start : end], folded[end : span.end]
            if listed_roles(suffix) & Role.COMMON_SUFFIX and listed_roles(country) & Role.COUNTRY:
                return Span(span.start, end, "place")
    return span


def _without_bureaus(spans: Iterable[Span], rule_spans: list[Span]) -> Iterator[Span]:
    """Split organisations that end in a bureau named after two places into three names: 外交部|北美|大洋洲|司."""
    starts = [span.start for span in rule_spans]
    for span in spans:
        first = bisect_left(starts, span.start)
        inner = rule_spans[first : first + 3]
        if (
            span.kind == "organisation"
            and [rule_span.kind for rule_span in inner] == ["organisation", "place", "place"]
            and inner[0].start == span.start
            and all(before.end == after.start for before, after in pairwise(inner))
            and inner[-1].end <= span.end
        ):
            yield from inner
        else:
            yield span


def _with_whole_names(folded: str, spans: list[Span]) -> list[Span]:
    """Extend persons to the whole transliterated name if the model labeled only a part of it: 安东尼-布林肯."""
    people = [span for span in spans if span.kind == "person"]
    starts, ends = [span.start for span in people], [span.end for span in people]
    whole_names: list[Span] = []
    for match in _transliterated_name().finditer(folded) if people else ():
        parts = people[bisect_right(ends, match.start()) : bisect_left(starts, match.end())]
        if parts:
            covers_first_part = parts[0].start <= match.end(1)
            covers_last_part = parts[-1].end >= match.start(2)
            start = parts[0].start if covers_first_part else match.start()
            end = parts[-1].end if covers_last_part else match.end()
            start = max(start, whole_names[-1].end) if whole_names else start
            if start < end:
                whole_names.append(Span(start, end, "person"))
    return _merge(spans, whole_names) if whole_names else spans


def _merge(spans: list[Span], stronger: list[Span]) -> list[Span]:
    """Return all spans in order, without those of `spans` that overlap a stronger one."""
    taken_offsets = {offset for span in stronger for offset in range(span.start, span.end)}
    return sorted([*(span for span in spans if taken_offsets.isdisjoint(range(span.start, span.end))), *stronger])


def _with_one_kind(folded: str, spans: list[Span]) -> list[Span]:
    """Give all mentions of a name one kind: that of the list that contains it, else the most frequent."""
    names = [(folded[start:end], kind) for start, end, kind in spans]
    kinds = dict(reversed([vote for vote, _ in Counter(names).most_common()]))
    kinds = {name: _listed_kind(name) or kind for name, kind in kinds.items()}
    return [
        span if kinds[name] == kind else span._replace(kind=kinds[name])
        for span, (name, kind) in zip(spans, names, strict=True)
    ]


def _listed_kind(name: str) -> EntityKind | None:
    roles = listed_roles(name)
    if roles & Role.PLACE:
        return "place"
    return "organisation" if roles & Role.ORGANISATION else "person" if roles & Role.PERSON else None


def _missed_mentions(folded: str, spans: list[Span]) -> Iterator[Span]:
    """Yield mentions that the model missed, of names that it found elsewhere in the text.

    These are names of at least three characters, parts of names with joints, and shorter names that the model found in
    more than half of their occurrences.
    """
    mentions: Counter[str] = Counter()
    kinds: dict[str, EntityKind] = {}
    parts: set[str] = set()
    for start, end, kind in spans:
        name = folded[start:end]
        mentions[name] += 1
        kinds[name] = kind
        if kind == "person" and len(name_parts := _JOINT.split(name)) > 1:
            parts.update(part for part in name_parts if len(part) > 1)
    kinds.update((part, "person") for part in parts if part not in kinds)
    missed = [
        name
        for name in sorted(kinds, key=lambda name: -mentions[name])[:_MAX_SEARCHED_NAMES]
        if len(name) > 1
        and (occurrences := folded.count(name)) > mentions[name]
        and (len(name) >= _MIN_UNAMBIGUOUS_LENGTH or name in parts or mentions[name] * 2 > occurrences)
    ]
    if not missed:
        return
    taken_offsets = bytearray(len(folded))
    for start, end, _ in spans:
        taken_offsets[start:end] = b"\1" * (end - start)
    for name in sorted(missed, key=len, reverse=True):
        for start in _occurrences(folded, name):
            end = start + len(name)
            if not any(taken_offsets[start:end]):
                taken_offsets[start:end] = b"\1" * (end - start)
                yield Span(start, end, kinds[name])


def _occurrences(folded: str, name: str) -> Iterable[int]:
    """Yield the offsets at which a name occurs."""
    start = folded.find(name)
    while start >= 0:
        yield start
        start = folded.find(name, start + len(name))
