"""What can be wrong with an index, each with the next step to take."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..messages import SouwenError, os_error_reason
from ..messages import gettext as _


class IndexNotFound(SouwenError):
    def __init__(self, path: Path) -> None:
        super().__init__(_("no index in {path}: make one with `souwen index PATH --index {path}`").format(path=path))


class IndexMismatch(SouwenError):
    """The index was made with other terms than this program would make, so it would miss matches silently."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            _("{path} {reason}: rebuild it with `souwen index PATH --index {path} --rebuild`").format(
                path=path, reason=reason
            )
        )


class IndexDamaged(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            _("{path} cannot be read ({reason}): rebuild it with `souwen index PATH --index {path} --rebuild`").format(
                path=path, reason=reason
            )
        )


class IndexLocked(SouwenError):
    def __init__(self, path: Path, lock_owner: str) -> None:
        super().__init__(
            _("{path} is being written by {holder}: wait until it has finished, or stop it").format(
                path=path, holder=lock_owner
            )
        )


class IndexUnwritable(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            _("cannot write to {path} ({reason}): make room or choose another folder with --index").format(
                path=path, reason=reason
            )
        )


class IndexUnreadable(SouwenError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(_("cannot read {path} ({reason}): see to its permissions").format(path=path, reason=reason))


class UnknownEngine(SouwenError):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            _("there is no engine called {name!r}: choose one of {known}").format(name=name, known=", ".join(known))
        )


class EngineUnavailable(SouwenError):
    """The engine is known, but what it needs is not here: `reason` tells what, `remedy` what to do about it."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(_("the engine {name!r} {reason}: {remedy}").format(name=name, reason=reason, remedy=remedy))


class IndexMoved(SouwenError):
    """The servers have the index no more, or another one in its place."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _(
                "the index that {path} names was removed or rebuilt: copy the folder from the machine that rebuilt it, "
                "or rebuild it with `souwen index PATH --index {path} --rebuild`"
            ).format(path=path)
        )


class IndexOutdated(SouwenError):
    """The commit that a reader was opened at has been replaced for so long that it is no longer whole."""

    def __init__(self, path: Path) -> None:
        super().__init__(_("the index in {path} has changed since it was opened: open it again").format(path=path))


class ServerError(SouwenError):
    """What can be wrong with the servers that keep an index. `hosts` never hold credentials."""


class ServerUnreachable(ServerError):
    def __init__(self, hosts: str, reason: str, *, may_be_busy: bool) -> None:
        self.may_be_busy = may_be_busy
        super().__init__(
            _("no server at {hosts} answers ({reason}): start it, or correct SOUWEN_OPENSEARCH_URL").format(
                hosts=hosts, reason=reason
            )
        )


class ServerRefused(ServerError):
    def __init__(self, hosts: str, reason: str, remedy: str = "") -> None:
        super().__init__(
            _("{hosts} refuses ({reason}): {remedy}").format(
                hosts=hosts, reason=reason, remedy=remedy or _("correct SOUWEN_OPENSEARCH_URL")
            )
        )


class ServerFailed(ServerError):
    def __init__(self, hosts: str, reason: str) -> None:
        super().__init__(
            _(
                "{hosts} failed ({reason}): see that it is OpenSearch or Elasticsearch 7 or later, and what its log "
                "says"
            ).format(hosts=hosts, reason=reason)
        )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes IndexUnwritable of what the system says against writing to the index in `path`."""
    try:
        yield
    except OSError as error:
        raise IndexUnwritable(path, os_error_reason(error)) from error
