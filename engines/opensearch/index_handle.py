"""The file in the engine's folder that names the index on the servers.

A copy of the folder opens the same index, on any machine. `folder_identity` distinguishes it from the original.
"""

import json
import re
import uuid
from pathlib import Path

from ...messages import gettext as _
from ...messages import os_error_reason
from ..errors import IndexDamaged, IndexUnreadable, translate_write_errors

_FILE = "index.json"
_INDEX_NAME = re.compile(r"souwen-[a-z0-9_-]{1,60}")  # cannot match a pattern or a list of several indexes
_INVALID_CHARACTERS = re.compile(r"[^a-z0-9_]+")


def create_handle(folder: Path) -> str:
    """Return a new index name, written to the folder.

    The name is written before the index exists, so that an index whose creation fails halfway can be removed.
    """
    readable = _INVALID_CHARACTERS.sub("-", folder.parent.absolute().name.lower()).strip("-")[:30]
    name = f"souwen-{readable or 'index'}-{uuid.uuid4().hex[:12]}"
    with translate_write_errors(folder.parent):
        (folder / _FILE).write_text(json.dumps({"index": name}) + "\n", "utf-8")
    return name


def read_handle(folder: Path) -> str:
    """Return the index name in the folder.

    Raises:
        IndexDamaged: The file does not name an index.
        IndexUnreadable: The file cannot be read.
    """
    try:
        name = json.loads((folder / _FILE).read_text("utf-8"))["index"]
    except PermissionError as error:
        raise IndexUnreadable(folder.parent, os_error_reason(error)) from error
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise _no_index_name(folder) from error
    if not (isinstance(name, str) and _INDEX_NAME.fullmatch(name)):
        raise _no_index_name(folder)
    return name


def folder_identity(folder: Path) -> str:
    """Return what distinguishes the folder from its copies, even after it was moved.

    It changes with the permissions or the owner of the file. It is "" if the system does not say.
    """
    try:
        status = (folder / _FILE).stat()
    except OSError:
        return ""
    return f"{status.st_ino:x}-{status.st_ctime_ns:x}" if status.st_ino else ""


def _no_index_name(folder: Path) -> IndexDamaged:
    return IndexDamaged(folder.parent, _("{file} names no index").format(file=_FILE))
