"""What souwen tells people, in the language that they read."""

from .catalog import CATALOGS, DOMAIN, N_, gettext, ngettext
from .errors import SouwenError, os_error_reason
from .language import LANGUAGES, Language, current_language, environment_language, negotiate_language, use_language

__all__ = [
    "CATALOGS",
    "DOMAIN",
    "LANGUAGES",
    "N_",
    "Language",
    "SouwenError",
    "current_language",
    "environment_language",
    "gettext",
    "negotiate_language",
    "ngettext",
    "os_error_reason",
    "use_language",
]
