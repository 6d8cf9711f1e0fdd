"""What souwen tells people, in the language that they read."""

from .language import LANGUAGES, Language, language_of_environment, preferred, speaking, spoken
from .told import CATALOGUES, DOMAIN, gettext, ngettext, reason_of

__all__ = [
    "CATALOGUES",
    "DOMAIN",
    "LANGUAGES",
    "Language",
    "gettext",
    "language_of_environment",
    "ngettext",
    "preferred",
    "reason_of",
    "speaking",
    "spoken",
]
