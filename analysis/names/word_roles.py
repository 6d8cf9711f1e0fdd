"""Roles that a word can have in a name: surname, part of a given name, organisation suffix, title etc.

Each word gets a bit set of roles, from the lists in name_lists.txt, from jieba's tag and from its characters. The rules
(see `rules`) join words to names by these roles alone.
"""

import re
from functools import cache
from importlib.resources import files

from ..text.segmenter import UNKNOWN


class Role:
    """Bits of the roles of a word. Plain integers, because one IntFlag operation costs as much as ten of these.

    The name model reads the bits as a feature: another numbering needs another model.
    """

    SURNAME = 1 << 0
    GIVEN_CHARACTER = 1 << 1  # one character of a given name
    GIVEN_NAME = 1 << 2  # a given name of two characters
    PERSON = 1 << 3  # a full Chinese name
    MAYBE_PERSON = 1 << 4  # a full Chinese name if its neighbours are evidence for a person
    SYLLABLE = 1 << 5  # transliterated syllables
    RARE_SYLLABLE = 1 << 6  # a transliterated syllable only next to others
    TRANSLITERATION = 1 << 7  # a transliterated name
    PLACE = 1 << 8
    COUNTRY = 1 << 9
    PLACE_SUFFIX = 1 << 10  # 省, 机场
    ORGANISATION = 1 << 11
    ORGANISATION_SUFFIX = 1 << 12  # 队, 委员会
    COMMON_SUFFIX = 1 << 13  # ends the name of an organisation, but not right after a country: 中国公司
    NOUN = 1 << 14  # may be inside the name of an organisation
    ORGANISATION_START = 1 << 15  # may begin the name of an organisation
    TITLE = 1 << 16
    AFTER_PERSON = 1 << 17  # often follows a person: 说, 访问
    JOINT = 1 << 18  # joins the parts of a transliterated name

    PERSON_EVIDENCE = TITLE | AFTER_PERSON
    NAME_START = (
        SURNAME | PERSON | MAYBE_PERSON | SYLLABLE | TRANSLITERATION | PLACE | ORGANISATION | ORGANISATION_START
    )
    BEFORE_PLACE_SUFFIX = PLACE | TRANSLITERATION | ORGANISATION_START | PERSON
    LISTED = PERSON | PLACE | ORGANISATION | TITLE  # decided by a list, whatever jieba's tag


_SECTION_ROLES = {
    "compound surnames": Role.SURNAME,
    "people": Role.PERSON | Role.NOUN,
    "countries": Role.PLACE | Role.NOUN | Role.ORGANISATION_START | Role.COUNTRY,
    "places": Role.PLACE | Role.NOUN | Role.ORGANISATION_START,
    "place ends": Role.PLACE_SUFFIX | Role.NOUN,
    "organisations": Role.ORGANISATION | Role.NOUN | Role.ORGANISATION_START,
    "organisation ends": Role.ORGANISATION_SUFFIX | Role.NOUN,
    "common organisations": Role.COMMON_SUFFIX,
    "titles": Role.TITLE,
    "says": Role.AFTER_PERSON,
}

# jieba's tags of words that can have a role.
_NAME_TAGS = frozenset({"nr", "nrt", "nrfg", UNKNOWN})
_GIVEN_NAME_TAGS = _NAME_TAGS | {"n", "ns", "nz", "nt", "a", "an", "b", "t", "z"}
_CHARACTER_TAGS = _GIVEN_NAME_TAGS | {"ng", "zg", "ag", "vg", "j", "g", "i", "v", "m", "s"}
_NOUN_TAGS = _NAME_TAGS | {"n", "ns", "nt", "nz", "vn", "an", "j", "b", "s", "l"}

_PLACE_CHARACTERS = frozenset("省市县区镇乡村州岛山河江湖湾港")
_ORGANISATION_CHARACTERS = frozenset("部院社党报局署厅会委队团所行厂校台站组司军学网馆店府宫心盟国央织系")
_NUMERALS = frozenset("一二三四五六七八九十百千万亿两零")
_UNKNOWN_ORGANISATION_CHARACTERS = frozenset("队党社报局署厅")
_WRONG_FIRST_CHARACTERS = frozenset("对但与和由问致向叫让请给跟为是从小老")  # jieba attaches them to unknown names
_WRONG_LAST_CHARACTERS = frozenset("说称")  # likewise

