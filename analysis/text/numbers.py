"""Canonical terms for dates and numbers, so that all spellings of one value match.

2023年9月28日, 2023-09-28 and 二〇二三年九月二十八日 all yield `=2023-09-28`; 第十一 yields `=第11`, 三十 yields 30 and
百分之十二 yields 12%.

A term that begins with `=` never occurs as a word of a text. A full date also yields its month and day, its month and
its year, so that 9月28日 matches 2023-09-28.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

DIGIT = "〇零一二三四五六七八九"
_SMALL_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE_UNITS = {"万": 10**4, "亿": 10**8}
_MAX_FACTOR = 10**16
_NUMERAL = rf"[{DIGIT}两十百千万亿]"
YEAR = rf"(?<![\d{DIGIT}])(?:\d{{4}}|[{DIGIT}]{{4}})"
_EXPRESSION = re.compile(
    rf"""
      (?P<year>{YEAR})年
          (?: (?P<month>\d{{1,2}}|{_NUMERAL}{{1,2}})月 (?:(?P<day>\d{{1,2}}|{_NUMERAL}{{1,3}})[日号])? )?
    | (?<![\d.]) (?P<iso_year>\d{{4}})(?P<sep>[-/.])(?P<iso_month>\d{{1,2}})(?P=sep)(?P<iso_day>\d{{1,2}}) (?![\d.])
    | (?<![\d{DIGIT}十]) (?P<only_month>\d{{1,2}}|{_NUMERAL}{{1,2}})月
          (?: (?P<only_day>\d{{1,2}}|{_NUMERAL}{{1,3}})[日号] )?
    | 第(?P<ordinal>\d{{1,9}}|{_NUMERAL}{{1,9}})
    | 百分之(?P<percent>\d{{1,9}}(?:\.\d{{1,9}})?|{_NUMERAL}{{1,9}})
    | (?<![\d.,]) (?P<mixed>\d{{1,9}}(?:\.\d{{1,9}})?)(?P<unit>[百千万亿]{{1,3}})
    | (?P<number>{_NUMERAL}{{2,16}})
    """,
    re.VERBOSE,
)

_CANDIDATE = re.compile(rf"[\d{DIGIT}两十百千万亿第]")  # the first character of every expression


def parse_numeral(text: str) -> int | None:
    """Return the value of digits or Chinese numerals (12, 十二, 二〇二三, 三万五千), or None if `text` is no numeral.

    >>> parse_numeral("一亿两千万")
    120000000
    """
    if text.isdecimal():
        return int(text)
    if not text or set(text) - set(DIGIT) - set("两十百千万亿"):
        return None
    if set(text) <= set(DIGIT):
        return int("".join(str(max(0, DIGIT.index(character) - 1)) for character in text))
    return _parse_with_units(text)


def _parse_with_units(text: str) -> int | None:
    total = section = 0
    digit: int | None = None
    last_small_unit = _MAX_FACTOR
    for character in text:
        if character in _SMALL_UNITS:
            unit = _SMALL_UNITS[character]
            if unit >= last_small_unit or (digit is None and unit != 10):
                return None
            section += (1 if digit is None else digit) * unit
            digit, last_small_unit = None, unit
        elif character in _LARGE_UNITS:
            section += digit or 0
            if not (section or total):
                return None
            factor = _LARGE_UNITS[character]
            total = (total + section) * factor if character == "亿" else total + section * factor
            section, digit, last_small_unit = 0, None, _MAX_FACTOR
        elif character in "〇零":
            digit = None
        elif digit is not None:
            return None  # 三四十 (thirty or forty) is an estimate, not a number
        else:
            digit = 2 if character == "两" else DIGIT.index(character) - 1
    return total + section + (digit or 0)


def canonical_numbers(folded: str) -> Iterator[tuple[str, int, int]]:
    """Yield the canonical terms of a folded text's dates and numbers, in order, each with its start and end."""
    end = 0
    # Scanning for candidates first is several times faster than searching for the whole expression.
    for candidate in _CANDIDATE.finditer(folded):
        if candidate.start() >= end and (match := _EXPRESSION.match(folded, candidate.start())):
            end = match.end()
            for term in _terms(match):
                yield term, match.start(), end


def _terms(match: re.Match[str]) -> list[str]:
    groups = match.groupdict()
    if groups["year"]:
        return _date_terms(groups["year"], groups["month"], groups["day"])
    if groups["iso_year"]:
        return _date_terms(groups["iso_year"], groups["iso_month"], groups["iso_day"])
    if groups["only_month"]:
        return _date_terms(None, groups["only_month"], groups["only_day"])
    if groups["ordinal"]:
        return [f"=第{ordinal}"] if (ordinal := parse_numeral(groups["ordinal"])) is not None else []
    if groups["percent"]:
        percent = groups["percent"] if groups["percent"][0].isdecimal() else parse_numeral(groups["percent"])
        return [f"{percent}%"] if percent is not None else []
    if groups["mixed"]:
        return _mixed_terms(groups["mixed"], groups["unit"])
    value = parse_numeral(groups["number"])
    # A sequence of digits without units (一二) counts as a number only in a year or a percentage.
    return [str(value)] if value is not None and value >= 10 and set(groups["number"]) - set(DIGIT) else []


def _date_terms(year: str | None, month: str | None, day: str | None) -> list[str]:
    """Return `=2023-09-28`, `=09-28`, `=2023-09`, `=2023`, `=09`, as far as the parts are given.

    Returns no term if a part is no numeral or out of range.
    """
    numbers = [parse_numeral(part) if part else None for part in (year, month, day)]
    if any(part and number is None for part, number in zip((year, month, day), numbers, strict=True)):
        return []
    y, m, d = numbers
    if (m is not None and not 1 <= m <= 12) or (d is not None and not 1 <= d <= 31):
        return []
    terms = [
        f"={y:04}-{m:02}-{d:02}" if None not in (y, m, d) else "",
        f"={m:02}-{d:02}" if None not in (m, d) else "",
        f"={y:04}-{m:02}" if None not in (y, m) else "",
        f"={y:04}" if y is not None else "",
        f"={m:02}" if m is not None else "",
    ]
    return [term for term in terms if term]


def _mixed_terms(digits: str, units: str) -> list[str]:
    """Return the term of digits with Chinese units: 10万 → 100000, 1.5亿 → 150000000."""
    factor = 1
    for unit in units:
        factor *= _SMALL_UNITS.get(unit) or _LARGE_UNITS[unit]
    value = Decimal(digits) * factor
    return [str(int(value))] if factor <= _MAX_FACTOR and value == int(value) else []
