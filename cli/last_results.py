"""The ranks of the last printed results, so that `souwen show 3` and `souwen open 3` find their articles."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from ..messages import SouwenError
from ..messages import gettext as _
from ..query import Hit, Searcher
from .user_folders import state_folder

_FILE = "last-results.json"


class UnknownRank(SouwenError):
    """A number is neither an ID nor a rank of the last results."""

    def __init__(self, rank: str, index_dir: str) -> None:
        message = _(
            "no article in {index} has the ID {rank}, and the last results have no number {rank}: search again, or "
            "name another ID"
        )
        super().__init__(message.format(rank=rank, index=index_dir))


def remember_results(hits: Iterable[Hit], index_dir: str) -> None:
    """Keep the IDs of printed hits under their ranks, for this user alone.

    Where the user's state folder cannot be written, ranks are not remembered; IDs still work.
    """
    ids = {str(hit.rank): hit.id for hit in hits}
    folder = state_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as file:
            json.dump({"index": os.path.realpath(index_dir), "ids": ids}, file)
        Path(file.name).replace(folder / _FILE)
    except OSError:
        return


def resolve_rank(article_id: str, index_dir: str, searcher: Searcher) -> str:
    """Return the ID that the argument of a command means: itself, or that of the last result with this rank.

    Raises:
        UnknownRank: It is a small number, but neither an ID nor a rank of the last results in this index.
    """
    if not (article_id.isascii() and article_id.isdigit()) or searcher.article(article_id) is not None:
        return article_id
    last = _read_last_results()
    ids = last.get("ids")
    if last.get("index") == os.path.realpath(index_dir) and isinstance(ids, dict) and article_id in ids:
        return str(ids[article_id])
    raise UnknownRank(article_id, index_dir)


def _read_last_results() -> dict[str, object]:
    try:
        value = json.loads((state_folder() / _FILE).read_text("utf-8"))
    except (OSError, ValueError):  # never written, or by another program
        return {}
    return value if isinstance(value, dict) else {}
