"""Why a request is not answered, beyond what searching tells."""

from ..messages import SouwenError
from ..messages import gettext as _


class NoSuchArticle(SouwenError):
    def __init__(self, article_id: str) -> None:
        super().__init__(_("there is no article {id}: a search tells IDs").format(id=repr(article_id[:200])))


class BeyondText(SouwenError):
    def __init__(self, offset: int, characters: int) -> None:
        message = _("offset {offset} is beyond the text, which has {characters} characters: begin at 0")
        super().__init__(message.format(offset=offset, characters=characters))


class TooManyPeriods(SouwenError):
    def __init__(self, number: int, most: int) -> None:
        message = _("articles came in {number} periods, more than {most}: count by longer ones, or set since and until")
        super().__init__(message.format(number=number, most=most))


class TooSlow(SouwenError):
    def __init__(self, seconds: float) -> None:
        message = _("this took longer than {seconds} seconds: ask for less, such as fewer words or a shorter period")
        super().__init__(message.format(seconds=f"{seconds:g}"))


class TooBusy(SouwenError):
    def __init__(self) -> None:
        super().__init__(_("too many requests are being answered: try again in a moment"))


class TooMany(SouwenError):
    def __init__(self) -> None:
        super().__init__(_("too many requests came from your address: wait a moment"))


class WrongToken(SouwenError):
    def __init__(self) -> None:
        super().__init__(_("this archive asks for a token: send it as a bearer token, or as the password"))


class WrongHost(SouwenError):
    def __init__(self, host: str) -> None:
        message = _("this archive is not known as {host}: name it with --allowed-host when serving")
        super().__init__(message.format(host=repr(host[:200])))


class NotRead(SouwenError):
    """Requests here only read."""

    def __init__(self) -> None:
        super().__init__(_("an archive is only read: send GET requests, without a body"))


class AddressInUse(SouwenError):
    def __init__(self, host: str, port: int, reason: str) -> None:
        message = _("cannot listen at {host}, port {port} ({reason}): choose another with --host and --port")
        super().__init__(message.format(host=host, port=port, reason=reason))
