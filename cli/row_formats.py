"""Rows in the formats of `--format`: aligned columns, CSV, TSV, JSON lines, Markdown."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypeVar, get_args

import click

from ..messages import N_
from ..messages import gettext as _
from ..query import HIT_COLUMNS, Hit, Result, hit_row
from ..query.rows import cell_text, write_delimited
from .output import field_label, for_terminal, format_json, is_verbose, print_json
from .terminal_chart import display_width, pad, terminal_width

OutputFormat: TypeAlias = Literal["plain", "table", "csv", "tsv", "jsonl", "md", "json"]
Row: TypeAlias = Mapping[str, object]

READABLE_FORMATS = ("plain", "table", "md")  # for people
_Command = TypeVar("_Command", bound=Callable[..., Any])
_READABLE_COLUMNS = ("rank", "title", "published", "source", "section", "snippet")
_HEADERS = {
    "rank": N_("rank"),
    "title": N_("title"),
    "published": N_("published"),
    "snippet": N_("snippet"),
    "kind": N_("kind"),
    "text": N_("text"),
    "articles": N_("articles"),
}
_GAP = "  "  # between columns
_MAX_CELL_WIDTH = 40  # columns of a cell of a table that is not the last
_MIN_LAST_WIDTH = 20


def format_options(command: _Command) -> _Command:
    """Add `--format` and `--json` to a command that prints rows; it receives an `output_format`."""
    command = click.option("--json", "output_format", flag_value="json", help="Print one JSON object.")(command)
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(get_args(OutputFormat)),
        default="plain",
        show_default=True,
        help="Print the rows in this format.",
    )(command)


def hit_columns(output_format: OutputFormat) -> tuple[str, ...]:
    """Return the columns of hits: those that people read, or all."""
    if output_format in READABLE_FORMATS:
        return _READABLE_COLUMNS
    return (*HIT_COLUMNS, "score") if is_verbose() else HIT_COLUMNS


def print_hits(result: Result, hits: Iterable[Hit], output_format: OutputFormat) -> None:
    """Print `result` as JSON, or its hits as rows."""
    rows = ({**hit_row(hit), "score": hit.score} for hit in hits)
    print_result(result.to_dict(), rows, hit_columns(output_format), output_format)


def print_result(result: object, rows: Iterable[Row], columns: Sequence[str], output_format: OutputFormat) -> None:
    """Print `result` as JSON, or its rows in another format than `plain`."""
    if output_format == "json":
        print_json(result)
    elif output_format == "jsonl":
        for row in rows:
            click.echo(format_json({name: _json_value(row.get(name)) for name in columns}, sys.stdout))
    elif output_format in ("csv", "tsv"):
        write_delimited(_SafeOutput(), rows, columns, form=output_format)
    elif output_format == "md":
        _print_markdown(rows, columns)
    else:
        _print_columns(rows, columns)


def _json_value(value: object) -> object:
    return cell_text(value) if hasattr(value, "isoformat") else value


class _SafeOutput:
    """Standard output; what a terminal shows cannot control it."""

    def write(self, text: str) -> int:
        click.echo(for_terminal(text, multiline=True) if sys.stdout.isatty() else text, nl=False)
        return len(text)


def _print_markdown(rows: Iterable[Row], columns: Sequence[str]) -> None:
    click.echo("| " + " | ".join(columns) + " |")
    click.echo("|" + "---|" * len(columns))
    for row in rows:
        cells = (_one_line(row.get(name)).replace("\\", "\\\\").replace("|", "\\|") for name in columns)
        click.echo("| " + " | ".join(cell.replace("<", "&lt;") for cell in cells) + " |")


def _print_columns(rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Print a header and the rows, aligned; the last column is cut at the width of the terminal."""
    table = [[_(_HEADERS[name]) if name in _HEADERS else field_label(name) for name in columns]]
    table += [[_one_line(row.get(name)) for name in columns] for row in rows]
    widths = [min(max(display_width(line[index]) for line in table), _MAX_CELL_WIDTH) for index in range(len(columns))]
    used = sum(widths[:-1]) + len(_GAP) * (len(columns) - 1)
    widths[-1] = max(terminal_width() - used, _MIN_LAST_WIDTH)
    for number, line in enumerate(table):
        cells = [_cut(cell, width) for cell, width in zip(line, widths, strict=True)]
        padded = [pad(cell, width) for cell, width in zip(cells[:-1], widths, strict=False)]
        click.secho(_GAP.join([*padded, cells[-1]]).rstrip(), bold=number == 0)


def _one_line(value: object) -> str:
    return " ".join(for_terminal(cell_text(value)).split())


def _cut(text: str, width: int) -> str:
    """Return `text` in at most `width` columns, with … where it was cut."""
    if display_width(text) <= width:
        return text
    kept, used = [], 1  # the sign itself
    for character in text:
        used += display_width(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept) + "…"
