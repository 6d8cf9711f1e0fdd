"""Results as flat rows: one dict of plain values a row, and CSV made of them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from .errors import PandasUnavailable

if TYPE_CHECKING:
    from pandas import DataFrame

    from .results import Hit

HIT_COLUMNS = ("rank", "id", "title", "published", "source", "section", "author", "url", "path", "snippet")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_DELIMITERS = {"csv": ",", "tsv": "\t"}


class TextWriter(Protocol):
    """A file open for text, or anything else that takes text."""

    def write(self, text: str, /) -> object:
        """Write `text`."""


def hit_row(hit: "Hit") -> dict[str, object]:
    """Return a hit as a flat row with the columns `HIT_COLUMNS`; its snippets are joined by " … "."""
    row: dict[str, object] = {name: getattr(hit, name) for name in HIT_COLUMNS if name != "snippet"}
    row["snippet"] = " … ".join(snippet.text for snippet in hit.snippets)
    return row


def write_delimited(
    file: TextWriter, rows: Iterable[Mapping[str, object]], columns: Sequence[str], *, form: str = "csv"
) -> None:
    """Write a header and `rows` as CSV or TSV (`form`), in UTF-8 as the file encodes it.

    A text that a spreadsheet would run as a formula gets an apostrophe in front, since articles are untrusted
    (OWASP, “CSV Injection”). Times are written in ISO 8601. TSV has no line breaks and tabs in its values.
    """
    writer = csv.writer(file, delimiter=_DELIMITERS[form], lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = [_cell(row.get(name)) for name in columns]
        writer.writerow([" ".join(cell.split()) for cell in cells] if form == "tsv" else cells)


def to_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return a header and `rows` as one text in CSV (see `write_delimited`)."""
    output = io.StringIO()
    write_delimited(output, rows, columns)
    return output.getvalue()


def hits_to_pandas(hits: "Iterable[Hit]") -> "DataFrame":
    """Return a DataFrame with a row for each hit; `published` is a time in UTC.

    Raises:
        PandasUnavailable: pandas is not installed.
    """
    try:
        import pandas
    except ModuleNotFoundError as error:
        raise PandasUnavailable from error
    frame = pandas.DataFrame([hit_row(hit) for hit in hits], columns=list(HIT_COLUMNS))
    frame["published"] = pandas.to_datetime(frame["published"], utc=True)
    return frame


def cell_text(value: object) -> str:
    """Return a value of a row as text: "" for None, ISO 8601 for times."""
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _cell(value: object) -> str:
    text = cell_text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA_STARTS) else text
