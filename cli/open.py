"""`souwen open`: an article where it came from."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import click

from ..analysis import Article
from ..messages import SouwenError
from ..messages import gettext as _
from ..query import Searcher
from .last_results import resolve_rank
from .options import index_option
from .output import exit_without_article, for_terminal

_WEB = ("http", "https")  # other schemes start programs


class NothingToOpen(SouwenError):
    """An article has neither a web address nor a file that still exists."""

    def __init__(self, article_id: str) -> None:
        message = _("{id} has no web address and no file that still exists: `souwen show` prints its text")
        super().__init__(message.format(id=article_id))


@click.command("open", short_help="Open an article in the browser.", epilog="Example:  souwen open 3")
@click.argument("article_id", metavar="ID")
@click.option("--print", "only_print", is_flag=True, help="Print the address or the path instead of opening it.")
@index_option
@click.pass_context
def open_command(context: click.Context, article_id: str, only_print: bool, index_dir: str) -> None:
    """Open the web address of an article, or the file that it was read from.

    ID is an ID, or the number of an article in the last results.
    """
    with Searcher(index_dir) as searcher:
        resolved = resolve_rank(article_id, index_dir, searcher)
        stored = searcher.article(resolved)
    if stored is None:
        exit_without_article(context, resolved, index_dir)
    location = _location(stored.article)
    if only_print:
        click.echo(for_terminal(location))
    elif click.launch(location) != 0:
        message = _("no program opens {location}: open it by hand")
        click.echo(for_terminal(message.format(location=location)), err=True)
        context.exit(2)


def _location(article: Article) -> str:
    """Return the web address of an article, else the path of its file.

    Raises:
        NothingToOpen: It has neither.
    """
    try:
        if urlsplit(article.url).scheme in _WEB:
            return article.url
    except ValueError:  # no address at all
        pass
    if (file := _file(article.path)) is not None:
        return file
    raise NothingToOpen(article.id)


def _file(path: str) -> str | None:
    """Return the file that holds the article with this path: `a.csv` for `a.csv:7`, the archive for its member."""
    candidates = [path, path.rpartition(":")[0], *map(str, Path(path).parents)]
    return next((candidate for candidate in candidates if os.path.isfile(candidate)), None)  # noqa: PTH113 - any text
