"""Messages for people, in the language that they read: translation, the current language, the base of all errors."""

from .catalog import N_, gettext, language_name, ngettext
from .errors import SouwenError, os_error_reason
from .language import (
    CATALOGS,
    DOMAIN,
    LANGUAGES,
    Language,
    current_language,
    environment_language,
    negotiate_language,
    use_language,
)

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
    "language_name",
    "negotiate_language",
    "ngettext",
    "os_error_reason",
    "use_language",
]
