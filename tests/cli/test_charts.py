"""Bar charts fit the terminal, whatever the characters."""

import random

from souwen.cli.terminal_chart import bars, columns, padded
from souwen.query import FacetCount


def test_han_takes_two_columns() -> None:
    assert (columns("布林肯"), columns("RFI"), columns("安东尼·布林肯"), columns("é")) == (6, 3, 13, 1)
    assert columns(padded("布林肯", 10)) == 10


def test_the_longest_bar_reaches_to_the_edge() -> None:
    assert list(bars([FacetCount("2023", 100), FacetCount("2024", 50), FacetCount("2025", 0)], 31)) == [
        "2023  100  " + "#" * 20,
        "2024   50  " + "#" * 10,
        "2025    0",
    ]


def test_few_articles_have_a_sign_each() -> None:
    assert list(bars([FacetCount("2023", 3), FacetCount("2024", 1)], 80)) == ["2023  3  ###", "2024  1  #"]
    assert list(bars([], 80)) == []


def test_no_line_is_wider_than_the_terminal() -> None:
    choose = random.Random(1)
    for width in (30, 80, 200):
        counts = [FacetCount(choose.choice(["布林肯", "2023-09-28"]), choose.randrange(10**6)) for _ in range(50)]
        lines = list(bars(counts, width))
        assert max(map(columns, lines)) <= width
        assert all("#" in line for line, count in zip(lines, counts, strict=True) if count.articles)
