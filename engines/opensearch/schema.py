"""The fields of an index, and how the servers keep them."""

from typing import Any

from ..facets import FACETS
from ..keywords import KEYWORDS
from ..matching import K1, B

STREAMS = ("words", "bigrams", "unigrams")


def settings(shards: int, replicas: int) -> dict[str, Any]:
    """What an index is made with. It shows what is written only when it is told to: a commit does."""
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
    """Title and body are searched one by one, so that no string is found across; what scores is both together. Only
    pairs have positions, for strings."""
    fields: dict[str, Any] = {
        "born": {"type": "long"},  # the commit an article came with
        "died": {"type": "long"},  # the commit that replaced or deleted it
        "key": {"type": "long"},  # its number, in the order of writing
        "day": {"type": "integer"},
        "time": {"type": "long"},  # seconds since 1970
        "vocabulary": {"type": "keyword", "index": False},  # each word once
        "record": {"type": "object", "enabled": False},  # what is stored
        "state": {"type": "object", "enabled": False},  # of the one document that says what is committed
        **{name: {"type": "keyword"} for name in (*KEYWORDS, *FACETS)},
    }
    for stream in STREAMS:
        text: dict[str, Any] = {"type": "text", "analyzer": "whitespace"}
        positions = "positions" if stream == "bigrams" else "freqs"
        fields[f"text_{stream}"] = {**text, "index_options": "freqs"}
        fields[f"title_{stream}"] = {**text, "index_options": positions, "copy_to": f"text_{stream}"}
        fields[f"body_{stream}"] = {**text, "index_options": positions, "norms": False, "copy_to": f"text_{stream}"}
    return fields
