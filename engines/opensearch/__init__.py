"""The OpenSearch engine: an index is kept by servers of the OpenSearch or Elasticsearch line, on many machines.

The folder of the engine holds the name of the index alone; docs/opensearch.md tells how an index is laid out there.
"""

from .engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
