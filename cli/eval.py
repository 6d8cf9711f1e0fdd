"""souwen eval"""

import sys
from dataclasses import asdict

import click

from ..messages import gettext as _
from ..query import Searcher
from .output import FILE, index_option, json_option, print_json
from .terminal_chart import padded


@click.command(
    "eval",
    short_help="Measure the quality of ranking.",
    epilog="Example:  souwen eval --queries queries.jsonl --qrels qrels.trec",
)
@index_option
@click.option(
    "--queries",
    type=FILE,
    required=True,
    metavar="FILE",
    help='The queries: {"id": "1", "text": "台湾海峡"}, one a line.',
)
@click.option(
    "--qrels",
    type=FILE,
    required=True,
    metavar="FILE",
    help="The right answers: QUERY 0 ARTICLE RELEVANCE, one a line.",
)
@click.option("--run", type=FILE, metavar="FILE", help="Write the rankings to this file, for other TREC tools.")
@json_option
def eval_command(index_dir: str, queries: str, qrels: str, run: str | None, as_json: bool) -> None:
    """Measure how well an index answers queries whose right answers are known.

    Needs ir-measures: pip install 'souwen[eval]'.
    """
    from ..query.evaluation import evaluate

    with (
        Searcher(index_dir) as searcher,
        click.progressbar(length=1, label=_("Searching"), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
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
    times = _("{median:.1f} ms median, {most:.1f} ms at most for 95 %").format(
        median=evaluation.median_ms, most=evaluation.p95_ms
    )
    for label, told in ((_("queries"), str(evaluation.queries)), (_("time"), times)):
        click.echo(f"{padded(label, 12)} {told}")
