"""The API tells what the command line tells."""

import json
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from click.testing import CliRunner

from souwen.cli import main

RFI = "https://www.rfi.fr/cn/中国/20230929-中美高级外交官继续会晤以保持对话"


def printed(index: Path, *arguments: str) -> object:
    """What a command prints with --json."""
    done = CliRunner().invoke(main, [*arguments, "--index", str(index), "--json"])
    assert done.exit_code in (0, 1), done.output
    return untimed(json.loads(done.stdout))


def untimed(answer: object) -> object:
    if isinstance(answer, dict):
        answer.pop("took_ms", None)
    return answer


@pytest.fixture(scope="module")
def article_id(seeds_index: Path) -> str:
    found = printed(seeds_index, "search", "台湾海峡")
    assert isinstance(found, dict)
    return str(found["hits"][0]["id"])


@pytest.mark.parametrize(
    ("path", "parameters", "command"),
    [
        ("search", {"q": "台湾海峡"}, ["search", "台湾海峡"]),
        ("search", {"q": "没有这种词"}, ["search", "没有这种词"]),
        (
            "search",
            {"q": "外交", "since": "2023-09", "source": "rfi", "facet": ["person", "month"], "explain": "true"},
            [
                "search",
                "外交",
                "--since",
                "2023-09",
                "--source",
                "rfi",
                "--facet",
                "person",
                "--facet",
                "month",
                "--explain",
            ],
        ),
        (
            "search",
            {"q": "外交", "limit": 1, "offset": 1, "sort": "date", "collapse": "false"},
            ["search", "外交", "--limit", "1", "--offset", "1", "--sort", "date", "--no-collapse"],
        ),
        (
            "search",
            {"q": "外交", "recency": 30, "about": ["2023-08", "2023-09"]},
            ["search", "外交", "--recency", "30", "--about", "2023-08", "--about", "2023-09"],
        ),
        ("suggest", {"q": "waij", "limit": 3}, ["suggest", "waij", "--limit", "3"]),
        ("timeline", {"q": "外交", "by": "day"}, ["timeline", "外交", "--by", "day"]),
        ("entities", {}, ["entities"]),
        (
            "entities",
            {"q": "外交", "kind": "person", "with": "布林肯", "over-time": "true", "limit": 3},
            ["entities", "外交", "--kind", "person", "--with", "布林肯", "--over-time", "--limit", "3"],
        ),
        ("stats", {}, ["stats"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_answers_are_those_of_the_command(
    api: httpx.Client, seeds_index: Path, path: str, parameters: dict[str, str], command: list[str]
) -> None:
    answer = api.get(f"/api/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert untimed(answer.json()) == printed(seeds_index, *command)


@pytest.mark.parametrize("command", ["show", "related"])
def test_articles_by_their_ids(api: httpx.Client, seeds_index: Path, article_id: str, command: str) -> None:
    path = {"show": "/api/articles", "related": "/api/related"}[command]
    expected = printed(seeds_index, command, article_id)
    assert api.get(path, params={"id": article_id}).json() == expected
    assert api.get(f"{path}/{quote(article_id, safe='')}").json() == expected
    assert api.get(f"{path}/{quote(article_id, safe='/:')}").json() == expected
    told = api.get(f"{path}/{quote(RFI, safe='/:')}").json()  # as browsers show it
    assert {**told, "id": article_id} == expected


def test_people_are_told_in_the_language_of_the_request(api: httpx.Client) -> None:
    def told(lang: str = "", **headers: str) -> str:
        return str(
            api.get("/api/articles/none", params={"lang": lang} if lang else {}, headers=headers).json()["error"]
        )

    english, chinese = "there is no article 'none': a search tells IDs", told("zh")
    assert chinese.startswith("没有文章")
    assert told() == told("en", **{"Accept-Language": "zh"}) == english
    assert told(**{"Accept-Language": "fr;q=0.9, zh-CN;q=0.8, en;q=0.1"}) == chinese
    assert told(**{"Accept-Language": "zh-CN;q=0, en"}) == english
    assert told(**{"Accept-Language": "en; q=0.2, zh; q=0.9"}) == chinese
    assert api.get("/api/stats").headers["vary"] == "Accept-Language"


def test_what_a_client_has_is_not_sent_again(api: httpx.Client) -> None:
    def get(query: str, tag: str = "", **headers: str) -> httpx.Response:
        return api.get("/api/search", params={"q": query}, headers={"If-None-Match": tag, **headers})

    first = get("外交")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for same in tag, f'"x", {tag}', tag.removeprefix("W/"):
        again = get("外交", same)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert get("贸易", tag).status_code == 200
    tag = api.get("/api/export").headers["etag"]
    assert api.get("/api/export", headers={"If-None-Match": tag}).status_code == 304
    assert get("外交", tag, **{"Accept-Language": "zh"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/search", 422),
        ("/api/search?q=外交&limit=0", 422),
        ("/api/search?q=外交&limit=1001", 422),
        ("/api/search?q=外交&limit=ten", 422),
        ("/api/search?q=外交&offset=-1", 422),
        ("/api/search?q=外交&recency=nan", 422),
        ("/api/search?q=外交&facet=weather", 422),
        ("/api/search?q=外交&since=yesteryear", 422),
        ("/api/search?q=外交&about=2023-13", 422),
        ("/api/search?q=外交&limitt=3", 422),
        ("/api/search?q=" + "外" * 2001, 422),
        ("/api/export?until=sometime", 422),
        ("/api/timeline?by=week", 422),
        ("/api/entities?kind=thing", 422),
        ("/api/articles/none", 404),
        ("/api/articles?id=none", 404),
        ("/api/related/none", 404),
        ("/api/articles", 422),
        ("/api/articles/", 422),
        ("/api/weather", 404),
    ],
)
def test_errors_are_sentences(api: httpx.Client, path: str, status: int) -> None:
    answer = api.get(path)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert len(error.split()) > 4
    assert "\n" not in error
    assert "Traceback" not in error


def test_a_query_of_any_signs_is_answered(api: httpx.Client) -> None:
    for query in (
        "",
        "\0",
        "%",
        '"',
        "((((",
        "-",
        "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    ):
        assert api.get("/api/search", params={"q": query}).status_code == 200


def test_export_has_every_article_that_matches(api: httpx.Client, seeds_index: Path) -> None:
    done = CliRunner().invoke(main, ["export", "--index", str(seeds_index)])
    everything = [json.loads(line) for line in done.stdout.splitlines()]
    answer = api.get("/api/export")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == everything
    some = [json.loads(line) for line in api.get("/api/export", params={"q": "台湾海峡"}).text.splitlines()]
    assert [record["title"] for record in some] == ["中美高级外交官继续会晤以保持对话"]
    some = api.get("/api/export", params={"until": "2023-08"}).text.splitlines()
    assert [json.loads(line)["date"][:10] for line in some] == ["2023-08-03"]
    assert api.get("/api/export", params={"q": "没有这种词"}).text == ""


def test_health(api: httpx.Client) -> None:
    assert api.get("/health").json() == {"status": "ok"}
