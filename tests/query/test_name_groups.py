"""Which values count as one name across the articles of an index. Counts are written `text articles`."""

import pytest

from souwen.engines import FacetCount
from souwen.query.aliases import Aliases
from souwen.query.name_groups import KnownNames

ALIASES = Aliases([["特朗普", "川普", "唐纳德·特朗普"], ["欧盟", "欧洲联盟"], ["川普", "川建国"]])


def counts(text: str) -> list[FacetCount]:
    words = text.split()
    return [FacetCount(value, int(articles)) for value, articles in zip(words[::2], words[1::2], strict=True)]


def merged(index: str, found: str = "") -> str:
    """The names of an index, or of what a query found in it."""
    known = KnownNames(counts(index), ALIASES)
    return " ".join(f"{group.shown} {group.articles}" for group in known.grouped(counts(found or index)))


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        pytest.param("习近平 3 習近平 2", "习近平 5", id="scripts"),
        pytest.param("安东尼·布林肯 3 安東尼·布林肯 1 布林肯 5", "安东尼·布林肯 9", id="last name of one person"),
        pytest.param(
            "米歇尔·奥巴马 3 巴拉克·奥巴马 4 奥巴马 5", "米歇尔·奥巴马 3 巴拉克·奥巴马 4 奥巴马 5", id="of two"
        ),
        pytest.param(
            "巴拉克·奥巴马 8 米歇尔·奥巴马 2 奥巴马 5", "巴拉克·奥巴马 13 米歇尔·奥巴马 2", id="of one above all"
        ),
        pytest.param("马克龙 71 布丽吉特·马克龙 1", "马克龙 71 布丽吉特·马克龙 1", id="of somebody well known"),
        pytest.param("川普 3 特朗普 2 川建国 1", "特朗普 6", id="other names"),
        pytest.param("欧洲联盟 3", "欧盟 3", id="the first of its other names"),
        pytest.param("唐纳德·川普 3 特朗普 2", "特朗普 5", id="other last names"),
        pytest.param("梅拉尼娅·川普 3 梅拉尼娅·特朗普 2", "梅拉尼娅·特朗普 5", id="of somebody else"),
        pytest.param(
            "特朗普 2 唐纳德·特朗普 2 玛丽·特朗普 3", "特朗普 4 玛丽·特朗普 3", id="aliases before last names"
        ),
    ],
)
def test_across_articles(index: str, expected: str) -> None:
    assert merged(index) == expected


def test_the_whole_index_decides() -> None:
    """Not the few articles that a query finds."""
    assert merged("拜登 250 乔·拜登 12 亨特·拜登 4", "拜登 9 亨特·拜登 2") == "拜登 9 亨特·拜登 2"
    assert merged("安东尼·布林肯 9 布林肯 5", "布林肯 2") == "安东尼·布林肯 2"
