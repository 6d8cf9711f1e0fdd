"""Bar charts fit the terminal with any characters."""

import random

from souwen.cli.terminal_chart import bar_chart, display_width, pad
from souwen.query import FacetCount


def test_a_han_character_fills_two_columns() -> None:
    texts = ("布林肯", "RFI", "安东尼·布林肯", "é")
    assert tuple(map(display_width, texts)) == (6, 3, 13, 1)
    assert display_width(pad("布林肯", 10)) == 10


def test_the_longest_bar_fills_the_width() -> None:
    assert list(bar_chart([FacetCount("2023", 100), FacetCount("2024", 50), FacetCount("2025", 0)], 31)) == [
        "2023  100  " + "#" * 20,
        "2024   50  " + "#" * 10,
        "2025    0",
    ]


def test_each_article_has_a_column_where_there_are_few() -> None:
    assert list(bar_chart([FacetCount("2023", 3), FacetCount("2024", 1)], 80)) == ["2023  3  ###", "2024  1  #"]
    assert list(bar_chart([], 80)) == []


def test_no_line_is_wider_than_the_terminal() -> None:
    rng = random.Random(1)
    for width in (30, 80, 200):
        counts = [FacetCount(rng.choice(["布林肯", "2023-09-28"]), rng.randrange(10**6)) for _ in range(50)]
        lines = list(bar_chart(counts, width))
        assert max(map(display_width, lines)) <= width
        assert all("#" in line for line, count in zip(lines, counts, strict=True) if count.articles)
