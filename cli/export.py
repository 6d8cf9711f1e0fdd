"""`souwen export`: all articles as JSON lines."""

from typing import TextIO

import click

from ..query import Searcher, article_record
from .options import index_option
from .output import format_json


@click.command(short_help="Export all articles.", epilog="Example:  souwen export --output articles.jsonl")
@index_option
@click.option(
    "--output",
    type=click.File("w", encoding="utf-8", atomic=True),
    default="-",
    metavar="FILE",
    help="Write to this file instead of standard output.",
)
def export(index_dir: str, output: TextIO) -> None:
    """Export every article of an index as JSON lines, which `souwen index` reads."""
    with Searcher(index_dir) as searcher:
        for article in searcher.articles():
            output.write(format_json(article_record(article), output) + "\n")
