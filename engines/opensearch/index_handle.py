"""What the folder of the engine holds: the name of the index on the servers. Copied to another machine, it opens the
same index there."""

import json
import re
import uuid
from pathlib import Path

from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import IndexDamaged, IndexUnreadable, writing

_FILE = "index.json"
_NAME = re.compile(r"souwen-[a-z0-9_-]{1,60}")  # never a name that stands for several indexes
_UNFIT = re.compile(r"[^a-z0-9_]+")


def make(folder: Path) -> str:
    """A new name, written down before there is such an index, so that what fails in between can be removed."""
    words = _UNFIT.sub("-", folder.parent.absolute().name.lower()).strip("-")[:30]
    name = f"souwen-{words or 'index'}-{uuid.uuid4().hex[:12]}"
    with writing(folder.parent):
        (folder / _FILE).write_text(json.dumps({"index": name}) + "\n", "utf-8")
    return name


def read(folder: Path) -> str:
    """Raises IndexDamaged, IndexUnreadable."""
    try:
        name = json.loads((folder / _FILE).read_text("utf-8"))["index"]
    except PermissionError as error:
        raise IndexUnreadable(folder.parent, os_error_reason(error)) from error
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise IndexDamaged(folder.parent, _("{file} names no index").format(file=_FILE)) from error
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise IndexDamaged(folder.parent, _("{file} names no index").format(file=_FILE))
    return name
