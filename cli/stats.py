"""`souwen stats`: size and settings of an index."""

import click

from ..messages import current_language, use_language
from ..messages import gettext as _
from ..query import Searcher
from .options import index_option, json_option
from .output import format_size, join_facts, print_json, print_table


@click.command(short_help="Show the size of an index.", epilog="Example:  souwen stats --json")
@index_option
@json_option
def stats(index_dir: str, as_json: bool) -> None:
    """Show how many articles an index has, its size, and its engine."""
    with Searcher(index_dir) as searcher, use_language("en" if as_json else current_language.get()):
        info = searcher.statistics()
    if as_json:
        print_json(info.to_dict())
    else:
        print_table(
            (_("articles"), str(info.articles)),
            (_("engine"), info.engine),
            (_("size"), join_facts([format_size(info.size_bytes), info.parts])),
            (_("created"), info.created),
            (_("format"), str(info.format)),
            (_("fingerprint"), info.fingerprint),
            (_("names"), _("found") if info.entities else _("not found (--no-entities)")),
            (_("dictionary"), _("{number} words").format(number=info.dictionary)),
            (_("mapping"), " ".join(f"{field}={key}" for field, key in info.mapping.items()) or "-"),
            (_("aliases"), _("{number} groups").format(number=info.aliases)),
        )
