"""Log of slow queries, through the logger `souwen.query`.

The library logs nothing unless a program configures logging; `logging.basicConfig(level=logging.INFO)` shows the log.
"""

import logging

SLOW_QUERY_SECONDS = 1.0

_logger = logging.getLogger("souwen.query")


def log_slow_query(query: str, took_ms: float, total: int) -> None:
    """Log a query that took longer than `SLOW_QUERY_SECONDS` and matched `total` articles."""
    if took_ms > SLOW_QUERY_SECONDS * 1000:
        _logger.info("slow query: %r took %.0f ms and matched %d articles", query, took_ms, total)
