"""What souwen tells people, in the language that they read."""

from .language import LANGUAGES, Language, language_of_environment, preferred, speaking, spoken
from .told import gettext, ngettext

__all__ = [
    "LANGUAGES",
    "Language",
    "gettext",
    "language_of_environment",
    "ngettext",
    "preferred",
    "speaking",
    "spoken",
]
