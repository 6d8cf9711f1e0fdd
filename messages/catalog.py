"""Translation of messages by the gettext catalog of the current language.

The code writes a message in English, with placeholders, `gettext("{name} is gone").format(name=…)`. The English text is
the message's key in each catalog, `LANGUAGE/LC_MESSAGES/souwen.po`. `make messages` adds new messages to the catalogs
and compiles them to the `.mo` files that this module reads.
"""

import gettext as translations
from functools import cache

from .language import CATALOGS, DOMAIN, Language, current_language


@cache
def _catalog(language: Language) -> translations.NullTranslations:
    if language == "en":
        return translations.NullTranslations()
    return translations.translation(DOMAIN, CATALOGS, [language])


def gettext(message: str) -> str:
    """Return `message` in the current language."""
    return _catalog(current_language.get()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the message that suits `number`, in the current language."""
    return _catalog(current_language.get()).ngettext(singular, plural, number)


def language_name(language: Language) -> str:
    """Return the name of `language` in that language, such as 中文."""
    # Translators: not English, but the name of the language of this catalog, in itself: 中文.
    return _catalog(language).gettext("English")


def N_(message: str) -> str:  # noqa: N802  # Babel knows the marker by this name
    """Mark `message` for translation where it is shown later."""
    return message
