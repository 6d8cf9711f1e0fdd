"""souwen export"""

import json
from dataclasses import asdict
from typing import TextIO

import click

from ..query import Searcher
from .shared import index_option


@click.command(short_help="Print all articles.", epilog="Example:  souwen export --output articles.jsonl")
@index_option
@click.option("--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="A file to write to.")
def export(index_dir: str, output: TextIO) -> None:
    """Print every article of an index as JSON lines, which `souwen index` reads."""
    with Searcher(index_dir) as searcher:
        for article in searcher.articles():
            values = asdict(article)
            published = values.pop("published")
            values["date"] = published.isoformat() if published else ""
            output.write(
                json.dumps({name: value for name, value in values.items() if value}, ensure_ascii=False) + "\n"
            )
