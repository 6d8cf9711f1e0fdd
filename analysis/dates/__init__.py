"""Date mentions in a text, resolved to calendar days."""

from .mentions import DateMention, extract_dates
from .periods import Period

__all__ = ["DateMention", "Period", "extract_dates"]
