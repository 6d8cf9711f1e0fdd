"""HTTP API: the same JSON as the command line, caching, errors and export."""

import json
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from click.testing import CliRunner

from souwen.cli import main

RFI = "https://www.rfi.fr/cn/中国/20230929-中美高级外交官继续会晤以保持对话"


def command_output(index: Path, *arguments: str) -> object:
    """Return the JSON that a command prints with --json."""
    result = CliRunner().invoke(main, [*arguments, "--index", str(index), "--json"])
    assert result.exit_code in (0, 1), result.output
    return without_time(json.loads(result.stdout))


def without_time(value: object) -> object:
    if isinstance(value, dict):
        value.pop("took_ms", None)
    return value


@pytest.fixture(scope="module")
def article_id(seeds_index: Path) -> str:
    results = command_output(seeds_index, "search", "台湾海峡")
    assert isinstance(results, dict)
    return str(results["hits"][0]["id"])


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
            {"q": "外交", "kind": "person", "with_entities": "布林肯", "over_time": "true", "limit": 3},
            ["entities", "外交", "--kind", "person", "--with", "布林肯", "--over-time", "--limit", "3"],
        ),
        ("stats", {}, ["stats"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_responses_equal_the_output_of_commands(
    api: httpx.Client, seeds_index: Path, path: str, parameters: dict[str, str], command: list[str]
) -> None:
    response = api.get(f"/api/{path}", params=parameters)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    assert without_time(response.json()) == command_output(seeds_index, *command)


@pytest.mark.parametrize("command", ["show", "related"])
def test_articles_by_their_ids(api: httpx.Client, seeds_index: Path, article_id: str, command: str) -> None:
    path = {"show": "/api/articles", "related": "/api/related"}[command]
    expected = command_output(seeds_index, command, article_id)
    assert api.get(path, params={"id": article_id}).json() == expected
    assert api.get(f"{path}/{quote(article_id, safe='')}").json() == expected
    assert api.get(f"{path}/{quote(article_id, safe='/:')}").json() == expected
    readable = api.get(f"{path}/{quote(RFI, safe='/:')}").json()  # an ID as browsers show it
    assert {**readable, "id": article_id} == expected


def test_messages_are_in_the_language_of_the_request(api: httpx.Client) -> None:
    def message(lang: str = "", **headers: str) -> str:
        return str(
            api.get("/api/articles/none", params={"lang": lang} if lang else {}, headers=headers).json()["error"]
        )

    english, chinese = "there is no article 'none': search returns the IDs of articles", message("zh")
    assert chinese.startswith("没有 ID 为 'none' 的文章：")
    assert message() == message("en", **{"Accept-Language": "zh"}) == english
    assert message(**{"Accept-Language": "fr;q=0.9, zh-CN;q=0.8, en;q=0.1"}) == chinese
    assert message(**{"Accept-Language": "zh-CN;q=0, en"}) == english
    assert message(**{"Accept-Language": "en; q=0.2, zh; q=0.9"}) == chinese
    assert api.get("/api/stats").headers["vary"] == "Accept-Language"


def test_entity_tags_avoid_sending_a_response_again(api: httpx.Client) -> None:
    def get(query: str, tag: str = "", **headers: str) -> httpx.Response:
        return api.get("/api/search", params={"q": query}, headers={"If-None-Match": tag, **headers})

    first = get("外交")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for header in tag, f'"x", {tag}', tag.removeprefix("W/"):
        second = get("外交", header)
        assert (second.status_code, second.content, second.headers["etag"]) == (304, b"", tag)
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
        ("/api/search?q=" + "外" * 6001, 422),
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
    response = api.get(path)
    assert response.status_code == status
    error = response.json()["error"]
    assert len(error.split()) > 4
    assert "\n" not in error
    assert "Traceback" not in error


def test_queries_of_any_characters_are_answered(api: httpx.Client) -> None:
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


def test_export_contains_all_matching_articles(api: httpx.Client, seeds_index: Path) -> None:
    result = CliRunner().invoke(main, ["export", "--index", str(seeds_index)])
    expected = [json.loads(line) for line in result.stdout.splitlines()]
    response = api.get("/api/export")
    assert response.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in response.text.splitlines()] == expected
    matching = [json.loads(line) for line in api.get("/api/export", params={"q": "台湾海峡"}).text.splitlines()]
    assert [record["title"] for record in matching] == ["中美高级外交官继续会晤以保持对话"]
    lines = api.get("/api/export", params={"until": "2023-08"}).text.splitlines()
    assert [json.loads(line)["published"][:10] for line in lines] == ["2023-08-03"]
    assert api.get("/api/export", params={"q": "没有这种词"}).text == ""


def test_health(api: httpx.Client) -> None:
    assert api.get("/health").json() == {"status": "ok"}
