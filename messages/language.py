"""The languages that there are messages in, and the current one: English unless a program or a request chooses another.

A folder with a compiled catalog, `LANGUAGE/LC_MESSAGES/souwen.mo`, is all that makes a language.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Literal

DOMAIN = "souwen"
CATALOGS = Path(__file__).parent
LANGUAGES = ("en", *sorted(path.parts[-3] for path in CATALOGS.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))

if TYPE_CHECKING:
    Language = str
else:
    Language = Literal[LANGUAGES]  # schemas of requests list the languages, and refuse others

# A context variable: requests in several languages run at the same time, and their threads inherit the context.
current_language: ContextVar[Language] = ContextVar("language", default="en")


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Use `language` for all messages inside the block.

    Raises:
        ValueError: There are no messages in this language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no messages in {language!r}: the languages are {', '.join(LANGUAGES)}")
    token = current_language.set(language)
    try:
        yield
    finally:
        current_language.reset(token)


def negotiate_language(tags: Iterable[str]) -> Language:
    """Return the language of the first tag (zh-CN, zh_TW.UTF-8, en) that has one, or else English."""
    for tag in tags:
        primary = tag.lower().replace("_", "-").split("-")[0].split(".")[0]
        if primary in LANGUAGES:
            return primary
    return "en"


def environment_language() -> Language:
    """Return the language of the user's locale, from the variables that gettext reads, in gettext's order."""
    locale = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if locale.partition(".")[0] in ("", "C", "POSIX"):
        return "en"  # gettext, too, ignores LANGUAGE in these locales
    return negotiate_language([*os.environ.get("LANGUAGE", "").split(":"), locale])
