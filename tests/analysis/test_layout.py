"""Gaps: white space in Chinese text that is layout. Terms are made without it, ranges hold for the text as written."""

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis import Analyzer, Article, JoinedText, extract_dates, extract_entities, find_gaps, fold, remove_gaps

ANALYZER = Analyzer()
SPACED = st.text(st.sampled_from("中国共产党大会王毅李明南京市长江大桥ab1.,，。“”() \n\u3000\t\xa0"), max_size=50)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        pytest.param("中 国 共 产 党 。", "中国共产党。", id="recognised print"),
        pytest.param("王　毅、李\xa0明", "王毅、李明", id="padded names"),
        pytest.param("人民大会\n堂举行，\r\n并通过", "人民大会堂举行,并通过", id="lines"),
        pytest.param("他说：\n“好。” “不”", '他说:"好。""不"', id="quotation marks"),
        pytest.param("Python 编程 , 第 3 章", "python 编程,第 3 章", id="letters and digits"),
        pytest.param("the end, he said (so)", "the end, he said (so)", id="english"),
        pytest.param("도쿄 타워 東京 タワー", "도쿄 타워 东京 タワー", id="other scripts"),
        pytest.param("  中  国  ", "中国", id="at the ends"),
        pytest.param("题目\x1e正文 ", "题目\x1e正文", id="end of the title"),
    ],
)
def test_gaps_are_white_space_without_letters_of_other_scripts_beside_it(text: str, joined: str) -> None:
    assert remove_gaps(fold(text)) == joined


@given(SPACED, st.integers(0, 50), st.integers(0, 50))
def test_a_piece_of_a_text_stays_a_piece_without_gaps(text: str, start: int, length: int) -> None:
    folded = fold(text)
    assert remove_gaps(folded[start : start + length].strip()) in remove_gaps(folded)
    assert remove_gaps(remove_gaps(folded)) == remove_gaps(folded)


@given(SPACED)
def test_ranges_map_to_the_text_as_written(text: str) -> None:
    folded = fold(text)
    joined = JoinedText(folded, find_gaps(folded))
    assert joined.text == remove_gaps(folded)
    for start in range(len(joined.text)):
        for end in range(start + 1, min(len(joined.text), start + 4) + 1):
            low, high = joined.original(start, end)
            assert (folded[low], folded[high - 1]) == (joined.text[start], joined.text[end - 1])
            assert joined.joined_offset(low) == start
            assert joined.has_gap_within(start, end) == (high - low > end - start)


@given(SPACED)
def test_spaced_text_has_all_words_of_the_joined_text_and_of_its_pieces(text: str) -> None:
    terms = {token.term for token in ANALYZER.tokenize(text)}
    assert terms >= {token.term for token in ANALYZER.tokenize(remove_gaps(fold(text)))}
    han_pieces = (piece for piece in text.split() if all("\u4e00" <= character <= "\u9fff" for character in piece))
    assert terms >= {
        token.term for piece in han_pieces for token in ANALYZER.tokenize(piece) if len(token.term) > 1 < len(piece)
    }
    assert sorted(ANALYZER.terms(text).words) == sorted(token.term for token in ANALYZER.tokenize(text))


def test_a_word_includes_its_gaps() -> None:
    text = "在 人民大会\n堂"
    assert "人民大会\n堂" in {text[token.start : token.end] for token in ANALYZER.tokenize(text)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("出席会议的有：王　毅、李　明、张志军。", ["王　毅", "李　明", "张志军"], id="padded"),
        pytest.param("记者报道，外 交 部 长 王 毅 在 北 京 会 见 客 人 。", ["王 毅", "北 京"], id="recognised print"),
        pytest.param(
            "中国外交部长今天上午在人民大会堂会见了来访的美国国务卿布林\n肯，双方就共同关心的问题交换了意见。",
            ["布林\n肯"],
            id="broken line",
        ),
    ],
)
def test_names_with_gaps_are_found_and_read_without_them(text: str, names: list[str]) -> None:
    mentions = {text[mention.start : mention.end]: mention.text for mention in extract_entities(text)}
    for name in names:
        assert mentions.get(name) == "".join(name.split())


def test_names_do_not_extend_over_lines_of_a_list() -> None:
    assert [mention.text for mention in extract_entities("出席：\n王毅\n李明\n张志军\n")] == ["王毅", "李明", "张志军"]


def test_dates_with_gaps_are_found() -> None:
    text = "二 〇 二 三 年 九 月 二 十 八 日 ， 会 谈 举 行 。"
    (mention,) = extract_dates(text, datetime(2024, 1, 1, tzinfo=timezone.utc))
    assert mention.text == text[mention.start : mention.end] == "二 〇 二 三 年 九 月 二 十 八 日"
    assert str(mention.period and mention.period.first) == "2023-09-28"


def test_a_word_of_the_dictionary_matches_with_and_without_its_space() -> None:
    analyzer = Analyzer(["清华 大学出版"])
    for text in ("清华 大学出版", "清华大学出版", "清华大学\n出版"):
        assert "清华大学出版" in {token.term for token in analyzer.tokenize(text)}


def test_streams_of_an_article_hold_title_and_body_without_gaps() -> None:
    analyzed = ANALYZER.analyze(Article(id="1", title="王　毅 访华 ", body="今 天\n到 Python 3\n课"))
    assert analyzed.title.folded == "王毅访华"
    assert analyzed.text.folded == "王毅访华\x1e今天到 python 3\n课".replace("\n", " ")
