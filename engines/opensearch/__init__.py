"""The OpenSearch engine: an index on servers of the OpenSearch or Elasticsearch line.

The folder of the engine holds only the name of the index. docs/opensearch.md describes the index on the servers.
"""

from .engine import OpenSearchEngine

__all__ = ["OpenSearchEngine"]
