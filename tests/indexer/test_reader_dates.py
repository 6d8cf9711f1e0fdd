"""Dates in records, pages and file names: every form is read as the same day, and nothing else is a date."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.analysis import Article
from souwen.indexer.publishers import Publisher
from souwen.indexer.readers import read
from souwen.indexer.readers.dates import MIN_YEAR, date_in_file_name, parse_date

from ..conftest import tries

SHANGHAI = Publisher("某报", "Asia/Shanghai")
LAST = date(datetime.now(timezone.utc).year + 1, 12, 31)
DAYS = st.dates(date(MIN_YEAR, 1, 1), LAST)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# Times that cannot be mistaken for counters: before 1966 or after 1973.
MOMENTS = st.datetimes(datetime(1974, 1, 1), datetime.combine(LAST, datetime.min.time()))


def chinese(number: int) -> str:
    """Return a number below 100 in Chinese."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else "一二三四五六七八九"[tens - 1] + "十") + (
        "" if ones == 0 else "一二三四五六七八九"[ones - 1]
    )


def digits(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


DAY_FORMS: dict[str, Callable[[date], object]] = {
    "ISO": date.isoformat,
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dots": lambda day: f"{day:%Y.%m.%d}",
    "eight digits": lambda day: f"{day:%Y%m%d}",
    "number": lambda day: int(f"{day:%Y%m%d}"),
    "number of a table": lambda day: f"{day:%Y%m%d}.0",
    "Chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "Chinese with spaces": lambda day: f"{day.year} 年 {day.month:02} 月 {day.day} 日",
    "full width": lambda day: f"{day:%Y-%m-%d}".translate(
        {ord(narrow): ord(narrow) + 0xFEE0 for narrow in "0123456789-"}
    ),
    "traditional": lambda day: f"發布時間：{day.year}年{day.month}月{day.day}號",
    "numerals": lambda day: f"{digits(day.year)}年{chinese(day.month)}月{chinese(day.day)}日",
    "circles": lambda day: f"{digits(day.year)}年{chinese(day.month)}月{chinese(day.day)}日".replace("〇", "○"),
    "week": lambda day: "{}-W{:02}-{}".format(*day.isocalendar()),
    "compact week": lambda day: "{}W{:02}{}".format(*day.isocalendar()),
    "day first, with dots": lambda day: f"{day:%d.%m.%Y}",
    "German": lambda day: f"{day.day}.{day.month}.{day.year}",
    "month name": lambda day: f"{day:%d %B %Y}",
    "American": lambda day: f"{day:%B} {day.day}, {day.year}",
    "short month name": lambda day: f"{day:%d-%b-%Y}",
    "ordinal": lambda day: f"Posted on {day:%A, %B} {day.day}th, {day.year} by admin",
    "year and month name": lambda day: f"{day:%Y %b %d}",
    "list": lambda day: [day.year, day.month, day.day],
    "in a list": lambda day: [day.isoformat()],
    "date": lambda day: day,
    "published at": lambda day: f"发布于{day.isoformat()} 北京",
    "label": lambda day: f"发表时间：{day:%Y/%m/%d} 来源：云溪日报",
    "weekday": lambda day: f"{day.year}年{day.month}月{day.day}日 星期四",
}
TIME_FORMS: dict[str, Callable[[datetime], object]] = {
    "ISO": lambda moment: moment.isoformat(),
    "UTC": lambda moment: moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z"),
    "fraction": lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.123456789+0800",
    "named zone": lambda moment: f"{moment.isoformat()}[Asia/Shanghai]",
    "no zone": lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}",
    "14 digits": lambda moment: f"{moment:%Y%m%d%H%M%S}",
    "17 digits": lambda moment: f"{moment:%Y%m%d%H%M%S}123",
    "basic": lambda moment: f"{moment:%Y%m%dT%H%M%S}+0800",
    "compact day": lambda moment: f"{moment:%Y%m%d %H:%M:%S}",
    "seconds": lambda moment: int(moment.timestamp()),
    "seconds as text": lambda moment: f"{moment.timestamp():.3f}",
    "milliseconds": lambda moment: int(moment.timestamp()) * 1000,
    "MongoDB": lambda moment: {"$date": f"{moment:%Y-%m-%dT%H:%M:%S}.000+08:00"},
    "canonical MongoDB": lambda moment: {"$date": {"$numberLong": str(int(moment.timestamp()) * 1000)}},
    "number of MongoDB": lambda moment: {"$numberLong": str(int(moment.timestamp()) * 1000)},
    ".NET": lambda moment: f"/Date({int(moment.timestamp()) * 1000}+0800)/",
    "Java": lambda moment: {"date": moment.day, "time": int(moment.timestamp()) * 1000, "year": moment.year - 1900},
    "Weibo": lambda moment: f"{moment:%a %b %d %H:%M:%S +0800 %Y}",
    "C": lambda moment: f"{moment:%a %b} {moment.day:2} {moment:%H:%M:%S %Y}",
    "shell": lambda moment: f"{moment:%a %b %d %H:%M:%S CST %Y}",
    "JavaScript": lambda moment: f"{moment:%a %b %d %Y %H:%M:%S} GMT+0800 (China Standard Time)",
    "RFC 2822": format_datetime,
    "web server": lambda moment: f"{moment:%d/%b/%Y:%H:%M:%S +0800}",
    "Chinese": lambda moment: f"{moment:%Y年%m月%d日}{moment:%H时%M分%S秒}",
    "Chinese clock": lambda moment: f"{moment:%Y年%m月%d日} {'上下'[moment.hour >= 12]}午 {moment:%I:%M:%S}",
    "English clock": lambda moment: f"{moment:%B %d, %Y at %I:%M:%S %p}",
    "Beijing": lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}（北京时间）",
    "offset of UTC": lambda moment: f"{moment:%Y-%m-%d %H:%M:%S} UTC+8",
    "time first": lambda moment: f"{moment:%H:%M:%S} {moment:%Y-%m-%d}",
    "datetime": lambda moment: moment,
}


