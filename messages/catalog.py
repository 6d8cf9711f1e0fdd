"""Looks messages up in the catalogue of the language that is spoken.

Messages are written in English where they are told, with places for what varies, `gettext("{name} is gone")
.format(name=…)`, and are their own keys in `zh/LC_MESSAGES/souwen.po`. `make messages` finds the new ones and makes the
`.mo` file that is read here.
"""

import gettext as catalogues
from functools import cache
from pathlib import Path

from .language import Language, current_language

DOMAIN = "souwen"
CATALOGS = Path(__file__).parent


@cache
def _catalogue(language: Language) -> catalogues.NullTranslations:
    if language == "en":
        return catalogues.NullTranslations()
    return catalogues.translation(DOMAIN, CATALOGS, [language])


def gettext(message: str) -> str:
    """`message` in the language that is spoken."""
    return _catalogue(current_language.get()).gettext(message)


def ngettext(one: str, more: str, number: int) -> str:
    """The one of two messages that suits a number, in the language that is spoken."""
    return _catalogue(current_language.get()).ngettext(one, more, number)


def N_(message: str) -> str:  # noqa: N802  # Babel knows the marker by this name
    """Mark a message that is translated later, where it is shown."""
    return message
