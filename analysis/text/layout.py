"""Layout: white space in Chinese text that is not part of the text.

Chinese is written without spaces. White space between two Han characters comes from a scanner (中 国 共 产 党), from
typesetting (王　毅) or from the end of a line, and a reader does not see it. Terms are therefore made from text without
its *gaps*. A gap is white space with no letter or digit of another script on either side, so the one in Python 编程
stays. Punctuation is no such letter: a couplet on two lines reads like one on one line.

Gaps are found in folded text, where any white space is a space. They depend only on the characters next to them: a
piece of a text without gaps is a piece of the text without gaps.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from .fold import fold
from .tokens import HAN, OTHER_LETTER

MIN_LINE_WIDTH, MAX_LINE_WIDTH = 20, 100  # columns of a line that a program may have broken
_LINE_WIDTH_TOLERANCE = 3  # columns; punctuation may not begin a line, and a Han character takes two columns

Range: TypeAlias = tuple[int, int]

# The first space leads, because the engine finds it faster than what must not stand before it.
_GAP = re.compile(rf" (?<! {{2}})(?<!{OTHER_LETTER} ) *(?! |{OTHER_LETTER})")
_HAN_GAP = re.compile(rf" (?<=[{HAN}] ) *(?=[{HAN}])")
_HAN_RUN = re.compile(f"[{HAN}]+")
_TITLE_END = "\x1e"  # see `analyzer.TITLE_END`


def remove_gaps(folded: str) -> str:
    """Return a folded text without its gaps.

    >>> remove_gaps("中 国 共 产 党, python 编程")
    '中国共产党,python 编程'
    """
    return _GAP.sub("", folded)


def join_name(name: str) -> str:
    """Return a name as written, without its gaps: 王毅 for 王　毅."""
    return name if name.isalnum() else JoinedText(name, find_gaps(fold(name))).text


def find_gaps(folded: str) -> list[Range]:
    """Return the ranges of the gaps of a folded text."""
    return [gap.span() for gap in _GAP.finditer(folded)]


def find_narrow_gaps(text: str, folded: str) -> list[Range]:
    """Return the gaps between Han characters that certainly belong together; `folded` is `fold(text)`.

    Names and dates must not extend over other gaps: 王毅 李明 are two people, and a heading ends with its line. A gap
    is narrow if it sets apart a single character, or if it is the end of a line that a program broke: a line of the
    usual width that is followed by one of the same width at most.
    """
    narrow: list[Range] = []
    for pieces in _spaced_runs(folded):
        for (left_start, left), (right, right_end) in pairwise(pieces):
            singles = (left - left_start == 1) + (right_end - right == 1)
            is_line_end = "\n" in text[left:right]
            if singles == 2 or (_is_broken_line(text, left, right) if is_line_end else singles):
                narrow.append((left, right))
    return narrow


def spaced_runs(folded: str) -> list[tuple[int, list[str]]]:
    """Return the offset and the pieces of each run of Han characters that gaps divide."""
    return [(pieces[0][0], [folded[start:end] for start, end in pieces]) for pieces in _spaced_runs(folded)]


def _spaced_runs(folded: str) -> list[list[Range]]:
    """Return the ranges of the pieces of each run of Han characters that gaps divide.

    The search begins at the gaps, since most texts have few.
    """
    runs: list[list[Range]] = []
    end = 0  # of the last piece
    for gap in _HAN_GAP.finditer(folded):
        if not runs or gap.start() != end:
            first = _HAN_RUN.match(folded[end : gap.start()][::-1])
            assert first is not None  # since a gap follows a Han character
            runs.append([(gap.start() - first.end(), gap.start())])
        following = _HAN_RUN.match(folded, gap.end())
        assert following is not None
        runs[-1].append(following.span())
        end = following.end()
    return runs


def _is_broken_line(text: str, end: int, next_start: int) -> bool:
    """Return whether the line that ends at `end` may have been broken there to fit a width."""
    before = text[max(0, end - MAX_LINE_WIDTH) : end]
    width = _width(before[max(before.rfind("\n"), before.rfind(_TITLE_END)) + 1 :])
    next_width = _width(text[next_start : next_start + MAX_LINE_WIDTH].partition("\n")[0])
    return MIN_LINE_WIDTH <= width <= MAX_LINE_WIDTH and next_width <= width + _LINE_WIDTH_TOLERANCE


def _width(line: str) -> int:
    """Return the columns that a line takes on a terminal."""
    return len(line) + sum(unicodedata.east_asian_width(character) in "WF" for character in line)


class JoinedText:
    """A text without some gaps, which maps ranges between both.

    >>> joined = JoinedText("王 毅", [(1, 2)])
    >>> joined.text, joined.original(0, 2)
    ('王毅', (0, 3))
    """

    def __init__(self, text: str, gaps: Sequence[Range]) -> None:
        self.text = text
        self._positions: list[int] = []  # of the gaps in the joined text
        self._ends = [end for _, end in gaps]  # in the original
        self._removed = [0]  # characters removed before each gap, and before the end
        if not gaps:
            return
        parts, end = [], 0
        for gap_start, gap_end in gaps:
            parts.append(text[end:gap_start])
            self._positions.append(gap_start - self._removed[-1])
            self._removed.append(self._removed[-1] + gap_end - gap_start)
            end = gap_end
        self.text = "".join((*parts, text[end:]))

    def original(self, start: int, end: int) -> Range:
        """Return the range in the original of a range, which is not empty, in the joined text."""
        return start + self._removed_before(start), end + self._removed_before(end - 1)

    def joined_offset(self, offset: int) -> int:
        """Return the offset in the joined text of a character of the original that is in no gap."""
        return offset - self._removed[bisect_right(self._ends, offset)]

    def has_gap_within(self, start: int, end: int) -> bool:
        """Return whether a gap was removed inside a range, which is not empty, of the joined text."""
        return self._removed_before(start) != self._removed_before(end - 1)

    def _removed_before(self, joined_offset: int) -> int:
        return self._removed[bisect_right(self._positions, joined_offset)]
