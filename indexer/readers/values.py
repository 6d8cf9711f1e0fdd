"""Texts of the values of records: lists of paragraphs, objects around a text, text with links, translations."""

from collections.abc import Mapping
from datetime import date, time

_MAX_DEPTH = 12  # lists and objects around a text
_MAX_NUMBER = 10**30
# Keys of objects for the text in them, most specific first.
_TEXT_KEYS = tuple(
    """
    rendered #text text value @value content html body plain raw _ $t #cdata-section insert ops blocks children
    paragraphs
    """.split()
)
_NAME_KEYS = tuple("name title label @id $oid $numberlong $numberint $numberdouble $numberdecimal".split())
_LANGUAGES = tuple("zh-cn zh-hans zh-sg zh zh-tw zh-hk zh-hant cn default und en".split())
_KEYS = _TEXT_KEYS + _NAME_KEYS + _LANGUAGES
_KEYS_OF_NAMES = _NAME_KEYS + _TEXT_KEYS + _LANGUAGES
# Objects of these types are parts of a paragraph, in the exports of chat programs and of editors.
_INLINE_TYPES = frozenset(
    """
    plain link text_link url hashtag cashtag mention mention_name bold italic underline strikethrough spoiler code email
    phone custom_emoji bot_command bank_card
    """.split()
)


def value_text(value: object, *, is_name: bool = False) -> str | None:
    """Return the text of a value, "" if it is empty, or None if it holds something but no text.

    Items of a list are lines, those of a list of names are joined by 、. A number is text, true and false are not.
    """
    return _text(value, is_name, 0)


def _text(value: object, is_name: bool, depth: int) -> str | None:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, (int, float)):
        return str(value) if abs(value) < _MAX_NUMBER else ""  # neither is infinity, nor NaN
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Mapping) and depth < _MAX_DEPTH:
        return _object_text(value, is_name, depth)
    if isinstance(value, list) and depth < _MAX_DEPTH:
        return _list_text(value, is_name, depth)
    return None


def _object_text(value: Mapping[object, object], is_name: bool, depth: int) -> str | None:
    values = {str(key).lower().replace("_", "-") if len(str(key)) > 1 else str(key): key for key in value}
    for key in _KEYS_OF_NAMES if is_name else _KEYS:
        if key in values and (text := _text(value[values[key]], is_name, depth + 1)):
            return text
    return None if value else ""


def _list_text(value: list[object], is_name: bool, depth: int) -> str | None:
    texts = [text for item in value if (text := _text(item, is_name, depth + 1)) is not None]
    if value and not texts:
        return None
    if is_name:
        return "、".join(text for text in texts if text)
    return ("" if _is_inline(value, depth) else "\n").join(texts)


def _is_inline(items: list[object], depth: int) -> bool:
    """Return whether the items are parts of one paragraph: text with links, or runs of letters of one style."""
    objects = [item for item in items if isinstance(item, Mapping)]
    if len(objects) < len(items):
        return bool(objects)
    types = {str(item.get("type", "")) for item in objects}
    if types & _INLINE_TYPES or any("insert" in item for item in objects):
        return True
    return depth > 1 and types <= {"", "text"}
