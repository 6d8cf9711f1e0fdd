"""Following a folder: a sign whenever something in it changed."""

import os
from collections.abc import Iterator, Sequence

from ..messages import os_error_reason
from .errors import WatchFailed

_BEGINS_WITHIN = 1000  # ms


def watch_changes(
    paths: Sequence[str | os.PathLike[str]], index: str | os.PathLike[str] = "index_data"
) -> Iterator[None]:
    """Yields once the watch has begun, for what changed before, and then once for all that changes at about the same
    time at or below `paths`, but for the folder of the index. Ends by an exception only: KeyboardInterrupt,
    WatchFailed."""
    from watchfiles import watch  # which most runs do not need

    own = os.path.abspath(index)  # noqa: PTH100 - links stay as they are
    try:
        watched = watch(
            *(os.fspath(path) for path in paths),
            watch_filter=lambda _, path: path != own and not path.startswith(own + os.sep),
            yield_on_timeout=True,
            rust_timeout=_BEGINS_WITHIN,
        )
        has_begun = False
        for changed in watched:
            if changed or not has_begun:
                yield
            has_begun = True
    except OSError as error:  # such as a limit of the system
        raise WatchFailed(os_error_reason(error)) from error