@pytest.mark.parametrize("form", DAY_FORMS)
@given(DAYS)
@settings(max_examples=tries(50, 1000))
def test_every_form_of_a_day_is_read_as_this_day(form: str, day: date) -> None:
    parsed = parse_date(DAY_FORMS[form](day), SHANGHAI)
    assert parsed is not None
    assert (parsed.date(), parsed.hour, parsed.minute) == (day, 0, 0)


@pytest.mark.parametrize("form", TIME_FORMS)
@given(MOMENTS)
@settings(max_examples=tries(50, 1000))
def test_every_form_of_a_time_is_read_as_this_time(form: str, moment: datetime) -> None:
    zone = timezone(timedelta(hours=8))
    moment = moment.replace(microsecond=0, tzinfo=zone)
    parsed = parse_date(TIME_FORMS[form](moment), Publisher("某报", "Etc/GMT-8"))
    assert parsed is not None
    assert parsed.replace(microsecond=0) == moment


@given(st.datetimes(datetime(2002, 1, 1), datetime(LAST.year, 1, 1)))
def test_microseconds_and_nanoseconds(moment: datetime) -> None:
    moment = moment.replace(tzinfo=timezone.utc)
    microseconds = (moment - EPOCH) // timedelta(microseconds=1)
    for value in (microseconds, microseconds * 1000):
        parsed = parse_date(value, Publisher(""))
        assert parsed is not None
        assert abs(parsed - moment) < timedelta(milliseconds=1)


@given(st.dates(date(1912, 1, 1), LAST))
def test_years_of_the_republic(day: date) -> None:
    year = day.year - 1911
    rest = f"{day.month}月{day.day}日"
    numerals = digits(year) if year >= 100 else chinese(year)
    for written in (
        f"民國{year}年{rest}",
        f"中華民國 {year} 年 {day.month:02} 月 {day.day} 日",
        f"民国{numerals}年{rest}",
    ):
        parsed = parse_date(written, Publisher(""))
        assert parsed is not None
        assert parsed.date() == day
    if year >= 100:
        for written in (f"{year}年{rest}", f"{year}/{day.month:02}/{day.day:02}", f"{year}.{day.month}.{day.day}"):
            parsed = parse_date(written, Publisher(""))
            assert parsed is not None
            assert parsed.date() == day


@given(DAYS)
def test_day_and_month_are_never_guessed(day: date) -> None:
    for written in (f"{day:%d/%m/%Y}", f"{day:%m/%d/%Y}", f"{day:%d-%m-%Y}"):
        parsed = parse_date(written, Publisher(""))
        if day.day > 12 or day.day == day.month:
            assert parsed is not None
            assert parsed.date() == day
        else:
            assert parsed is None


FRAGMENTS = st.sampled_from(
    "- / . : ： 年 月 日 时 点 分 秒 上午 下午 pm T Z W + +08:00 民国 元 〇 十 廿 昨天 发布于 Sep May Thu GMT UTC ( ) "
    ", 2023 28 9 12 0 00 99 31 1695978901 20230928 $date".split()
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=120)
    | st.lists(FRAGMENTS | st.just(" ") | st.characters(), max_size=12).map("".join),
    lambda values: (
        st.lists(values, max_size=4)
        | st.dictionaries(
            st.sampled_from(["$date", "$numberLong", "time", "date", "value"]) | st.text(max_size=5), values, max_size=3
        )
    ),
    max_leaves=8,
)