_OFFICE = re.compile(r"(.+[部院局厅行委])(长|书记|常委|主任)")
_DOCTRINE = re.compile(r"(.{2,4})(理论|思想|主义)")
_COUNTRY_PHRASE_END = re.compile(r"(?:政府|关系|地区|市民|公司|市场|大学|各国|媒体|军方|当局|回归)$")


@cache
def _lists() -> dict[str, frozenset[str]]:
    """Return the sections of name_lists.txt: some hold characters, some words."""
    lists: dict[str, frozenset[str]] = {}
    for section in files(__package__).joinpath("name_lists.txt").read_text("utf-8").split("\n[")[1:]:
        name, _, body = section.partition("]")
        holds_characters = name.endswith(("surnames", "given", "sounds")) and not name.startswith("compound")
        lists[name] = frozenset("".join(body.split()) if holds_characters else body.split())
    return lists


def character_lists() -> list[frozenset[str]]:
    """Return the lists of characters that are typical of names; the model depends on their order."""
    lists = _lists()
    names = ("surnames", "rare surnames", "given", "sounds", "rare sounds", "not given")
    return [*(lists[name] for name in names), _PLACE_CHARACTERS, _ORGANISATION_CHARACTERS, _NUMERALS]


def transliteration_characters() -> frozenset[str]:
    """Return the characters that transliterations are written with."""
    lists = _lists()
    return lists["sounds"] | lists["rare sounds"]


@cache
def _roles_by_word() -> dict[str, int]:
    """Return the roles of the words in name_lists.txt."""
    roles_by_word: dict[str, int] = {}
    for section, roles in _SECTION_ROLES.items():
        for word in _lists()[section]:
            roles_by_word[word] = roles_by_word.get(word, 0) | roles
    return roles_by_word


def listed_roles(word: str) -> int:
    """Return the roles that name_lists.txt gives `word`."""
    return _roles_by_word().get(word, 0)


@cache
def _country_phrase() -> re.Pattern[str]:
    """Return a pattern for a country and another word that jieba keeps as one: 日本首相."""
    return re.compile(f"({'|'.join(sorted(_lists()['countries'], key=len, reverse=True))})(.+)")


def _is_chinese_name(word: str, *, in_dictionary: bool) -> bool:
    """Return True if `word` has the form of a full Chinese name.

    The test of the given name is weaker after a common surname, if the given name has two characters, and if the
    dictionary has the word as a name.
    """
    lists = _lists()
    surname_length = 2 if word[:2] in lists["compound surnames"] else 1
    given = word[surname_length:]
    is_common = surname_length == 2 or word[0] in lists["surnames"]
    if not 1 <= len(given) <= 2 or not (is_common or word[0] in lists["rare surnames"]):
        return False
    if len(given) == 2 and (in_dictionary or is_common):
        return lists["not given"].isdisjoint(given)
    return (in_dictionary or is_common or len(given) == 2) and lists["given"].issuperset(given)


def _is_transliteration(word: str, *, in_dictionary: bool) -> bool:
    """Return True if `word` consists of the characters that transliterations are written with."""
    lists = _lists()
    common = sum(character in lists["sounds"] for character in word)
    return (in_dictionary or common * 2 >= len(word)) and all(
        character in lists["sounds"] or character in lists["rare sounds"] for character in word
    )


def _character_roles(character: str, tag: str) -> int:
    """Return the roles of a word of one character."""
    lists = _lists()
    roles = Role.SURNAME if character in lists["surnames"] else 0
    if tag in _CHARACTER_TAGS:
        roles |= Role.GIVEN_CHARACTER if character in lists["given"] else 0
        roles |= Role.SYLLABLE if character in lists["sounds"] else 0
        roles |= Role.RARE_SYLLABLE if character in lists["rare sounds"] else 0
    elif character in lists["sounds"]:
        roles |= Role.RARE_SYLLABLE
    return roles


