"""Watch folders and signal when something in them changes."""

import os
from collections.abc import Iterator, Sequence

from ..messages import os_error_reason
from .errors import WatchFailed

_START_TIMEOUT = 1000  # ms


def watch_changes(
    paths: Sequence[str | os.PathLike[str]], index: str | os.PathLike[str] = "index_data"
) -> Iterator[None]:
    """Yield once when the watch has started, then once for each group of changes at about the same time.

    The first signal covers changes before the start. Changes inside the folder of the index do not count.

    Raises:
        WatchFailed: The operating system cannot watch the folders. Only this or KeyboardInterrupt ends the iterator.
    """
    from watchfiles import watch  # imported late: most runs do not need it

    index_path = os.path.abspath(index)  # noqa: PTH100 - symbolic links stay unresolved
    try:
        events = watch(
            *(os.fspath(path) for path in paths),
            watch_filter=lambda _, path: path != index_path and not path.startswith(index_path + os.sep),
            yield_on_timeout=True,
            rust_timeout=_START_TIMEOUT,
        )
        has_started = False
        for changes in events:
            if changes or not has_started:
                yield
            has_started = True
    except OSError as error:  # such as a limit of the system
        raise WatchFailed(os_error_reason(error)) from error
