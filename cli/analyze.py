"""`souwen analyze`: the terms of a text."""

import click

from ..analysis import Analyzer, fold
from ..messages import gettext as _
from .options import json_option
from .output import field_label, for_terminal, print_json, print_table


@click.command(short_help="Show the terms of a text.", epilog="Example:  souwen analyze 美国国务卿布林肯访问北京")
@click.argument("text", nargs=-1, required=True)
@json_option
def analyze(text: tuple[str, ...], as_json: bool) -> None:
    """Show how TEXT is analyzed for the index: its folded form, words, bigrams and named entities."""
    original = " ".join(text)
    analyzer = Analyzer()
    entities = analyzer.find_entities(original)
    terms = analyzer.terms(original, entities)
    if as_json:
        print_json(
            {
                "folded": fold(original),
                "words": terms.words,
                "bigrams": terms.bigrams,
                "unigrams": list(terms.unigrams),
                "entities": [entity._asdict() for entity in entities],
            }
        )
        return
    names = "、".join(f"{entity.text} ({field_label(entity.kind)})" for entity in entities)
    print_table(
        (_("folded"), for_terminal(fold(original))),
        (_("words"), for_terminal(" | ".join(terms.words))),
        (_("bigrams"), for_terminal(" | ".join(terms.bigrams))),
        (_("entities"), for_terminal(names) or "-"),
    )
