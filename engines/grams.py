"""How a literal string is looked up in the gram streams."""


def bigram_cover(string: str) -> list[tuple[int, str]]:
    """Offsets and pairs that together spell `string` (of two characters or more): every second pair and the last.

    >>> pair_cover("台湾海峡问")
    [(0, '台湾'), (2, '海峡'), (3, '峡问')]
    """
    last = len(string) - 2
    offsets = [*range(0, last, 2), last]
    return [(offset, string[offset : offset + 2]) for offset in offsets]
