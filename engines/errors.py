"""Errors of an index. Each message names the next step."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..messages import SouwenError, os_error_reason
from ..messages import gettext as _


def rebuild_command(path: Path, *options: str) -> str:
    """Return the command that rebuilds an index from its own articles, and changes what `options` say."""
    return " ".join(["souwen index --index", shlex.quote(str(path)), "--rebuild", *options])


class IndexNotFound(SouwenError):
    """The folder holds no index."""

    def __init__(self, path: Path) -> None:
        super().__init__(_("no index in {path}: make one with `souwen index PATH --index {path}`").format(path=path))


class IndexMismatch(SouwenError):
    """The index was made with another format or analyzer, so that searches would miss matches silently."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            _("{path} {reason}: rebuild it with `{command}`").format(
                path=path, reason=reason, command=rebuild_command(path)
            )
        )


class IndexTooNew(IndexMismatch):
    """A later version of souwen made the index."""

    def __init__(self, path: Path, theirs: int, ours: int) -> None:
        SouwenError.__init__(
            self,
            _(
                "{path} has format {theirs}, but this version of souwen reads format {ours}: install the latest souwen "
                "with `pip install --upgrade souwen`"
            ).format(path=path, theirs=theirs, ours=ours),
        )


class SettingMismatch(IndexMismatch):
    """An argument contradicts a setting that the index keeps. `options` are those of `souwen index` that change it."""

    def __init__(self, path: Path, kept: str, options: str) -> None:
        SouwenError.__init__(
            self,
            _("{path} was made {kept}: change it with `{command}`, which keeps its articles").format(
                path=path, kept=kept, command=rebuild_command(path, options)
            ),
        )


class ArticlesUnreadable(SouwenError):
    """A rebuild cannot keep the articles of an index that cannot be read. `lost` says which would be lost."""

    def __init__(self, path: Path, lost: str) -> None:
        super().__init__(
            _(
                "the articles in {path} cannot be read, and {lost}: name all files, or make the index from the files "
                "alone with `{command}`"
            ).format(path=path, lost=lost, command=rebuild_command(path, "--from-files", "PATH"))
        )


class IndexDamaged(SouwenError):
    """A file of the index is not as it was written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            _("{path} cannot be read ({reason}): rebuild it with `{command}`").format(
                path=path, reason=reason, command=rebuild_command(path)
            )
        )


class IndexLocked(SouwenError):
    """Another program is writing to the index."""

    def __init__(self, path: Path, lock_owner: str) -> None:
        super().__init__(
            _("{path} is being written by {lock_owner}: wait until it has finished, or stop it").format(
                path=path, lock_owner=lock_owner
            )
        )


class IndexUnwritable(SouwenError):
    """The system refuses to write to the folder of the index."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            _("cannot write to {path} ({reason}): make room or choose another folder with --index").format(
                path=path, reason=reason
            )
        )


class IndexUnreadable(SouwenError):
    """The system refuses to read the index."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(_("cannot read {path} ({reason}): correct its permissions").format(path=path, reason=reason))


class UnknownEngine(SouwenError):
    """No engine has this name."""

    def __init__(self, name: str, engines: list[str]) -> None:
        super().__init__(
            _("unknown engine {name!r}: choose one of {engines}").format(name=name, engines=", ".join(engines))
        )


class EngineUnavailable(SouwenError):
    """The engine lacks a package or setting: `reason` says which, `remedy` is the next step."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(_("the engine {name!r} {reason}: {remedy}").format(name=name, reason=reason, remedy=remedy))


class IndexMoved(SouwenError):
    """The servers no longer have the index, or have another one under its name."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _(
                "the index that {path} refers to was removed or rebuilt: copy the folder from the machine that rebuilt "
                "it, or rebuild it with `{command}`"
            ).format(path=path, command=rebuild_command(path))
        )


class IndexOutdated(SouwenError):
    """A later commit has removed parts of the commit that a reader has open."""

    def __init__(self, path: Path) -> None:
        super().__init__(_("the index in {path} has changed since it was opened: open it again").format(path=path))


class ServerError(SouwenError):
    """An error of the servers that keep an index. `hosts` must not contain credentials."""


class ServerUnreachable(ServerError):
    """No server answers. `may_be_busy`: the request timed out, so that a server may be there."""

    def __init__(self, hosts: str, reason: str, *, may_be_busy: bool) -> None:
        self.may_be_busy = may_be_busy
        super().__init__(
            _("no server at {hosts} answers ({reason}): start it, or correct SOUWEN_OPENSEARCH_URL").format(
                hosts=hosts, reason=reason
            )
        )


class ServerRefused(ServerError):
    """The servers refuse the credentials or the request."""

    def __init__(self, hosts: str, reason: str, remedy: str = "") -> None:
        super().__init__(
            _("{hosts} refuses the request ({reason}): {remedy}").format(
                hosts=hosts, reason=reason, remedy=remedy or _("correct SOUWEN_OPENSEARCH_URL")
            )
        )


class ServerFailed(ServerError):
    """The servers answer with an error, or not as OpenSearch does."""

    def __init__(self, hosts: str, reason: str) -> None:
        super().__init__(
            _(
                "{hosts} failed ({reason}): check its log, and that it is OpenSearch, or Elasticsearch 7 or later"
            ).format(hosts=hosts, reason=reason)
        )


@contextmanager
def translate_write_errors(path: Path) -> Iterator[None]:
    """Convert an OSError of the block, which writes to the index in `path`, into IndexUnwritable."""
    try:
        yield
    except OSError as error:
        raise IndexUnwritable(path, os_error_reason(error)) from error
