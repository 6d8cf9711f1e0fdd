"""souwen export"""

import json
from typing import TextIO

import click

from ..query import Searcher, article_record
from .output import index_option


@click.command(short_help="Print all articles.", epilog="Example:  souwen export --output articles.jsonl")
@index_option
@click.option("--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="A file to write to.")
def export(index_dir: str, output: TextIO) -> None:
    """Print every article of an index as JSON lines, which `souwen index` reads."""
    with Searcher(index_dir) as searcher:
        for article in searcher.articles():
            output.write(json.dumps(article_record(article), ensure_ascii=False) + "\n")