@given(VALUES, st.sampled_from([SHANGHAI, Publisher("")]))
@settings(max_examples=tries(1000, 50_000))
def test_garbage_raises_nothing_and_is_no_date_of_the_future(value: object, publisher: Publisher) -> None:
    parsed = parse_date(value, publisher)
    if parsed:
        assert parsed.tzinfo
        assert MIN_YEAR <= parsed.year <= LAST.year
        assert parsed.isoformat()


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "Monday",
            "12",
            "09-28",
            "10:30",
            "昨天 10:30",
            "3小时前",
            "刚刚",
            "五天前",
            "上周五",
            "9月28日",
            "'23年9月28日",
        ),
        *("0000-00-00 00:00:00", "0000-00-00", "0001-01-01T00:00:00Z", "1000-01-01", "9999-12-31", "2604-10-10"),
        *(
            "2023-02-30",
            "2023-13-01",
            "2023年9月31日",
            "2023-09-28 25:00",
            "2023-09-28T10:61:00",
            "2023-W54",
            "31/02/2023",
        ),
        *("23-09-28", "230928", "202309", "99999999", "20231301", "2023-01-01T00:00:00+99:00", "192.168.1.1", "1.2.3"),
        *("9" * 15, "1e400", "5" * 5000, "１２", "第20号", "05/09/2023", "2023-09-28" * 11),
        *(0, 1, -1, 86_400, 12, 5_000_000_000, 10**30, 0.0, float("inf"), float("nan"), True, None),
        *(
            [],
            {},
            [[[[[["2023-09-28"]]]]]],
            [1, 2, 3],
            {"$date": None},
            {"$date": {}},
            {"$date": "x"},
            {"a": "2023-09-28"},
        ),
    ],
)
def test_what_is_no_date(value: object) -> None:
    assert parse_date(value, SHANGHAI) is None


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2023年9月28日 下午 03:20", "2023-09-28T15:20:00+08:00"),
        ("2023年9月28日 晚上8点", "2023-09-28T20:00:00+08:00"),
        ("2023年9月28日 中午12:30", "2023-09-28T12:30:00+08:00"),
        ("2023年9月28日 凌晨12:30", "2023-09-28T00:30:00+08:00"),
        ("2023-09-28 24:00", "2023-09-29T00:00:00+08:00"),
        ("2023-09-28T23:59:60Z", "2023-09-28T23:59:59+00:00"),
        ("2023-09-28 10:00 CST", "2023-09-28T10:00:00+08:00"),
        ("Thu, 28 Sep 2023 10:00:00 EST", "2023-09-28T10:00:00-05:00"),
        ("2023年09月28日10:00　来源：云溪日报", "2023-09-28T10:00:00+08:00"),
        ("民國元年一月一日", "1912-01-01T00:00:00+08:00"),
        ("二○二三年九月廿八日", "2023-09-28T00:00:00+08:00"),
        ("2023", "2023-01-01T00:00:00+08:00"),
        ("2023年", "2023-01-01T00:00:00+08:00"),
        ("2023-09", "2023-09-01T00:00:00+08:00"),
        ("2023年9月", "2023-09-01T00:00:00+08:00"),
        ("September 2023", "2023-09-01T00:00:00+08:00"),
        ("2023-W39", "2023-09-25T00:00:00+08:00"),
        ("-1695978901", "1916-04-04T22:44:59+08:00"),
        ({"$date": {"$numberLong": "86400000"}}, "1970-01-02T08:00:00+08:00"),
    ],
)
def test_dates_with_details(written: object, read_as: str) -> None:
    parsed = parse_date(written, SHANGHAI)
    assert parsed is not None
    assert parsed.isoformat() == read_as


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2023-09-28", ["2023-09-28-题.md", "20230928-题.txt", "题 (2023.9.28).md", "2023_09_28.txt"]),
        ("2023-09-28", ["2023年9月28日会议.txt", "IMG_20230928_103000.txt", "a20230928.txt"]),
        (None, ["题.txt", "2023.txt", "123420230928.txt", "99999999.txt", "112.09.28.txt", "9-28.md"]),
    ],
)
@pytest.mark.parametrize("folder", ["/a/", "/2021-01-01/", "/a.zip!/20210101/"])
def test_date_in_the_name_of_a_file(names: list[str], day: str | None, folder: str) -> None:
    for name in names:
        parsed = date_in_file_name(folder + name, Publisher(""))
        assert (parsed.date().isoformat() if parsed else None) == day, name


@pytest.mark.parametrize(
    ("name", "content", "day"),
    [
        ("/a/2023-09-28-题.md", "# 题\n\n正文", "2023-09-28"),
        ("/a/2023-09-28-题.md", "---\ntitle: 题\ndate: 2021-01-01\n---\n正文", "2021-01-01"),
        ("/a/20230928-题.txt", "题\n\n正文", "2023-09-28"),
        ("/a/b.zip!/20230928.html", "<html><body><h1>题</h1><p>正文</p></body></html>", "2023-09-28"),
        # The name of a dump is the day of the dump.
        ("/a/20230928.jsonl", '{"title": "题"}\n{"title": "题"}', None),
        ("/a/20230928.csv", "标题,正文\n题,正文", None),
    ],
)
def test_article_without_a_date_has_the_date_of_its_files_name(name: str, content: str, day: str | None) -> None:
    for article in read(name, content.encode()):
        assert isinstance(article, Article)
        assert (article.published.date().isoformat() if article.published else None) == day
