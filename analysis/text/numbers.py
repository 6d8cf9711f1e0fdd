"""Dates and numbers under one spelling: 2023年9月28日, 2023-09-28 and 二〇二三年九月二十八日 all give `=2023-09-28`,
第十一 gives `=第11`, 三十 gives 30 and 百分之十二 gives 12%.

What begins with `=` is a word of no text. A whole date also gives its month and day, its month and its year, so that
9月28日 finds 2023-09-28.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

DIGIT = "〇零一二三四五六七八九"
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_LARGEST = 10**16
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

_MAY_BEGIN = re.compile(rf"[\d{DIGIT}两十百千万亿第]")


def numeral(written: str) -> int | None:
    """The number that digits or Chinese numerals write (12, 十二, 二〇二三, 三万五千); None if they write none.

    >>> numeral("一亿两千万")
    120000000
    """
    if written.isdecimal():
        return int(written)
    if not written or set(written) - set(DIGIT) - set("两十百千万亿"):
        return None
    if set(written) <= set(DIGIT):
        return int("".join(str(max(0, DIGIT.index(character) - 1)) for character in written))
    return _with_units(written)


def _with_units(written: str) -> int | None:
    total = section = 0
    digit: int | None = None
    last_small = _LARGEST
    for character in written:
        if character in _SMALL:
            unit = _SMALL[character]
            if unit >= last_small or (digit is None and unit != 10):
                return None
            section += (1 if digit is None else digit) * unit
            digit, last_small = None, unit
        elif character in _LARGE:
            section += digit or 0
            if not (section or total):
                return None
            total = (total + section) * _LARGE[character] if character == "亿" else total + section * _LARGE[character]
            section, digit, last_small = 0, None, _LARGEST
        elif character in "〇零":
            digit = None
        elif digit is not None:
            return None  # 三四十 is no number but a guess
        else:
            digit = 2 if character == "两" else DIGIT.index(character) - 1
    return total + section + (digit or 0)


def expressions(folded: str) -> Iterator[tuple[str, int, int]]:
    """Canonical terms of the dates and numbers in a folded text, in order, each with its range."""
    end = 0
    for start in _MAY_BEGIN.finditer(folded):  # leaves most of a text out in a fraction of the time
        if start.start() >= end and (found := _EXPRESSION.match(folded, start.start())):
            end = found.end()
            for term in _terms(found):
                yield term, found.start(), end


def _terms(found: re.Match[str]) -> list[str]:
    parts = found.groupdict()
    if parts["year"]:
        return _date_terms(parts["year"], parts["month"], parts["day"])
    if parts["iso_year"]:
        return _date_terms(parts["iso_year"], parts["iso_month"], parts["iso_day"])
    if parts["only_month"]:
        return _date_terms(None, parts["only_month"], parts["only_day"])
    if parts["ordinal"]:
        return [f"=第{place}"] if (place := numeral(parts["ordinal"])) is not None else []
    if parts["percent"]:
        percent = parts["percent"] if parts["percent"][0].isdecimal() else numeral(parts["percent"])
        return [f"{percent}%"] if percent is not None else []
    if parts["mixed"]:
        return _mixed_terms(parts["mixed"], parts["unit"])
    value = numeral(parts["number"])
    # A row of digits (一二) is a number only in a year or a percentage.
    return [str(value)] if value is not None and value >= 10 and set(parts["number"]) - set(DIGIT) else []


def _date_terms(year: str | None, month: str | None, day: str | None) -> list[str]:
    """`=2023-09-28`, `=09-28`, `=2023-09`, `=2023`, `=09`, as far as they are known; none if there is no such day."""
    numbers = [numeral(part) if part else None for part in (year, month, day)]
    if any(part and number is None for part, number in zip((year, month, day), numbers, strict=True)):
        return []
    y, m, d = numbers
    if (m is not None and not 1 <= m <= 12) or (d is not None and not 1 <= d <= 31):
        return []
    shapes = [
        f"={y:04}-{m:02}-{d:02}" if None not in (y, m, d) else "",
        f"={m:02}-{d:02}" if None not in (m, d) else "",
        f"={y:04}-{m:02}" if None not in (y, m) else "",
        f"={y:04}" if y is not None else "",
        f"={m:02}" if m is not None else "",
    ]
    return [shape for shape in shapes if shape]


def _mixed_terms(digits: str, units: str) -> list[str]:
    """10万 → 100000, 1.5亿 → 150000000."""
    factor = 1
    for unit in units:
        factor *= _SMALL.get(unit) or _LARGE[unit]
    value = Decimal(digits) * factor
    return [str(int(value))] if factor <= _LARGEST and value == int(value) else []
