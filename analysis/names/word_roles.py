"""What a single word can be in a name: a surname, part of a given name, the end of an organisation's name, a title …

Every word gets a set of bits, from the lists in name_lists.txt, from jieba's tag and from its characters; `name_rules`
joins words to names by these bits alone.
"""

import re
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from ..text.segmenter import UNKNOWN


class Can:
    """What a word can be. Plain integers, because one IntFlag operation costs as much as ten of these."""

    SURNAME = 1 << 0
    GIVEN = 1 << 1  # one character of a given name
    PAIR = 1 << 2  # a given name of two characters
    PERSON = 1 << 3  # a Chinese name
    MAYBE = 1 << 4  # a Chinese name, if there is evidence beside it
    SOUND = 1 << 5  # transliterated syllables
    ECHO = 1 << 6  # a transliterated syllable, if it stands beside others
    FOREIGN = 1 << 7  # a transliterated name
    PLACE = 1 << 8
    COUNTRY = 1 << 9
    PLACE_END = 1 << 10  # 省, 机场
    ORG = 1 << 11
    ORG_END = 1 << 12  # 队, 委员会
    COMMON = 1 << 13  # ends a name, but not right after a country: 中国公司
    NOUN = 1 << 14  # may stand inside an organisation's name
    OPENS = 1 << 15  # may begin an organisation's name
    TITLE = 1 << 16
    SAYS = 1 << 17  # often follows a person
    DOT = 1 << 18  # joins the parts of a transliterated name

    EVIDENCE = TITLE | SAYS
    STARTS = SURNAME | PERSON | MAYBE | SOUND | FOREIGN | PLACE | ORG | OPENS
    SETTLED = PERSON | PLACE | ORG | TITLE  # by a list, whatever jieba's tag


_SECTIONS = {
    "compound surnames": Can.SURNAME,
    "people": Can.PERSON | Can.NOUN,
    "countries": Can.PLACE | Can.NOUN | Can.OPENS | Can.COUNTRY,
    "places": Can.PLACE | Can.NOUN | Can.OPENS,
    "place ends": Can.PLACE_END | Can.NOUN,
    "organisations": Can.ORG | Can.NOUN | Can.OPENS,
    "organisation ends": Can.ORG_END | Can.NOUN,
    "common organisations": Can.COMMON,
    "titles": Can.TITLE,
    "says": Can.SAYS,
}

_NAME_TAGS = frozenset({"nr", "nrt", "nrfg", UNKNOWN})
_PAIR_TAGS = _NAME_TAGS | {"n", "ns", "nz", "nt", "a", "an", "b", "t", "z"}
_GIVEN_TAGS = _PAIR_TAGS | {"ng", "zg", "ag", "vg", "j", "g", "i", "v", "m", "s"}
_NOUN_TAGS = _NAME_TAGS | {"n", "ns", "nt", "nz", "vn", "an", "j", "b", "s", "l"}

_PLACE_CHARS = frozenset("省市县区镇乡村州岛山河江湖湾港")
_ORG_CHARS = frozenset("部院社党报局署厅会委队团所行厂校台站组司军学网馆店府宫心盟国央织系")
_NUMERALS = frozenset("一二三四五六七八九十百千万亿两零")
_UNKNOWN_ORG_CHARS = frozenset("队党社报局署厅")
_BEFORE_NAMES = frozenset("对但与和由问致向叫让请给跟为是从小老")  # jieba takes unknown words to begin with these
_AFTER_NAMES = frozenset("说称")

_OFFICE = re.compile(r"(.+[部院局厅行委])(长|书记|常委|主任)")
_TEACHING = re.compile(r"(.{2,4})(理论|思想|主义)")
_OF_PLACE = re.compile(r"(?:政府|关系|地区|市民|公司|市场|大学|各国|媒体|军方|当局|回归)$")


@cache
def _lists() -> dict[str, frozenset[str]]:
    """The sections of name_lists.txt, some of characters, some of words."""
    lists: dict[str, frozenset[str]] = {}
    for section in files(__package__).joinpath("name_lists.txt").read_text("utf-8").split("\n[")[1:]:
        name, _, body = section.partition("]")
        of_characters = name.endswith(("surnames", "given", "sounds")) and not name.startswith("compound")
        lists[name] = frozenset("".join(body.split()) if of_characters else body.split())
    return lists


def character_lists() -> list[frozenset[str]]:
    """The lists of characters that tell of names."""
    lists = _lists()
    names = ("surnames", "rare surnames", "given", "sounds", "rare sounds", "not given")
    return [*(lists[name] for name in names), _PLACE_CHARS, _ORG_CHARS, _NUMERALS]


def sound_characters() -> frozenset[str]:
    """What transliterations are written with."""
    lists = _lists()
    return lists["sounds"] | lists["rare sounds"]


@cache
def _listed() -> dict[str, int]:
    """The bits of the words that name_lists.txt lists."""
    bits: dict[str, int] = {}
    for section, can in _SECTIONS.items():
        for word in _lists()[section]:
            bits[word] = bits.get(word, 0) | can
    return bits


def listed_bits(word: str) -> int:
    """What name_lists.txt says that `word` can be."""
    return _listed().get(word, 0)


@cache
def _of_country() -> re.Pattern[str]:
    """A country and what is said of it in one word: 日本首相."""
    return re.compile(f"({'|'.join(sorted(_lists()['countries'], key=len, reverse=True))})(.+)")


