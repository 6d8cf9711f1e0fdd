"""Files of many XML elements, each of which is an article: feeds, dumps of sites and exports of notes.

A file is never parsed whole: its elements are found by their tags and parsed one by one, so that a file may have any
size, a damaged element costs only itself, and no entity is ever defined.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from lxml import etree

from ...analysis import Article
from ...messages import gettext as _
from ..errors import ReadError
from .chunking import Chunker, find_last_record


class XmlFormat(NamedTuple):
    """A format of such files.

    Attributes:
        tag: Tag of the elements that are articles, with its prefix if it has one.
        make_article: Takes an element, the head of the file as an element, and the path of the article. Returns None
            for an element that is not meant to be read, such as a draft or a redirect.
    """

    tag: str
    make_article: Callable[[Any, Any, str], Article | None]


def read(xml_format: XmlFormat, path: str, text: str) -> Iterator[Article | ReadError]:
    """Yield the article of each element, or a ReadError."""
    return _read_elements(xml_format, _head(xml_format, text), path, text, {}, 0)


def make_chunker(xml_format: XmlFormat, start: str) -> Chunker:
    """Return a chunker that splits a file between elements."""
    separator = f"</{xml_format.tag}>".encode()
    reader = partial(_read_elements, xml_format, _head(xml_format, start))
    return Chunker(partial(find_last_record, separator), reader, separator=separator, is_simple=False)


def child_text(element: Any, *names: str) -> str:
    """Return the text of the first child that has one of these names, without prefix, and is not empty.

    Names that stand first are preferred.
    """
    texts: dict[str, str] = {}
    for child in element:
        name = local_name(child)
        if name in names and not texts.get(name):
            texts[name] = "".join(child.itertext()).strip()
    return next((texts[name] for name in names if texts.get(name)), "")


def children(element: Any, *names: str) -> list[Any]:
    """Return the children that have one of these names."""
    return [child for child in element if local_name(child) in names]


def local_name(element: Any) -> str:
    """Return the name of an element in lower case. A prefix stays, a namespace does not."""
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _head(xml_format: XmlFormat, text: str) -> str:
    """Return the text before the first element."""
    start = _find_tag(xml_format.tag, text, 0)
    return text[: start if start >= 0 else len(text)]


def _read_elements(
    xml_format: XmlFormat, head: str, path: str, text: str, _mapping: Mapping[str, str], line_offset: int
) -> Iterator[Article | ReadError]:
    """Yield the articles of the elements in a text, named by the numbers of their first lines."""
    head_element = _parse_head(head)
    line, position = line_offset + 1, 0
    end_tag = f"</{xml_format.tag}>"
    elements = 0
    while (start := _find_tag(xml_format.tag, text, position)) >= 0:
        line += text.count("\n", position, start)
        position = start
        end = text.find(end_tag, start)
        location = f"{path}:{line}"
        elements += 1
        try:
            if end < 0:
                raise ReadError(_("the file is truncated"))
            element = _parse(text[start : end + len(end_tag)])
            article = xml_format.make_article(element, head_element, location)
            if article:
                yield article
        except ReadError as error:
            yield ReadError(_("line {number}: {error}").format(number=line, error=error))
        if end < 0:
            return
        line += text.count("\n", start, end)
        position = end
    if not elements and not line_offset:
        yield ReadError(_("there is no <{tag}> in the file").format(tag=xml_format.tag))


def _find_tag(tag: str, text: str, position: int) -> int:
    """Return the offset of the next start tag, or -1."""
    opener = f"<{tag}"
    while (start := text.find(opener, position)) >= 0:
        if text[start + len(opener) : start + len(opener) + 1] in (">", " ", "\n", "\r", "\t"):
            return start
        position = start + len(opener)
    return -1


def _parse(text: str) -> Any:
    """Parse an element by itself. Prefixes stay in the names, as they are not declared. Raises ReadError."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        element = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(_("invalid XML: {error}").format(error=error)) from error
    if element is None:
        raise ReadError(_("invalid XML: {error}").format(error="no element"))
    return element


def _parse_head(head: str) -> Any:
    """Parse the start of a file, whose root stays open. An unreadable head is an empty one."""
    start = head.find("<!DOCTYPE")
    declarations_end = head.find("]>", start) + 2 if start >= 0 and "[" in head[start : start + 500] else 0
    root = head[max(declarations_end, 0) :]
    position = root.find("<", root.find("?>") + 2 if root.lstrip().startswith("<?xml") else 0)
    while root.startswith(("<!", "<?"), position):
        position = root.find("<", position + 1)
    try:
        return _parse(root[position:]) if position >= 0 else etree.Element("head")
    except ReadError:
        return etree.Element("head")
