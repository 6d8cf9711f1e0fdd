"""souwen eval"""

import sys
from dataclasses import asdict

import click

from ..query import Searcher
from .shared import index_option, json_option, print_json


@click.command(
    "eval",
    short_help="Measure the quality of ranking.",
    epilog="Example:  souwen eval --queries queries.jsonl --qrels qrels.trec",
)
@index_option
@click.option(
    "--queries", required=True, metavar="FILE", help='The queries: {"id": "1", "text": "台湾海峡"}, one a line.'
)
@click.option(
    "--qrels", required=True, metavar="FILE", help="The right answers: QUERY 0 ARTICLE RELEVANCE, one a line."
)
@click.option("--run", metavar="FILE", help="Write the rankings to this file, for other TREC tools.")
@json_option
def eval_command(index_dir: str, queries: str, qrels: str, run: str | None, as_json: bool) -> None:
    """Measure how well an index answers queries whose right answers are known.

    Needs ir-measures: pip install 'souwen[eval]'.
    """
    from ..query.evaluation import evaluate

    with (
        Searcher(index_dir) as searcher,
        click.progressbar(length=1, label="Searching", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
    ):

        def progress(done: int, all_queries: int) -> None:
            bar.length = all_queries
            bar.update(done - bar.pos)

        evaluation = evaluate(searcher, queries, qrels, run=run, progress=progress)
    if as_json:
        print_json(asdict(evaluation))
        return
    for name, value in evaluation.measures.items():
        click.echo(f"{name:<12} {value:.4f}")
    click.echo(f"{'queries':<12} {evaluation.queries}")
    click.echo(f"{'time':<12} {evaluation.median_ms:.1f} ms median, {evaluation.p95_ms:.1f} ms at most for 95 %")
