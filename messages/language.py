"""Which language people are told things in: English, unless a program or a request asks for Chinese."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# Requests in several languages are answered side by side; threads that a request starts are told its context.
current_language: ContextVar[Language] = ContextVar("language", default="en")


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Everything told inside the block is told in this language."""
    before = current_language.set(language)
    try:
        yield
    finally:
        current_language.reset(before)


def negotiate_language(tags: Iterable[str]) -> Language:
    """The first of some language tags (zh-CN, zh_TW.UTF-8, en) that there is a translation to; English if there is
    none."""
    for tag in tags:
        for language in LANGUAGES:
            if tag.lower().replace("_", "-").split("-")[0].split(".")[0] == language:
                return language
    return "en"


def environment_language() -> Language:
    """The language of the user's locale, from the variables that gettext programs obey, in their order."""
    locale = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if locale.partition(".")[0] in ("", "C", "POSIX"):
        return "en"  # who asks for no language gets no LANGUAGE either
    return negotiate_language([*os.environ.get("LANGUAGE", "").split(":"), locale])
