"""`souwen eval`: quality of the ranking, against relevance judgements."""

import sys
from dataclasses import asdict

import click

from ..messages import gettext as _
from ..query import Searcher
from .options import FILE, index_option, json_option
from .output import print_json
from .terminal_chart import pad


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
    help='Queries, one JSON object per line: {"id": "1", "text": "台湾海峡"}.',
)
@click.option(
    "--qrels",
    type=FILE,
    required=True,
    metavar="FILE",
    help="Relevance judgements in TREC format, one per line: QUERY 0 ARTICLE RELEVANCE.",
)
@click.option("--run", type=FILE, metavar="FILE", help="Write the rankings to this file, as a TREC run.")
@json_option
def eval_command(index_dir: str, queries: str, qrels: str, run: str | None, as_json: bool) -> None:
    """Measure how well an index ranks the relevant articles of a set of queries: MRR, nDCG and recall.

    Needs ir-measures: pip install 'souwen[eval]'.
    """
    from ..query.evaluation import evaluate

    with (
        Searcher(index_dir) as searcher,
        click.progressbar(length=1, label=_("Searching"), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
    ):

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        evaluation = evaluate(searcher, queries, qrels, run=run, progress=progress)
    if as_json:
        print_json(asdict(evaluation))
        return
    for measure, value in evaluation.measures.items():
        click.echo(f"{measure:<12} {value:.4f}")
    times = _("median {median:.1f} ms, 95th percentile {p95:.1f} ms").format(
        median=evaluation.median_ms, p95=evaluation.p95_ms
    )
    for label, text in ((_("queries"), str(evaluation.queries)), (_("time"), times)):
        click.echo(f"{pad(label, 12)} {text}")
