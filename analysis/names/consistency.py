"""What an article as a whole tells of its names, after the model has read it sentence by sentence."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from .rules import EntityKind, Span
from .word_roles import Can, listed_bits, sound_characters

_JOINT = re.compile("[·-]")
_LONGEST_PART = 12  # characters of a transliterated name between two dots
_SHORTEST = 2  # characters; 中美 and 王先生 name nobody whom a reader could look up
_SURE = 3  # characters of a name that is hardly ever anything else
_OPENING = {"<": ">", "(": ")", "[": "]", '"': '"'}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}
_MOST_NAMES = 300  # that are looked for in the rest of an article


@cache
def _transliterated() -> re.Pattern[str]:
    """Characters that transliterations use, with dots or hyphens between; groups are the first and the last part."""
    sounds = "".join(sorted(sound_characters()))
    part = f"[{sounds}]{{1,{_LONGEST_PART}}}"
    return re.compile(f"({part})(?:[·-]{part}){{,4}}[·-]({part})")


def settled(folded: str, spans: list[Span], ruled: list[Span]) -> list[Span]:
    """The names of a folded text in order, given those that the model found in it, and those that the rules see."""
    trimmed = (_without_common(folded, _trimmed(folded, span)) for span in spans)
    spans = list(_without_bureaus(trimmed, ruled))
    spans = _one_kind(folded, _whole(folded, spans))
    every = sorted((*spans, *_elsewhere(folded, spans)))
    return [span for span in every if span.end - span.start >= _SHORTEST]


def _trimmed(folded: str, span: Span) -> Span:
    """Without a bracket or mark at an end whose partner is outside: 华尔街日报》."""
    name = folded[span.start : span.end]
    if len(name) > 1 and name[-1] in _CLOSING and name.count(_CLOSING[name[-1]]) < 1 + (name[-1] == '"'):
        return span._replace(end=span.end - 1)
    if len(name) > 1 and name[0] in _OPENING and name.count(_OPENING[name[0]]) < 1 + (name[0] == '"'):
        return span._replace(start=span.start + 1)
    return span


def _without_common(folded: str, span: Span) -> Span:
    """The country alone where no more follows than every country has: 美国|大学."""
    if span.kind == "organisation":
        for end in range(span.start + _SHORTEST, span.end):
            country, rest = folded[span.start : end], folded[end : span.end]
            if listed_bits(rest) & Can.COMMON and listed_bits(country) & Can.COUNTRY:
                return Span(span.start, end, "place")
    return span


def _without_bureaus(spans: Iterable[Span], ruled: list[Span]) -> Iterator[Span]:
    """Organisations without a bureau that is named for two places: 外交部|北美|大洋洲|司."""
    starts = [span.start for span in ruled]
    for span in spans:
        first = bisect_left(starts, span.start)
        inside = ruled[first : first + 3]
        if (
            span.kind == "organisation"
            and [one.kind for one in inside] == ["organisation", "place", "place"]
            and inside[0].start == span.start
            and all(before.end == after.start for before, after in pairwise(inside))
            and inside[-1].end <= span.end
        ):
            yield from inside
        else:
            yield span


def _whole(folded: str, spans: list[Span]) -> list[Span]:
    """Transliterated names whole where the model saw a person in a part: 安东尼-布林肯."""
    people = [span for span in spans if span.kind == "person"]
    starts, ends = [span.start for span in people], [span.end for span in people]
    joined: list[Span] = []
    for found in _transliterated().finditer(folded) if people else ():
        parts = people[bisect_right(ends, found.start()) : bisect_left(starts, found.end())]
        if parts:
            in_first = parts[0].start <= found.end(1)
            in_last = parts[-1].end >= found.start(2)
            start = parts[0].start if in_first else found.start()
            end = parts[-1].end if in_last else found.end()
            start = max(start, joined[-1].end) if joined else start
            if start < end:
                joined.append(Span(start, end, "person"))
    return _merged(spans, joined) if joined else spans


def _merged(spans: list[Span], stronger: list[Span]) -> list[Span]:
    """Both, without those of `spans` that overlap a stronger one."""
    taken = {at for span in stronger for at in range(span.start, span.end)}
    return sorted([*(span for span in spans if taken.isdisjoint(range(span.start, span.end))), *stronger])


def _one_kind(folded: str, spans: list[Span]) -> list[Span]:
    """A name is of one kind in an article: that of the list that has it, or the most frequent."""
    named = [(folded[start:end], kind) for start, end, kind in spans]
    kinds = dict(reversed([vote for vote, _ in Counter(named).most_common()]))
    kinds = {name: _listed_kind(name) or kind for name, kind in kinds.items()}
    return [
        span if kinds[name] == kind else span._replace(kind=kinds[name])
        for span, (name, kind) in zip(spans, named, strict=True)
    ]


def _listed_kind(name: str) -> EntityKind | None:
    can = listed_bits(name)
    if can & Can.PLACE:
        return "place"
    return "organisation" if can & Can.ORG else "person" if can & Can.PERSON else None


def _elsewhere(folded: str, spans: list[Span]) -> Iterator[Span]:
    """Mentions that the model missed: of names of three characters and more, of parts of names with dots, and of
    shorter names that it saw in more than half of the places."""
    mentions: Counter[str] = Counter()
    kinds: dict[str, EntityKind] = {}
    parts: set[str] = set()
    for start, end, kind in spans:
        name = folded[start:end]
        mentions[name] += 1
        kinds[name] = kind
        if kind == "person" and len(pieces := _JOINT.split(name)) > 1:
            parts.update(piece for piece in pieces if len(piece) > 1)
    kinds.update((part, "person") for part in parts if part not in kinds)
    missed = [
        name
        for name in sorted(kinds, key=lambda name: -mentions[name])[:_MOST_NAMES]
        if len(name) > 1
        and (times := folded.count(name)) > mentions[name]
        and (len(name) >= _SURE or name in parts or mentions[name] * 2 > times)
    ]
    if not missed:
        return
    taken = bytearray(len(folded))
    for start, end, _ in spans:
        taken[start:end] = b"\1" * (end - start)
    for name in sorted(missed, key=len, reverse=True):
        for start in _places(folded, name):
            end = start + len(name)
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                yield Span(start, end, kinds[name])


def _places(folded: str, name: str) -> Iterable[int]:
    """Where a name stands."""
    at = folded.find(name)
    while at >= 0:
        yield at
        at = folded.find(name, at + len(name))
