"""souwen stats"""

import click

from ..messages import current_language, use_language
from ..messages import gettext as _
from ..query import Searcher
from .output import byte_size, index_option, json_option, listed, print_json, print_table


@click.command(short_help="Tell about an index.", epilog="Example:  souwen stats --json")
@index_option
@json_option
def stats(index_dir: str, as_json: bool) -> None:
    """Tell how large an index is and what it was made with."""
    with Searcher(index_dir) as searcher, use_language("en" if as_json else current_language.get()):
        info = searcher.statistics()
    if as_json:
        print_json(info.to_dict())
    else:
        print_table(
            (_("articles"), str(info.articles)),
            (_("engine"), info.engine),
            (_("size"), listed([byte_size(info.size_bytes), info.parts])),
            (_("created"), info.created),
            (_("fingerprint"), info.fingerprint),
        )