def _is_chinese(word: str, *, known: bool) -> bool:
    """Whether `word` is built like a Chinese name. Of the given name less is asked after a common surname, when it is
    of two characters, and when the dictionary has the word as a name (`known`)."""
    lists = _lists()
    family = 2 if word[:2] in lists["compound surnames"] else 1
    given = word[family:]
    common = family == 2 or word[0] in lists["surnames"]
    if not 1 <= len(given) <= 2 or not (common or word[0] in lists["rare surnames"]):
        return False
    if len(given) == 2 and (known or common):
        return lists["not given"].isdisjoint(given)
    return (known or common or len(given) == 2) and lists["given"].issuperset(given)


def _is_foreign(word: str, *, known: bool) -> bool:
    """Whether `word` is built of the characters that transliterations use."""
    lists = _lists()
    usual = sum(char in lists["sounds"] for char in word)
    return (known or usual * 2 >= len(word)) and all(
        char in lists["sounds"] or char in lists["rare sounds"] for char in word
    )


def _character(char: str, tag: str) -> int:
    """What a word of one character can be."""
    lists = _lists()
    can = Can.SURNAME if char in lists["surnames"] else 0
    if tag in _GIVEN_TAGS:
        can |= Can.GIVEN if char in lists["given"] else 0
        can |= Can.SOUND if char in lists["sounds"] else 0
        can |= Can.ECHO if char in lists["rare sounds"] else 0
    elif char in lists["sounds"]:
        can |= Can.ECHO
    return can


def _bits(word: str, tag: str) -> int:
    """What `word` can be; `tag` is the part of speech that jieba's dictionary gives it."""
    lists = _lists()
    can = _listed().get(word, 0)
    if can & Can.SETTLED:
        return can
    can |= Can.NOUN if tag in _NOUN_TAGS else 0
    if len(word) == 1:
        return can | _character(word, tag)
    if len(word) == 2 and tag in _PAIR_TAGS and not can & (Can.ORG_END | Can.PLACE_END):
        can |= Can.PAIR if lists["given"].issuperset(word) else 0
    return can if can & Can.SURNAME or word in lists["not names"] else can | _name(word, tag)


def _name(word: str, tag: str) -> int:
    """What kind of name `word`, which no list has, can be."""
    lists = _lists()
    known = tag != UNKNOWN
    if tag == "nt" and word[-1] in _ORG_CHARS:
        return Can.ORG | Can.ORG_END | Can.OPENS
    # jieba has hundreds of syllable pairs as places (埃斯, 布兰), most of which are halves of people's names.
    if tag == "ns" and not (len(word) == 2 and lists["sounds"].issuperset(word)):
        return Can.PLACE | Can.OPENS
    if tag in _NAME_TAGS or tag in ("nz", "ns"):
        foreign = Can.SOUND | Can.FOREIGN | Can.OPENS if _is_foreign(word, known=known) else 0
        if tag != "ns" and _is_chinese(word, known=known):
            return foreign | (Can.MAYBE if tag == "nz" and len(word) == 2 else Can.PERSON)
        if foreign:
            return foreign
    if not known and len(word) >= 3 and word[-1] in _PLACE_CHARS:
        return Can.PLACE | Can.OPENS
    if tag in (UNKNOWN, "nz") and len(word) >= 3 and word[-1] in _UNKNOWN_ORG_CHARS:
        return Can.ORG | Can.ORG_END | Can.OPENS
    maybe = Can.MAYBE if not known and len(word) == 2 and _is_chinese(word, known=True) else 0
    opens = tag in (UNKNOWN, "nz", "nr", "j") and lists["not given"].isdisjoint(word)
    return maybe | (Can.OPENS if opens else 0)


Pieces: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""The lengths and the bits of the parts of a word."""


def pieces(word: str, tag: str) -> Pieces:
    """Lengths and bits of the parts that `word` falls into: 外交部长 is 外交部|长, 日本首相 is 日本|首相."""
    lists = _lists()
    size = len(word)
    if _listed().get(word, 0) & Can.SETTLED:
        return (size,), (_listed()[word],)
    if tag == UNKNOWN and size > 1 and word[-1] in _AFTER_NAMES:
        return (size - 1, 1), (_bits(word[:-1], tag), Can.SAYS)
    if tag == UNKNOWN and size > 2 and word[0] in _BEFORE_NAMES:
        rest = _bits(word[1:], tag)
        if rest & (Can.PERSON | Can.FOREIGN):
            return (1, size - 1), (0, rest)
    if (office := _OFFICE.fullmatch(word)) and office[1] in lists["organisations"]:
        return (len(office[1]), len(office[2])), (_bits(office[1], "nt"), Can.TITLE)
    if word[0] in lists["surnames"] and word[1:] in lists["titles"]:
        return (1, size - 1), (Can.SURNAME, Can.TITLE)
    if (teaching := _TEACHING.fullmatch(word)) and _bits(teaching[1], "nr") & (Can.PERSON | Can.FOREIGN):
        return (len(teaching[1]), len(teaching[2])), (Can.PERSON, 0)
    if (tag not in ("ns", "nt") or _OF_PLACE.search(word)) and (split := _of_country().fullmatch(word)):
        return (len(split[1]), len(split[2])), (_bits(split[1], "ns"), _bits(split[2], "n") & ~Can.PLACE_END)
    return (size,), (_bits(word, tag),)
