"""souwen check"""

from dataclasses import asdict

import click

from ..messages import gettext as _
from ..messages import ngettext
from .output import byte_size, for_terminal, index_option, json_option, listed, print_json

SOUND, AMISS = 0, 1  # exit statuses; an index that cannot be read gives 2


@click.command(short_help="Verify an index.", epilog="Example:  souwen check --index index_data")
@index_option
@json_option
@click.pass_context
def check(context: click.Context, index_dir: str, as_json: bool) -> None:
    """Read the whole index, compare its checksums, and look up articles that it should have.

    Exit status: 0 if all is well, 1 if something should be done, which is said, 2 if the index cannot be read.
    """
    from ..indexer import check_index

    report = check_index(index_dir)
    if as_json:
        print_json(asdict(report))
    else:
        facts = [ngettext("{number} article", "{number} articles", report.articles).format(number=report.articles)]
        if report.files is not None:
            facts.append(ngettext("{number} file", "{number} files", report.files).format(number=report.files))
        facts += [byte_size(report.size), _("checksums right")]
        click.echo(f"{index_dir}: {listed(facts)}")
        for problem in report.problems:
            click.echo(for_terminal(problem), err=True)
    context.exit(AMISS if report.problems else SOUND)
