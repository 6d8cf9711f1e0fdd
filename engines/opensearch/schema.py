"""The settings and field mappings of an index on the servers."""

from typing import Any

from ..bm25 import K1, B
from ..facets import FACETS
from ..keywords import KEYWORDS

STREAMS = ("words", "bigrams", "unigrams")


def index_body(shards: int, replicas: int) -> dict[str, Any]:
    """Return the request body that creates an index.

    The index never refreshes by itself: a commit makes it do so.
    """
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": "-1",
            "codec": "best_compression",  # a quarter smaller, and no slower
            "similarity": {"default": {"type": "BM25", "k1": K1, "b": B}},
        },
        "mappings": {"dynamic": "strict", "properties": _fields()},
    }


def _fields() -> dict[str, Any]:
    """Return the mapping of each field.

    Matching searches title and body separately, so that no string matches across both. Scoring uses both together.
    Only bigrams have positions, for substring matching.
    """
    fields: dict[str, Any] = {
        "born": {"type": "long"},  # the transaction that added the article
        "died": {"type": "long"},  # the transaction that replaced or deleted the article
        "key": {"type": "long"},  # rises in the order of writing
        "day": {"type": "integer"},
        "time": {"type": "long"},  # seconds since 1970
        "vocabulary": {"type": "keyword", "index": False},  # the different words of the article
        "record": {"type": "object", "enabled": False},  # the stored texts of the article
        "state": {"type": "object", "enabled": False},  # of the one document that holds the commits
        **{field: {"type": "keyword"} for field in (*KEYWORDS, *FACETS)},
    }
    for stream in STREAMS:
        text: dict[str, Any] = {"type": "text", "analyzer": "whitespace"}
        options = "positions" if stream == "bigrams" else "freqs"
        fields[f"text_{stream}"] = {**text, "index_options": "freqs"}
        fields[f"title_{stream}"] = {**text, "index_options": options, "copy_to": f"text_{stream}"}
        fields[f"body_{stream}"] = {**text, "index_options": options, "norms": False, "copy_to": f"text_{stream}"}
    return fields
