"""`souwen check`: whether an index is sound."""

from dataclasses import asdict

import click

from ..messages import gettext as _
from ..messages import ngettext
from .options import index_option, json_option
from .output import for_terminal, format_size, join_facts, print_json

SOUND, DEFECTIVE = 0, 1  # exit statuses; an index that cannot be read gives 2


@click.command(short_help="Check an index for damage.", epilog="Example:  souwen check --index index_data")
@index_option
@json_option
@click.pass_context
def check(context: click.Context, index_dir: str, as_json: bool) -> None:
    """Check an index for damage: verify all checksums and look up the articles that it should have.

    Exit status: 0 if the index is sound, 1 if it has a problem, which is printed with its remedy, 2 if it cannot be
    read.
    """
    from ..indexer import check_index

    report = check_index(index_dir)
    if as_json:
        print_json(asdict(report))
    else:
        facts = [ngettext("{number} article", "{number} articles", report.articles).format(number=report.articles)]
        if report.files is not None:
            facts.append(ngettext("{number} file", "{number} files", report.files).format(number=report.files))
        facts += [format_size(report.size), _("checksums match")]
        click.echo(f"{index_dir}: {join_facts(facts)}")
        for problem in report.problems:
            click.echo(for_terminal(problem), err=True)
    context.exit(DEFECTIVE if report.problems else SOUND)
