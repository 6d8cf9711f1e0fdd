"""What can be wrong with an index, each with the next step to take."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..analysis import SouwenError


class IndexNotFound(SouwenError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"no index in {path}: make one with `souwen index PATH --index {path}`")


class IndexMismatch(SouwenError):
    """The index was made with other terms than this program would make, so it would miss matches silently."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} {reason}: rebuild it with `souwen index PATH --index {path} --rebuild`")


class IndexDamaged(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be read ({reason}): rebuild it with `souwen index PATH --index {path} --rebuild`"
        )


class IndexLocked(SouwenError):
    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path} is being written by {holder}: wait until it has finished, or stop it")


class IndexUnwritable(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write to {path} ({reason}): make room or choose another folder with --index")


class IndexUnreadable(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot read {path} ({reason}): see to its permissions")


class UnknownEngine(SouwenError):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"there is no engine called {name!r}: choose one of {', '.join(known)}")


class EngineUnavailable(SouwenError):
    """The engine is known, but what it needs is not here: `reason` tells what, `remedy` what to do about it."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(f"the engine {name!r} {reason}: {remedy}")


class IndexMoved(SouwenError):
    """The servers have the index no more, or another one in its place."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the index that {path} names was removed or rebuilt: copy the folder from the machine that rebuilt it, or "
            f"rebuild it with `souwen index PATH --index {path} --rebuild`"
        )


class IndexOutdated(SouwenError):
    """The commit that a reader was opened at has been replaced for so long that it is no longer whole."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the index in {path} has changed since it was opened: open it again")


class ServerError(SouwenError):
    """What can be wrong with the servers that keep an index. `hosts` never hold credentials."""


class ServerUnreachable(ServerError):
    def __init__(self, hosts: str, reason: str, *, may_be_busy: bool) -> None:
        self.may_be_busy = may_be_busy
        super().__init__(f"no server at {hosts} answers ({reason}): start it, or correct SOUWEN_OPENSEARCH_URL")


class ServerRefused(ServerError):
    def __init__(self, hosts: str, reason: str, remedy: str = "correct SOUWEN_OPENSEARCH_URL") -> None:
        super().__init__(f"{hosts} refuses ({reason}): {remedy}")


class ServerFailed(ServerError):
    def __init__(self, hosts: str, reason: str) -> None:
        super().__init__(
            f"{hosts} failed ({reason}): see that it is OpenSearch or Elasticsearch 7 or later, and what its log says"
        )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes IndexUnwritable of what the system says against writing to the index in `path`."""
    try:
        yield
    except OSError as error:
        raise IndexUnwritable(path, error.strerror or str(error)) from error
