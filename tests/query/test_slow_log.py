"""The log of slow queries."""

import logging

import pytest

from souwen.query import Searcher, slow_log


def test_a_slow_query_is_logged_with_its_time_and_total(
    seeds: Searcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(slow_log, "SLOW_QUERY_SECONDS", 0.0)
    with caplog.at_level(logging.INFO, "souwen"):
        results = seeds.search("台湾海峡")
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("souwen.query", "INFO")
    message = f"slow query: '台湾海峡' took {results.took_ms:.0f} ms and matched {results.total} articles"
    assert record.getMessage() == message


def test_a_fast_query_is_not_logged(
    seeds: Searcher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(slow_log, "SLOW_QUERY_SECONDS", 3600.0)
    with caplog.at_level(logging.DEBUG, "souwen"):
        seeds.search("台湾海峡")
    assert caplog.records == []
