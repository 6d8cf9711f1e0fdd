"""What a tool cannot answer."""

from ..analysis import SouwenError
from ..messages import gettext as _


class UnknownArticle(SouwenError):
    def __init__(self, article_id: str) -> None:
        super().__init__(_("there is no article {id!r}: take an id that a search gave").format(id=article_id))


class BeyondText(SouwenError):
    def __init__(self, offset: int, characters: int) -> None:
        message = _("offset {offset} is beyond the text, which has {characters} characters: begin at 0")
        super().__init__(message.format(offset=offset, characters=characters))


class TooManyPeriods(SouwenError):
    def __init__(self, number: int, by: str, most: int) -> None:
        message = _(
            "articles came in {number} periods, more than {most}: count by more than a {by}, or set since and until"
        )
        super().__init__(message.format(number=number, most=most, by=by))
