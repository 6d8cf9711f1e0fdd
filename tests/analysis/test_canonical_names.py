"""Canonical names of an article. Mentions are written `text/kind`, as in test_name_finder."""

import pytest

from souwen.analysis import EntityKind, EntityMention, canonical_names, name_key, with_interpuncts

KINDS: dict[str, EntityKind] = {"p": "person", "l": "place", "o": "organisation"}


def canonical(mentions: str) -> str:
    entities, start = [], 0
    for text, kind in (mention.split("/") for mention in mentions.split()):
        entities.append(EntityMention(text, KINDS[kind], start, start + len(text)))
        start += len(text) + 1
    return " ".join(canonical_names(entities))


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        pytest.param("", "", id="none"),
        pytest.param("安东尼-布林肯/p 安东尼•布林肯/p", "安东尼·布林肯 安东尼·布林肯", id="any joint"),
        pytest.param("安东尼-布林肯/p 布林肯/p", "安东尼·布林肯 安东尼·布林肯", id="last name after the full one"),
        pytest.param("布林肯/p 安东尼-布林肯/p", "安东尼·布林肯 安东尼·布林肯", id="last name in the headline"),
        pytest.param(
            "布林肯/p 布林肯/p 安东尼-布林肯/p",
            "布林肯 布林肯 安东尼·布林肯",
            id="another person, mentioned repeatedly before",
        ),
        pytest.param(
            "米歇尔·奥巴马/p 巴拉克·奥巴马/p 奥巴马/p", "米歇尔·奥巴马 巴拉克·奥巴马 奥巴马", id="one of two persons"
        ),
        pytest.param("乔治·华盛顿/p 华盛顿/l 华盛顿/p", "乔治·华盛顿 华盛顿 乔治·华盛顿", id="a place is no last name"),
        pytest.param("習近平/p 习近平/p 習近平/p", "習近平 習近平 習近平", id="most frequent spelling"),
        pytest.param("习近平/p 習近平/p", "习近平 习近平", id="first spelling of equally frequent ones"),
        pytest.param("ＷＨＯ/o WHO/o WHO/o", "WHO WHO WHO", id="widths"),
        pytest.param(
            "弗拉基米尔·普京/p 普京/p 弗拉基米尔·普京/p 普京/p",
            " ".join(["弗拉基米尔·普京"] * 4),
            id="full and last name alternate",
        ),
    ],
)
def test_canonical_names(mentions: str, expected: str) -> None:
    assert canonical(mentions) == expected


def test_interpuncts_replace_joints_between_parts_of_names() -> None:
    assert with_interpuncts("让-克洛德・容克") == "让·克洛德·容克"
    assert with_interpuncts("COVID-19") == "COVID-19"
    assert with_interpuncts("-容克-") == "-容克-"
    assert name_key("安東尼‧布林肯") == name_key("安东尼-布林肯") == "安东尼·布林肯"
