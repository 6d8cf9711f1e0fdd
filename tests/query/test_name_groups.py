"""Grouping of names across the articles of an index. Counts are written `name articles`."""

import pytest

from souwen.engines import FacetCount
from souwen.query.aliases import Aliases
from souwen.query.name_groups import KnownNames

ALIASES = Aliases([["特朗普", "川普", "唐纳德·特朗普"], ["欧盟", "欧洲联盟"], ["川普", "川建国"]])


def counts(text: str) -> list[FacetCount]:
    words = text.split()
    return [FacetCount(name, int(articles)) for name, articles in zip(words[::2], words[1::2], strict=True)]


def grouped(index: str, matches: str = "") -> str:
    """The grouped names of `matches`, which a query found in the index, or of the whole index."""
    known_names = KnownNames(counts(index), ALIASES)
    return " ".join(f"{group.label} {group.articles}" for group in known_names.group(counts(matches or index)))


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        pytest.param("习近平 3 習近平 2", "习近平 5", id="simplified and traditional"),
        pytest.param("安东尼·布林肯 3 安東尼·布林肯 1 布林肯 5", "安东尼·布林肯 9", id="last name of one person"),
        pytest.param(
            "米歇尔·奥巴马 3 巴拉克·奥巴马 4 奥巴马 5",
            "米歇尔·奥巴马 3 巴拉克·奥巴马 4 奥巴马 5",
            id="last name of two",
        ),
        pytest.param(
            "巴拉克·奥巴马 8 米歇尔·奥巴马 2 奥巴马 5",
            "巴拉克·奥巴马 13 米歇尔·奥巴马 2",
            id="dominant owner",
        ),
        pytest.param(
            "马克龙 71 布丽吉特·马克龙 1",
            "马克龙 71 布丽吉特·马克龙 1",
            id="well-known bare last name",
        ),
        pytest.param("川普 3 特朗普 2 川建国 1", "特朗普 6", id="aliases"),
        pytest.param("欧洲联盟 3", "欧盟 3", id="an alias is shown as the first of its group"),
        pytest.param("唐纳德·川普 3 特朗普 2", "特朗普 5", id="alias of a last name"),
        pytest.param(
            "梅拉尼娅·川普 3 梅拉尼娅·特朗普 2",
            "梅拉尼娅·特朗普 5",
            id="alias of another's last name",
        ),
        pytest.param(
            "特朗普 2 唐纳德·特朗普 2 玛丽·特朗普 3", "特朗普 4 玛丽·特朗普 3", id="aliases before last names"
        ),
    ],
)
def test_names_of_one_person_or_organisation_are_grouped(index: str, expected: str) -> None:
    assert grouped(index) == expected


def test_the_whole_index_decides_and_not_the_matches_of_a_query() -> None:
    assert grouped("拜登 250 乔·拜登 12 亨特·拜登 4", "拜登 9 亨特·拜登 2") == "拜登 9 亨特·拜登 2"
    assert grouped("安东尼·布林肯 9 布林肯 5", "布林肯 2") == "安东尼·布林肯 2"
