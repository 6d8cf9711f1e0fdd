"""The two segmenters agree, and words are taken apart only at their joints."""

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
def fast() -> Segmenter:
    pytest.importorskip("rjieba", reason="rjieba is not installed here; jieba does the work")
    return Segmenter()


@pytest.fixture(scope="module")
def reference() -> Segmenter:
    return Segmenter(prefer_rjieba=False)


@pytest.mark.parametrize("run", RUNS)
def test_rjieba_cuts_and_tags_as_jieba_does(run: str, fast: Segmenter, reference: Segmenter) -> None:
    assert fast.cut(run) == reference.cut(run)
    assert fast.tag(run) == reference.tag(run)
    assert [fast.parts(word) for word in fast.cut(run)] == [reference.parts(word) for word in reference.cut(run)]


@pytest.mark.parametrize(
    ("word", "has", "lacks"),
    [
        ("中华人民共和国", {"中华", "人民共和国", "共和国", "人民"}, {"华人", "民共"}),
        ("清华大学", {"清华", "大学"}, {"华大"}),
        ("联合国安理会", {"联合国", "安理会"}, {"国安"}),
        ("长江大桥", {"长江", "大桥"}, {"江大"}),
    ],
)
def test_parts_do_not_cross_joints(word: str, has: set[str], lacks: set[str], reference: Segmenter) -> None:
    parts = {word[start:end] for start, end in reference.parts(word)}
    assert has <= parts
    assert not lacks & parts


def test_unknown_words_are_not_taken_apart(reference: Segmenter) -> None:
    assert not reference.knows("涵崧")
    assert reference.parts("涵崧基金") == ()


def test_agree_on_real_articles(rfi: Path, fast: Segmenter, reference: Segmenter) -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(rfi.rglob("*.txt"))[:25])
    runs = re.findall(r"[\u4e00-\u9fff]+", fold(text))
    assert len(runs) > 1000
    assert [run for run in runs if fast.cut(run) != reference.cut(run) or fast.tag(run) != reference.tag(run)] == []
