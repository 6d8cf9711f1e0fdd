"""The segmenter: rjieba and jieba agree, and words are split only at their boundaries."""

import re
from pathlib import Path

import pytest

from souwen.analysis import Segmenter, fold

RUNS = [
    "南京市长江大桥",
    "孙卫东当天在华盛顿与康达举行中美亚太事务磋商",
    "负责亚洲事务的高级官员与中国外交部一名官员进行了交谈",
    "珠海涵崧私募基金公司在横琴成立",
    "两次历史性飞跃与马克思主义中国化",
    "他心理健康研究生命的起源",
    "〇〇七",
]


@pytest.fixture(scope="module")
def rjieba_segmenter() -> Segmenter:
    pytest.importorskip("rjieba", reason="rjieba is not installed; souwen uses jieba")
    return Segmenter()


@pytest.fixture(scope="module")
def jieba_segmenter() -> Segmenter:
    return Segmenter(prefer_rjieba=False)


@pytest.mark.parametrize("run", RUNS)
def test_rjieba_cuts_and_tags_as_jieba_does(run: str, rjieba_segmenter: Segmenter, jieba_segmenter: Segmenter) -> None:
    assert rjieba_segmenter.cut(run) == jieba_segmenter.cut(run)
    assert rjieba_segmenter.tag(run) == jieba_segmenter.tag(run)
    assert [rjieba_segmenter.parts(word) for word in rjieba_segmenter.cut(run)] == [
        jieba_segmenter.parts(word) for word in jieba_segmenter.cut(run)
    ]


@pytest.mark.parametrize(
    ("word", "included", "excluded"),
    [
        ("中华人民共和国", {"中华", "人民共和国", "共和国", "人民"}, {"华人", "民共"}),
        ("清华大学", {"清华", "大学"}, {"华大"}),
        ("联合国安理会", {"联合国", "安理会"}, {"国安"}),
        ("长江大桥", {"长江", "大桥"}, {"江大"}),
    ],
)
def test_parts_do_not_cross_word_boundaries(
    word: str, included: set[str], excluded: set[str], jieba_segmenter: Segmenter
) -> None:
    parts = {word[start:end] for start, end in jieba_segmenter.parts(word)}
    assert included <= parts
    assert not excluded & parts


def test_unknown_words_are_not_split(jieba_segmenter: Segmenter) -> None:
    assert not jieba_segmenter.knows("涵崧")
    assert jieba_segmenter.parts("涵崧基金") == ()


def test_rjieba_and_jieba_agree_on_real_articles(
    rfi: Path, rjieba_segmenter: Segmenter, jieba_segmenter: Segmenter
) -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(rfi.rglob("*.txt"))[:25])
    runs = re.findall(r"[\u4e00-\u9fff]+", fold(text))
    assert len(runs) > 1000
    assert [
        run
        for run in runs
        if rjieba_segmenter.cut(run) != jieba_segmenter.cut(run)
        or rjieba_segmenter.tag(run) != jieba_segmenter.tag(run)
    ] == []
