"""souwen check"""

from dataclasses import asdict

import click

from .shared import byte_size, for_terminal, index_option, json_option, print_json

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
        files = "" if report.files is None else f" from {report.files} files"
        click.echo(f"{index_dir}: {report.articles} articles{files}, {byte_size(report.size)}, checksums right")
        for problem in report.problems:
            click.echo(for_terminal(problem), err=True)
    context.exit(AMISS if report.problems else SOUND)
