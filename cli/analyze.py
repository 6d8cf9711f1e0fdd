"""souwen analyze"""

import click

from ..analysis import Analyzer, fold
from ..messages import gettext as _
from .output import field_name, for_terminal, json_option, print_json, print_table


@click.command(short_help="Show what becomes of a text.", epilog="Example:  souwen analyze 美国国务卿布林肯访问北京")
@click.argument("text", nargs=-1, required=True)
@json_option
def analyze(text: tuple[str, ...], as_json: bool) -> None:
    """Show what becomes of TEXT: its folded form, words, character pairs and names."""
    written = " ".join(text)
    analyzer = Analyzer()
    names = analyzer.names(written)
    terms = analyzer.terms(written, names)
    if as_json:
        print_json(
            {
                "folded": fold(written),
                "words": terms.words,
                "bigrams": terms.bigrams,
                "unigrams": list(terms.unigrams),
                "entities": [name._asdict() for name in names],
            }
        )
        return
    print_table(
        (_("folded"), for_terminal(fold(written))),
        (_("words"), for_terminal(" | ".join(terms.words))),
        (_("bigrams"), for_terminal(" | ".join(terms.bigrams))),
        (_("entities"), for_terminal("、".join(f"{name.text} ({field_name(name.kind)})" for name in names)) or "-"),
    )
