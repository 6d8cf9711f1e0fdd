"""Errors of the server, in addition to those of searching, and what clients learn of an error."""

import logging

from ..messages import SouwenError
from ..messages import gettext as _
from ..query import InvalidDate, InvalidFacet, InvalidPeriod, InvalidRecency

_MAX_QUOTED_LENGTH = 200  # characters of a request that a message repeats


class NoSuchArticle(SouwenError):
    """The index has no article with this ID."""

    def __init__(self, article_id: str) -> None:
        message = _("there is no article {id}: search returns the IDs of articles")
        super().__init__(message.format(id=repr(article_id[:_MAX_QUOTED_LENGTH])))


class OffsetOutOfRange(SouwenError):
    """An offset lies beyond the end of an article's text."""

    def __init__(self, offset: int, characters: int) -> None:
        message = _("offset {offset} is beyond the text, which has {characters} characters: begin at 0")
        super().__init__(message.format(offset=offset, characters=characters))


class TooManyPeriods(SouwenError):
    """A timeline has more periods than an assistant can read."""

    def __init__(self, number: int, maximum: int) -> None:
        message = _(
            "the timeline has {number} periods, more than {maximum}: count by longer ones, or set since and until"
        )
        super().__init__(message.format(number=number, maximum=maximum))


class TooSlow(SouwenError):
    """A request exceeded its time limit."""

    def __init__(self, seconds: float) -> None:
        message = _("this took longer than {seconds} seconds: ask for less, such as fewer words or a shorter period")
        super().__init__(message.format(seconds=f"{seconds:g}"))


class TooBusy(SouwenError):
    """All threads are busy and the queue is full."""

    def __init__(self) -> None:
        super().__init__(_("too many requests are being answered: try again in a moment"))


class RateLimited(SouwenError):
    """A client exceeded its rate limit."""

    def __init__(self) -> None:
        super().__init__(_("too many requests came from your address: wait a moment"))


class WrongToken(SouwenError):
    """A request carries no token, or a wrong one."""

    def __init__(self) -> None:
        super().__init__(_("this archive requires a token: send it as a bearer token, or as the password"))


class WrongHost(SouwenError):
    """The Host header of a request names none of the allowed hosts."""

    def __init__(self, host: str) -> None:
        message = _("this archive is not served as {host}: allow that name with --allowed-host when serving")
        super().__init__(message.format(host=repr(host[:_MAX_QUOTED_LENGTH])))


class ReadOnly(SouwenError):
    """A request has a method other than GET and HEAD, or a body."""

    def __init__(self) -> None:
        super().__init__(_("this archive is read-only: send GET requests, without a body"))


class AddressInUse(SouwenError):
    """The server cannot listen at an address and port."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        message = _("cannot listen at {host}, port {port} ({reason}): choose another with --host and --port")
        super().__init__(message.format(host=host, port=port, reason=reason))


class ArchiveUnavailable(SouwenError):
    """Stands for an error of the index, whose message is for the operator of the server."""

    def __init__(self) -> None:
        super().__init__(_("the archive is unavailable: try again later; the log of the server has the reason"))


# Errors of requests. All others are of the index, such as IndexNotFound.
STATUS_CODES: dict[type[SouwenError], int] = {
    InvalidDate: 422,
    InvalidPeriod: 422,
    InvalidFacet: 422,
    InvalidRecency: 422,
    NoSuchArticle: 404,
    OffsetOutOfRange: 422,
    RateLimited: 429,
    ReadOnly: 405,
    TooBusy: 503,
    TooManyPeriods: 422,
    TooSlow: 504,
    WrongHost: 421,
    WrongToken: 401,
}
UNAVAILABLE = 503  # the status code of errors of the index

_logger = logging.getLogger("souwen.web")


def hide_details(error: SouwenError) -> SouwenError:
    """Return the error that a client sees in place of `error`.

    Messages about the index name folders and hosts of the server. They go to the log, and to no client.
    """
    if type(error) in STATUS_CODES:
        return error
    _logger.error("%s", error)
    return ArchiveUnavailable()
