"""What the command says where it is told nothing."""

from collections.abc import Iterator

from ..engines import IndexDirectory
from ..messages import SouwenError, ngettext
from ..messages import gettext as _
from .output import DEFAULT_INDEX, for_terminal
from .terminal_chart import columns, padded


def welcome() -> Iterator[str]:
    """What souwen is, its first commands, and the index that is here."""
    first = {
        "souwen index seeds/": _("read a folder of articles into an index"),
        "souwen search 台湾海峡": _("search it"),
        "souwen entities": _("list the people, organisations and places in it"),
    }
    width = max(map(columns, first))
    yield _("搜文 souwen: full-text search for archives of Chinese articles")
    yield ""
    yield from (f"  {padded(command, width)}    {told}" for command, told in first.items())
    yield ""
    if IndexDirectory(DEFAULT_INDEX).exists():
        yield for_terminal(_told_of(DEFAULT_INDEX))
    yield _("`souwen -h` lists all commands, `souwen search -h` explains one.")


def _told_of(index_dir: str) -> str:
    from ..query import Searcher

    try:
        with Searcher(index_dir) as searcher:
            number = searcher.statistics().articles
    except SouwenError as error:
        return str(error)
    told = ngettext(
        "There is an index of {number} article in {index}.",
        "There is an index of {number} articles in {index}.",
        number,
    )
    return told.format(number=number, index=index_dir)
