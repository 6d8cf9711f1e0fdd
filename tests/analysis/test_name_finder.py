"""Named entities of the seed articles, and of texts that the dictionary's tags mislead.

Expected mentions are written `text/kind`, with p for person, l for place and o for organisation.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from souwen.analysis import Segmenter
from souwen.analysis.names.features import OUTSIDE
from souwen.analysis.names.finder import EntityMention, extract_entities
from souwen.analysis.names.model import LABEL_COUNT, name_model
from souwen.analysis.names.rules import Span
from souwen.analysis.text.layout import join_name
from training.labeled_sentences import f1, splits

MIN_F1, MIN_F1_WITH_DATES = 0.82, 0.79  # F1 of exact names
KINDS = {"person": "p", "place": "l", "organisation": "o"}

SEEDS = {
    "split-surname": (
        "美国国务院在一份声明中说，负责东亚和太平洋事务的康达在华盛顿会见了中国外交部亚洲事务代表孙卫东。",
        "美国国务院/o 东亚/l 太平洋/l 康达/p 华盛顿/l 中国外交部/o 亚洲/l 孙卫东/p",
    ),
    "two-countries-are-none": ("根据中美双方达成的共识，孙卫东当天与康达举行磋商。", "孙卫东/p 康达/p"),
    "strait": ("康达重申了维护台湾海峡和平与稳定的重要性，而中国认为", "康达/p 台湾海峡/l 中国/l"),
    "places": ("两位高级外交官还讨论了缅甸、朝鲜和海洋事务。", "缅甸/l 朝鲜/l"),
    "agency": ("路透社说，这些交流可能有助于乔-拜登总统和习近平主席举行会晤。", "路透社/o 乔-拜登/p 习近平/p"),
    "hyphen": ("美国外交部门负责人安东尼-布林肯于今年 6 月访问了中国。", "美国/l 安东尼-布林肯/p 中国/l"),
    "ministers": (
        "随后，财政部长珍妮特-耶伦和商务部长吉娜-雷蒙多分别于 8 月和 6 月访问了中国。",
        "财政部/o 珍妮特-耶伦/p 商务部/o 吉娜-雷蒙多/p 中国/l",
    ),
    "after-titles": (
        "布林肯最近还在纽约会见了中国国家副主席韩正；美国国家安全顾问苏利文则在马尔他会晤了中国外交部长王毅。",
        "布林肯/p 纽约/l 中国/l 韩正/p 美国/l 苏利文/p 马尔他/l 中国外交部/o 王毅/p",
    ),
    "newspaper": (
        "《华尔街日报》近日报导，北京与华府正在为中国国家主席习近平访问美国而铺路。",
        "华尔街日报/o 北京/l 华府/l 中国/l 习近平/p 美国/l",
    ),
    "former-secretary": (
        "让中国防长李尚福与到访的美国前国务卿基辛格会面，美国五角大楼与中国外交部举行了会谈。",
        "李尚福/p 美国/l 基辛格/p 美国/l 五角大楼/o 中国外交部/o",
    ),
    "before-title": ("拉特纳助理国务卿和杨主任讨论了美中防务关系以及地区安全问题。", "拉特纳/p"),
    "middle-dot": (
        "他指的是助理国防部长“伊利·拉特纳”和中华人民共和国外交部北美大洋洲司司长杨涛。",
        "国防部/o 伊利·拉特纳/p 中华人民共和国外交部/o 北美/l 大洋洲/l 杨涛/p",
    ),
}


def mentions(text: str) -> str:
    return " ".join(f"{entity.text}/{KINDS[entity.kind]}" for entity in extract_entities(text))


@pytest.mark.parametrize(("text", "expected"), SEEDS.values(), ids=SEEDS.keys())
def test_entities_of_the_seeds(text: str, expected: str) -> None:
    assert mentions(text) == expected


@pytest.mark.parametrize("joint", "·•・‧-")
def test_joints_connect_the_parts_of_a_name(joint: str) -> None:
    assert mentions(f"国务卿安东尼{joint}布林肯说") == f"安东尼{joint}布林肯/p"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("记者采访了中国科学院海洋研究所", "中国科学院海洋研究所/o", id="organisation-goes-on"),
        pytest.param("北京市足球协会今天成立", "北京市足球协会/o", id="organisation-of-common-words"),
        pytest.param("中国公司和美国大学", "中国/l 美国/l", id="no-organisation-of-a-country"),
        pytest.param("日本首相和印度政府", "日本/l 印度/l", id="country-within-a-word"),
        pytest.param("欧盟和联合国", "欧盟/o 联合国/o", id="unions-are-organisations"),
        pytest.param("毛泽东思想", "毛泽东/p", id="doctrine"),
        pytest.param("欧阳修写道", "欧阳修/p", id="compound-surname"),
        pytest.param("京沪指北京-上海", "北京/l 上海/l", id="hyphen-between-places"),
    ],
)
def test_boundaries_and_kinds_of_names(text: str, expected: str) -> None:
    assert mentions(text) == expected


def test_mentions_keep_traditional_characters() -> None:
    assert mentions("美國國務院發言人說，習近平將訪問臺灣海峽") == "美國國務院/o 習近平/p 臺灣海峽/l"


@pytest.mark.parametrize("text", ["顾问", "和平与稳定", "中美", "杨主任", "王先生", "黑名单", "维生素", "令人明白", ""])
def test_other_words_are_no_names(text: str) -> None:
    assert extract_entities(text) == []


def test_offsets_refer_to_the_original_text() -> None:
    text = "\n".join(text for text, _ in SEEDS.values())
    entities = extract_entities(text)
    assert all(entity.text == text[entity.start : entity.end] for entity in entities)
    assert all(before.end <= after.start for before, after in pairwise(entities))
    assert extract_entities("  ＡＢＣ 王毅说") == [EntityMention("王毅", "person", 6, 8)]


def test_jieba_and_rjieba_find_the_same_entities() -> None:
    text = "\n".join(text for text, _ in SEEDS.values())
    assert extract_entities(text, Segmenter(prefer_rjieba=False)) == extract_entities(text)


def assert_valid(text: str) -> None:
    """Assert what is true of the names of any text."""
    entities = extract_entities(text)
    assert all(entity.text and entity.text == join_name(text[entity.start : entity.end]) for entity in entities)
    assert all(before.end <= after.start for before, after in pairwise(entities))
    assert all(entity.kind in KINDS for entity in entities)


NAMES = ["安东尼·布林肯", "习近平", "北京", "中国外交部", "《华尔街日报》", *"-·。\n斯王说5\ud800𠮷", "iphone"]


@given(st.lists(st.one_of(st.sampled_from(NAMES), st.text())).map("".join))
@example("尔 尔")
def test_any_text_yields_valid_mentions(text: str) -> None:
    assert_valid(text)


@pytest.mark.parametrize("part", ["斯", "斯·", "习近平", "王", "中华人民共和国外交部", "习近平-", "ａ", "\ud800"])
def test_long_texts_without_sentences_yield_valid_mentions(part: str) -> None:
    assert_valid(part * (50_000 // len(part)))


def test_block_boundaries_do_not_split_names() -> None:
    sentence = "昨天，外交部发言人说，习近平主席将访问法国首都巴黎。"
    expected = mentions(sentence).split()
    assert {"习近平/p", "法国/l", "巴黎/l"} <= set(expected)
    assert mentions(sentence * 700).split() == expected * 700


def test_viterbi_finds_the_best_labels() -> None:
    """Decoding passages in parallel yields the score of a plain dynamic program over each passage."""
    model = name_model()
    random = np.random.default_rng(1)
    positions = np.flatnonzero(random.random(400) < 0.8)
    scores = random.integers(-200, 200, (len(positions), LABEL_COUNT)).astype(np.int32)
    labels = model._viterbi(scores.T, positions)
    for passage in np.split(np.arange(len(positions)), np.flatnonzero(np.diff(positions) > 1) + 1):
        best = {OUTSIDE: 0}
        for i in passage:
            best = {
                after: max(best[before] + int(model._transitions[before, after]) for before in best)
                + int(scores[i, after])
                for after in range(LABEL_COUNT)
            }
        best_score = max(best[last] + int(model._transitions[last, OUTSIDE]) for last in best)
        path = [OUTSIDE, *labels[passage].tolist(), OUTSIDE]
        score = sum(int(scores[i, labels[i]]) for i in passage)
        assert score + sum(int(model._transitions[pair]) for pair in pairwise(path)) == best_score


@pytest.mark.parametrize(("collection", "min_f1"), [("devtest", MIN_F1), ("with dates", MIN_F1_WITH_DATES)])
def test_f1_on_labeled_sentences(shared: Path, collection: str, min_f1: float) -> None:
    if not (shared / "ner").is_dir():
        pytest.skip(f"no labeled sentences in {shared / 'ner'}")

    def find(text: str) -> list[Span]:
        return [Span(entity.start, entity.end, entity.kind) for entity in extract_entities(text)]

    assert f1(splits(shared / "ner", collection)["test"], find)["all"] >= min_f1
