"""Date mentions and the days that they denote."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souwen.analysis.dates.mentions import DateMention, extract_dates

THURSDAY = "2023-09-28"
CHINA = timezone(timedelta(hours=8))


def resolved(text: str, published: str = "") -> list[str]:
    """Return each mention and its days: 昨天=2023-09-27, 本周=2023-09-25..2023-10-01, 目前=?."""
    return list(map(formatted, extract_dates(text, datetime.fromisoformat(published) if published else None)))


def formatted(mention: DateMention) -> str:
    if mention.period is None:
        return f"{mention.text}=?"
    first, last = mention.period
    return f"{mention.text}={first}" + (f"..{last}" if last != first else "")


@pytest.mark.parametrize(
    ("expression", "published", "days"),
    [
        # days
        ("今天", THURSDAY, "2023-09-28"),
        ("今晚", THURSDAY, "2023-09-28"),
        ("昨日", "2024-01-01", "2023-12-31"),
        ("昨天", "2024-03-01", "2024-02-29"),
        ("前天", "2023-03-01", "2023-02-27"),
        ("大前天", THURSDAY, "2023-09-25"),
        ("明天", "2023-12-31", "2024-01-01"),
        ("后天", "2024-02-28", "2024-03-01"),
        ("後天", "2023-02-27", "2023-03-01"),
        ("昨晚8时30分", THURSDAY, "2023-09-27"),
        ("今天上午", THURSDAY, "2023-09-28"),
        ("28日", THURSDAY, "2023-09-28"),
        ("29日", THURSDAY, "2023-08-29"),
        ("31日", "2024-03-01", "2024-01-31"),
        ("29日", "2024-03-01", "2024-02-29"),
        ("29日", "2023-03-01", "2023-01-29"),
        ("３１日凌晨", "2024-01-02", "2023-12-31"),
        ("二十八日", THURSDAY, "2023-09-28"),
        # weeks, which begin on Monday
        ("本周", THURSDAY, "2023-09-25..2023-10-01"),
        ("这个星期", "2023-10-01", "2023-09-25..2023-10-01"),
        ("上周", "2024-01-03", "2023-12-25..2023-12-31"),
        ("下週", THURSDAY, "2023-10-02..2023-10-08"),
        ("上上周", THURSDAY, "2023-09-11..2023-09-17"),
        ("本周末", THURSDAY, "2023-09-30..2023-10-01"),
        ("上周五", THURSDAY, "2023-09-22"),
        ("上周日", "2023-10-01", "2023-09-24"),
        ("本周日", THURSDAY, "2023-10-01"),
        ("下周一", "2023-10-01", "2023-10-02"),
        ("下個禮拜三", THURSDAY, "2023-10-04"),
        ("周四", THURSDAY, "2023-09-28"),
        ("週五", THURSDAY, "2023-09-22"),
        ("星期日", THURSDAY, "2023-09-24"),
        ("星期天", "2023-10-01", "2023-10-01"),
        ("礼拜三", THURSDAY, "2023-09-27"),
        ("周三晚间", "2024-01-01", "2023-12-27"),
        ("两周后", THURSDAY, "2023-10-09..2023-10-15"),
        ("三个星期前", THURSDAY, "2023-09-04..2023-09-10"),
        # months
        ("本月", "2024-02-10", "2024-02-01..2024-02-29"),
        ("上月", "2023-01-15", "2022-12-01..2022-12-31"),
        ("上個月", THURSDAY, "2023-08-01..2023-08-31"),
        ("下月", "2023-12-31", "2024-01-01..2024-01-31"),
        ("上月15日", THURSDAY, "2023-08-15"),
        ("本月31日", THURSDAY, "?"),
        ("上个月底", "2023-03-31", "2023-02-21..2023-02-28"),
        ("月初", THURSDAY, "2023-09-01..2023-09-10"),
        ("本月中旬", THURSDAY, "2023-09-11..2023-09-20"),
        ("9月", THURSDAY, "2023-09-01..2023-09-30"),
        ("12月", "2024-01-02", "2023-12-01..2023-12-31"),
        ("2月29日", "2024-05-01", "2024-02-29"),
        ("2月29日", "2023-05-01", "?"),
        ("9月28日", "2023-10-01", "2023-09-28"),
        ("9月28日", "2024-01-01", "2023-09-28"),
        ("三个月前", "2024-01-31", "2023-10-01..2023-10-31"),
        # years
        ("今年", THURSDAY, "2023-01-01..2023-12-31"),
        ("去年", THURSDAY, "2022-01-01..2022-12-31"),
        ("前年", THURSDAY, "2021-01-01..2021-12-31"),
        ("明年", THURSDAY, "2024-01-01..2024-12-31"),
        ("去年9月", THURSDAY, "2022-09-01..2022-09-30"),
        ("去年２月29日", "2025-06-01", "2024-02-29"),
        ("今年夏天", THURSDAY, "2023-06-01..2023-08-31"),
        ("去年冬天", THURSDAY, "2022-12-01..2023-02-28"),
        ("今夏", THURSDAY, "2023-06-01..2023-08-31"),
        ("年初", THURSDAY, "2023-01-01..2023-02-28"),
        ("去年底", THURSDAY, "2022-11-01..2022-12-31"),
        ("上半年", THURSDAY, "2023-01-01..2023-06-30"),
        ("下半年", "2024-01-02", "2023-07-01..2023-12-31"),
        ("第三季度", THURSDAY, "2023-07-01..2023-09-30"),
        ("去年第四季度", THURSDAY, "2022-10-01..2022-12-31"),
        ("五年前", THURSDAY, "2018-01-01..2018-12-31"),
        ("十年后", THURSDAY, "2033-01-01..2033-12-31"),
        # periods that end with the day of publication, or begin after it
        ("三天前", "2023-10-01", "2023-09-28"),
        ("5天后", "2024-02-27", "2024-03-03"),
        ("36小时前", "2023-09-28T10:00:00", "2023-09-26"),
        ("近7天", THURSDAY, "2023-09-22..2023-09-28"),
        ("过去三年", THURSDAY, "2020-09-29..2023-09-28"),
        ("近两年", "2024-02-29", "2022-03-01..2024-02-29"),
        ("最近三个月", "2023-05-31", "2023-03-01..2023-05-31"),
        ("未来五年", THURSDAY, "2023-09-29..2028-09-28"),
        # decades and centuries
        ("本世纪初", THURSDAY, "2000-01-01..2009-12-31"),
        ("上世紀九十年代", THURSDAY, "1990-01-01..1999-12-31"),
        ("80年代", THURSDAY, "1980-01-01..1989-12-31"),
        ("二十年代", THURSDAY, "2020-01-01..2029-12-31"),
        ("二十世纪", "", "1900-01-01..1999-12-31"),
        ("1990年代", "", "1990-01-01..1999-12-31"),
        # holidays
        ("元旦", "2023-12-20", "2024-01-01"),
        ("去年国庆", THURSDAY, "2022-10-01"),
        ("春节", THURSDAY, "?"),
        # absolute dates
        ("2023年9月28日", "", "2023-09-28"),
        ("二〇二三年九月二十八日", "", "2023-09-28"),
        ("2023 年 9 月 28 日", "", "2023-09-28"),
        ("2023年9月28号", "", "2023-09-28"),
        ("2023-09-28", "", "2023-09-28"),
        ("民國112年9月28日", "", "2023-09-28"),
        ("112年9月28日", "", "2023-09-28"),
        ("1998年元旦", "", "1998-01-01"),
        ("1997年底", "", "1997-11-01..1997-12-31"),
        ("2023年2月31日", "", "?"),
        ("’98", THURSDAY, "1998-01-01..1998-12-31"),
        # unresolvable
        ("目前", THURSDAY, "?"),
        ("当年9月", THURSDAY, "?"),
        ("昨天", "", "?"),
        ("周四", "", "?"),
        ("9月28日", "", "?"),
    ],
)
def test_a_date_is_resolved_to_days(expression: str, published: str, days: str) -> None:
    assert resolved(expression, published) == [f"{expression}={days}"]


@pytest.mark.parametrize(
    ("text", "published", "mentions"),
    [
        ("会议将于周五举行", THURSDAY, ["周五=2023-09-29"]),
        ("会议周五将举行", THURSDAY, ["周五=2023-09-29"]),
        ("会议周五举行", THURSDAY, ["周五=2023-09-22"]),
        ("预计30日抵达", THURSDAY, ["30日=2023-09-30"]),
        ("须在5日之前完成", THURSDAY, ["5日=2023-10-05"]),
        ("他5日前往北京", THURSDAY, ["5日=2023-09-05"]),
        ("将在1月15日生效", THURSDAY, ["1月15日=2024-01-15"]),
    ],
)
def test_words_around_a_date_indicate_the_future(text: str, published: str, mentions: list[str]) -> None:
    assert resolved(text, published) == mentions


@pytest.mark.parametrize(
    ("text", "published", "mentions"),
    [
        ("9月28日至30日", THURSDAY, ["9月28日=2023-09-28", "30日=2023-09-30"]),
        ("12月30日至1月2日", "2023-12-20", ["12月30日=2023-12-30", "1月2日=2024-01-02"]),
        ("2022年8月至10月", "", ["2022年8月=2022-08-01..2022-08-31", "10月=2022-10-01..2022-10-31"]),
        ("明天（29日）", THURSDAY, ["明天=2023-09-29", "29日=2023-09-29"]),
        ("本周六（30日）", THURSDAY, ["本周六=2023-09-30", "30日=2023-09-30"]),
    ],
)
def test_the_end_of_a_range_is_resolved_from_its_start(text: str, published: str, mentions: list[str]) -> None:
    assert resolved(text, published) == mentions


def test_days_are_counted_in_the_time_zone_of_publication() -> None:
    instant = datetime(2023, 9, 28, 23, 30, tzinfo=timezone.utc)
    assert formatted(extract_dates("今天", instant)[0]) == "今天=2023-09-28"
    assert formatted(extract_dates("今天", instant.astimezone(CHINA))[0]) == "今天=2023-09-29"


def test_a_line_break_ends_a_date() -> None:
    assert resolved("去年\n9月", THURSDAY) == ["去年=2022-01-01..2022-12-31", "9月=2023-09-01..2023-09-30"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "99月",
            "13月",
            "0月",
            "32日",
            "12个月",
            "5号线",
            "3.5日",
            "100日元",
            "2000多人",
            "第三天",
            "四周一片",
            "两周一次",
        ),
        *(
            "社会主义现代化",
            "体现在",
            "今年度",
            "上年纪",
            "明年度",
            "本周刊",
            "上月球",
            "前日本首相",
            "以上年龄",
            "日本周刊",
            "二十多人",
            "10000年",
            "5000年文明",
        ),
    ],
)
def test_other_expressions_are_no_dates(text: str) -> None:
    assert resolved(text, THURSDAY) == []


def test_ranges_refer_to_the_original_text() -> None:
    text = "國務院１０月８日說，去年9月２８日上午的會談。"
    assert [(text[m.start : m.end], m.text) for m in extract_dates(text)] == [
        ("１０月８日", "１０月８日"),
        ("去年9月２８日上午",) * 2,
    ]


DATE_CHARACTERS = (
    "〇零一二三四五六七八九十百两今昨明去前后上下本周星期月年日号初底末至将第季度世纪代天个半近过'0123456789.-/ "
)


@given(
    st.text(alphabet=DATE_CHARACTERS, max_size=60),
    st.none() | st.datetimes(),
)
def test_any_text_yields_ordered_mentions(text: str, published: datetime | None) -> None:
    end = 0
    for mention in extract_dates(text, published):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        assert mention.period is None or mention.period.first <= mention.period.last
        end = mention.end


@pytest.mark.parametrize("published", ["0001-01-01", "0001-12-31", "9999-01-01", "9999-12-31"])
def test_dates_at_the_ends_of_the_calendar_do_not_raise(published: str) -> None:
    for text in (
        "前天",
        "后天",
        "上周五",
        "下周五",
        "28日",
        "将于28日",
        "9月",
        "12月",
        "九十年代",
        "999年前",
        "999年后",
        "元旦",
        "'98",
        "未来九年",
    ):
        assert extract_dates(text, datetime.fromisoformat(published))