def _word_roles(word: str, tag: str) -> int:
    """Return the roles of `word`; `tag` is its part of speech in jieba's dictionary."""
    lists = _lists()
    roles = _roles_by_word().get(word, 0)
    if roles & Role.LISTED:
        return roles
    roles |= Role.NOUN if tag in _NOUN_TAGS else 0
    if len(word) == 1:
        return roles | _character_roles(word, tag)
    is_suffix = roles & (Role.ORGANISATION_SUFFIX | Role.PLACE_SUFFIX)
    if len(word) == 2 and tag in _GIVEN_NAME_TAGS and not is_suffix:
        roles |= Role.GIVEN_NAME if lists["given"].issuperset(word) else 0
    return roles if roles & Role.SURNAME or word in lists["not names"] else roles | _unlisted_name_roles(word, tag)


def _unlisted_name_roles(word: str, tag: str) -> int:
    """Return the roles of `word` as a whole name; no list contains it."""
    lists = _lists()
    in_dictionary = tag != UNKNOWN
    if tag == "nt" and word[-1] in _ORGANISATION_CHARACTERS:
        return Role.ORGANISATION | Role.ORGANISATION_SUFFIX | Role.ORGANISATION_START
    # jieba tags hundreds of pairs of syllables as places (埃斯, 布兰), most of which are halves of people's names.
    if tag == "ns" and not (len(word) == 2 and lists["sounds"].issuperset(word)):
        return Role.PLACE | Role.ORGANISATION_START
    if tag in _NAME_TAGS or tag in ("nz", "ns"):
        is_transliteration = _is_transliteration(word, in_dictionary=in_dictionary)
        roles = Role.SYLLABLE | Role.TRANSLITERATION | Role.ORGANISATION_START if is_transliteration else 0
        if tag != "ns" and _is_chinese_name(word, in_dictionary=in_dictionary):
            return roles | (Role.MAYBE_PERSON if tag == "nz" and len(word) == 2 else Role.PERSON)
        if roles:
            return roles
    if not in_dictionary and len(word) >= 3 and word[-1] in _PLACE_CHARACTERS:
        return Role.PLACE | Role.ORGANISATION_START
    if tag in (UNKNOWN, "nz") and len(word) >= 3 and word[-1] in _UNKNOWN_ORGANISATION_CHARACTERS:
        return Role.ORGANISATION | Role.ORGANISATION_SUFFIX | Role.ORGANISATION_START
    maybe_person = not in_dictionary and len(word) == 2 and _is_chinese_name(word, in_dictionary=True)
    starts_organisation = tag in (UNKNOWN, "nz", "nr", "j") and lists["not given"].isdisjoint(word)
    return (Role.MAYBE_PERSON if maybe_person else 0) | (Role.ORGANISATION_START if starts_organisation else 0)


def split_word(word: str, tag: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the lengths and the roles of the pieces of `word`: 外交部|长, 日本|首相; most words are one piece."""
    lists = _lists()
    size = len(word)
    if _roles_by_word().get(word, 0) & Role.LISTED:
        return (size,), (_roles_by_word()[word],)
    if tag == UNKNOWN and size > 1 and word[-1] in _WRONG_LAST_CHARACTERS:
        return (size - 1, 1), (_word_roles(word[:-1], tag), Role.AFTER_PERSON)
    if tag == UNKNOWN and size > 2 and word[0] in _WRONG_FIRST_CHARACTERS:
        rest = _word_roles(word[1:], tag)
        if rest & (Role.PERSON | Role.TRANSLITERATION):
            return (1, size - 1), (0, rest)
    if (office := _OFFICE.fullmatch(word)) and office[1] in lists["organisations"]:
        return (len(office[1]), len(office[2])), (_word_roles(office[1], "nt"), Role.TITLE)
    if word[0] in lists["surnames"] and word[1:] in lists["titles"]:
        return (1, size - 1), (Role.SURNAME, Role.TITLE)
    is_person = Role.PERSON | Role.TRANSLITERATION
    if (doctrine := _DOCTRINE.fullmatch(word)) and _word_roles(doctrine[1], "nr") & is_person:
        return (len(doctrine[1]), len(doctrine[2])), (Role.PERSON, 0)
    if tag not in ("ns", "nt") or _COUNTRY_PHRASE_END.search(word):
        phrase = _country_phrase().fullmatch(word)
        if phrase:
            roles = _word_roles(phrase[1], "ns"), _word_roles(phrase[2], "n") & ~Role.PLACE_SUFFIX
            return (len(phrase[1]), len(phrase[2])), roles
    return (size,), (_word_roles(word, tag),)
