"""souwen analyze"""

import click

from ..analysis import Analyzer, fold
from .shared import for_terminal, json_option, print_json


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
                "pairs": terms.pairs,
                "singles": list(terms.singles),
                "entities": [name._asdict() for name in names],
            }
        )
        return
    click.echo(f"folded    {for_terminal(fold(written))}")
    click.echo(f"words     {for_terminal(' | '.join(terms.words))}")
    click.echo(f"pairs     {for_terminal(' | '.join(terms.pairs))}")
    click.echo(f"entities  {for_terminal('、'.join(f'{name.text} ({name.kind})' for name in names)) or '-'}")
