"""A Markdown parser for Chinese notes and posts: CommonMark, tables, and the markup of note programs and blogs.

The rules beyond CommonMark leave the text that a reader of the note sees, and drop the marks around it:

- emphasis beside full-width punctuation (`**注意：**正文`), which CommonMark leaves as asterisks;
- footnotes, referred to or not, and notes in the line (`^[注]`);
- highlights (`==重点==`), wiki-links (`[[页面|显示]]`), embedded files, callouts, tasks, identifiers of blocks;
- tags of Hexo, Jekyll and Hugo, attributes of kramdown, containers of VuePress;
- formulas, whose text stays as it is.
"""

import re
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

_MAX_NESTING = 100  # of blocks; the library drops the text of deeper ones
_MAX_LINK_LENGTH = 2000  # characters; the library normalizes a longer address in quadratic time
_CJK = re.compile("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef\U00020000-\U0003ffff]")
_HAN = re.compile("[\u3400-\u9fff]")

# Lengths are bounded, so that matching takes linear time.
_FOOTNOTE = re.compile(r"\[\^([^\s\[\]^]{1,100})\][:：]")
_FOOTNOTE_REFERENCE = re.compile(r"\[\^([^\s\[\]^]{1,100})\]")
_INLINE_NOTE = re.compile(r"\^\[([^\[\]\n]{1,500})\]")
_WIKI_LINK = re.compile(r"(!?)\[\[(?!\s|\d{1,9}\])([^\[\]|\n]{1,200}?)\\?(?:\|([^\[\]\n]{0,300}))?\]\](?!\()")
_MEDIA = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|bmp|avif|mp[34]|m4a|mov|webm|ogg|wav|pdf|canvas)$", re.IGNORECASE)
_SIZE = re.compile(r"\d{1,5}(?:x\d{1,5})?")
_BLOCK_REFERENCE = re.compile(r"#?\^[\w-]{1,64}$")
_TAG = re.compile(r"\{\{[<%](.{0,500}?)[%>]\}\}|\{%(.{0,500}?)%\}", re.DOTALL)
_TAGGED_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\((?:\{\{[<%].{0,300}?[%>]\}\}|\{%.{0,300}?%\})[^()\s]{0,99}\)")
_TAG_ARGUMENT = re.compile(r"""(?:[\w-]{1,40}=)?(?:"([^"]*)"|'([^']*)'|(\S+))""")
_ATTRIBUTES = re.compile(r"\{::?[^{}\n]{0,500}\}|\{#[^\s{}]{1,100}[^{}\n]{0,100}\}(?=\s*$)")
_MACRO = re.compile(r"\{\{(?:embed|query|video|renderer)\s[^{}\n]{0,500}\}\}")
_FORMULA = re.compile(r"\$\$(.{1,500}?)\$\$|\$(?![\s$])([^$\n]{1,300}?)(?<![\s\\])\$(?![\d$])", re.DOTALL)
_VERBATIM = re.compile(r"\$\$(?!.*\$\$)|\{%-?\s*(highlight|codeblock|raw|mermaid)\b[^%]{0,200}%\}\s*$")
_CALLOUT = re.compile(r"\[![\w-]{1,40}(?:\|[^\]\n]{0,100})?\][+-]?(.*)(\n|\Z)")
_TASK = re.compile(r"\[[ xX/-]\][ \t]+")
_CONTAINER = re.compile(r"^:{3,}[ \t]*[\w-]*[ \t]*(?:\{[^{}\n]{0,200}\})?(.*)(\n|\Z)", re.MULTILINE)
_CONTENTS = re.compile(r"(?:@?\[toc\]|\[\[_?toc_?\]\])", re.IGNORECASE)
_BLOCK_ID = re.compile(r"(?:^|[ \t]+|(?<=\n))\^(?=[\d-]{0,63}[A-Za-z])[A-Za-z\d-]{4,64}\s*$")
_BLOCK_LINK = re.compile(
    r"\(\((?:\d{14}-\w{7}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?:\s{1,9}(?:\"([^\"\n]{0,300})\"|'([^'\n]{0,300})'))?\)\)"
)
_MAX_BLOCK_ID = 80  # characters at the end of a block that may be its identifier
_ASCII_WORD = re.compile(r"[A-Za-z\d]")


@cache
def make_parser() -> MarkdownIt:
    """Return the parser. Its tokens render to HTML."""
    parser = _Parser("commonmark", {"maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
    parser.block.ruler.before("reference", "footnote", _read_footnote, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("fence", "verbatim", _read_verbatim, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.core.ruler.after("block", "marks", _strip_block_marks)
    parser.core.ruler.after("inline", "notes", _append_inline_notes)
    parser.inline.ruler.before("link", "marks", _read_marks)
    return parser


class _Parser(MarkdownIt):
    def __init__(self, config: str, options: dict[str, Any]) -> None:
        super().__init__(config, options)
        self.inline = _InlineParser()
        self.configure(config, options)

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url if len(url) > _MAX_LINK_LENGTH else super().normalizeLink(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link if len(link) > _MAX_LINK_LENGTH else super().normalizeLinkText(link)


class _InlineParser(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        """Parse the text of a block like the library, with other rules for emphasis."""
        state = _InlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _InlineState(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        """Return whether the marks at `start` can open and close emphasis, and their number.

        CommonMark's rule, but Chinese characters and full-width punctuation do not need white space around emphasis:
        https://github.com/tats-u/markdown-cjk-friendly
        """
        marker, end = self.src[start], start
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        is_left = _touches(after, before)
        is_right = _touches(before, after)
        can_open = is_left and (canSplitWord or not is_right or _is_punctuation(before))
        can_close = is_right and (canSplitWord or not is_left or _is_punctuation(after))
        return Scanned(can_open, can_close, end - start)


def _touches(inner: str, outer: str) -> bool:
    """Return whether marks between two characters belong to the inner one."""
    if isWhiteSpace(ord(inner)):
        return False
    if not _is_punctuation(inner) or _CJK.match(inner):
        return True
    return isWhiteSpace(ord(outer)) or _is_punctuation(outer) or bool(_CJK.match(outer))


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _read_footnote(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """Read a footnote, with the indented blocks that belong to it, as a division."""
    start, end = state.bMarks[startLine] + state.tShift[startLine], state.eMarks[startLine]
    match = _FOOTNOTE.match(state.src, start, end)
    if state.is_code_block(startLine) or not match:
        return False
    if silent:
        return True
    state.env.setdefault("footnotes", set()).add(match[1])
    state.push("footnote_open", "div", 1)
    first = match.end()
    while first < end and state.src[first] in " \t":
        first += 1
    former = (state.bMarks[startLine], state.tShift[startLine], state.sCount[startLine], state.blkIndent)
    former_parent = state.parentType
    state.bMarks[startLine], state.tShift[startLine] = first, 0
    state.blkIndent += 4
    state.sCount[startLine] = state.blkIndent
    state.parentType = "footnote"
    state.md.block.tokenize(state, startLine, endLine)
    state.bMarks[startLine], state.tShift[startLine], state.sCount[startLine], state.blkIndent = former
    state.parentType = former_parent
    state.push("footnote_close", "div", -1)
    return True


def _read_verbatim(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """Read a formula between lines with $$, or code between tags, as it is."""
    start, end = state.bMarks[startLine] + state.tShift[startLine], state.eMarks[startLine]
    match = _VERBATIM.match(state.src, start, end)
    if state.is_code_block(startLine) or not match:
        return False
    unclosed = state.env.setdefault("unclosed", set())
    if match[1] in unclosed:  # searching to the end for each opening mark would take quadratic time
        return False
    closing = re.compile(rf"\{{%-?\s*end{match[1]}\s*-?%\}}\s*$" if match[1] else r"(.*)\$\$\s*$")
    for line in range(startLine + 1, endLine):
        position = state.bMarks[line] + state.tShift[line]
        if position < state.eMarks[line] and state.sCount[line] < state.blkIndent:
            break
        last = closing.match(state.src, position, state.eMarks[line])
        if last:
            if not silent:
                token = state.push("code_block", "code", 0)
                lines = state.getLines(startLine + 1, line, state.blkIndent, keepLastLF=True)
                token.content = f"{state.src[match.end() : end]}\n{lines}{'' if match[1] else last[1]}"
                state.line = line + 1
            return True
    unclosed.add(match[1])
    return False


def _strip_block_marks(state: StateCore) -> None:
    """Remove the marks at the start and end of blocks from their text, before that is parsed."""
    footnotes = state.env.setdefault("footnotes", set())
    opened = ["", ""]  # types of the two tokens before
    for token in state.tokens:
        if token.type == "inline":
            content = token.content
            if opened == ["blockquote_open", "paragraph_open"]:
                match = _CALLOUT.match(content)
                content = _heading_line(match) + content[match.end() :] if match else content
            elif opened == ["list_item_open", "paragraph_open"] and (task := _TASK.match(content)):
                content = content[task.end() :]
            if ":::" in content:
                content = _CONTAINER.sub(_heading_line, content)
            if "((" in content:
                content = _BLOCK_LINK.sub(lambda link: link[1] or link[2] or "", content)
            if "^" in (end := content[-_MAX_BLOCK_ID:]):
                content = content[:-_MAX_BLOCK_ID] + _BLOCK_ID.sub("", end)
            token.content = "" if _CONTENTS.fullmatch(content.strip()) else content
        opened = [opened[1], token.type]
    state.env["notes"] = []
    state.env["footnotes"] = footnotes


def _heading_line(match: re.Match[str]) -> str:
    """Return the heading of a callout or container, with a line break behind it."""
    heading, line_end = match[1].strip(), match[2]
    return f"{heading}\\{line_end}" if heading and line_end else heading


def _append_inline_notes(state: StateCore) -> None:
    """Append the notes that stand in lines, each as a paragraph."""
    for note in state.env["notes"]:
        children = state.md.inline.parse(note, state.md, state.env, [])
        paragraph = Token("inline", "", 0, content=note, children=children)
        state.tokens += [Token("paragraph_open", "p", 1), paragraph, Token("paragraph_close", "p", -1)]


def _read_marks(state: StateInline, silent: bool) -> bool:
    """Read one of the marks that leave less text, or other text, than they have."""
    position, character = state.pos, state.src[state.pos]
    if character == "=" and state.src.startswith("==", position):
        return _read_highlight(state, silent)
    text: str | None = None
    match: re.Match[str] | None = None
    if character in "![" and (match := _WIKI_LINK.match(state.src, position, state.posMax)):
        text = _wiki_text(match)
    elif character == "[" and (match := _FOOTNOTE_REFERENCE.match(state.src, position, state.posMax)):
        text = "" if match[1] in state.env["footnotes"] else None
    elif character == "[" and (match := _TAGGED_LINK.match(state.src, position, state.posMax)):
        text = match[1]
    elif character == "{":
        if match := _TAG.match(state.src, position, state.posMax):
            text = _tag_text(match[1] or match[2] or "")
        elif match := _ATTRIBUTES.match(state.src, position, state.posMax) or _MACRO.match(
            state.src, position, state.posMax
        ):
            text = ""
    elif character == "^" and (match := _INLINE_NOTE.match(state.src, position, state.posMax)):
        text = ""
        if not silent:
            state.env["notes"].append(match[1])
    elif character == "$" and (match := _FORMULA.match(state.src, position, state.posMax)):
        text = _formula_text(match)
    if match is None or text is None:
        return False
    end = match.end()
    if not silent:
        state.pending += text
        if match.re is _TAG and state.src.startswith("\n", end):  # a tag on a line of its own
            state.push("hardbreak", "br", 0)
    state.pos = end
    return True


def _read_highlight(state: StateInline, silent: bool) -> bool:
    """Read `==text==`, but no comparison such as `a==1 and b==2`."""
    start, limit = state.pos + 2, state.posMax
    end = state.src.find("==", start, limit)
    content = state.src[start:end]
    if end < 0 or not content.strip() or content[0] in " =\n" or content[-1] in " \n":
        return False
    if _ASCII_WORD.match(state.src[start - 3 : start - 2]) and not _HAN.search(content):
        return False
    if not silent:
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.posMax = limit
    state.pos = end + 2
    return True


def _wiki_text(match: re.Match[str]) -> str:
    """Return the text that a wiki-link shows; that of an embedded picture is its caption."""
    is_embedded, target, display = match.groups()
    parts = [part.strip() for part in (display or "").split("|")]
    shown = " ".join(part for part in parts if part and not _SIZE.fullmatch(part))
    if shown or (is_embedded and _MEDIA.search(target)) or _CONTENTS.fullmatch(f"[[{target}]]"):
        return shown
    return " > ".join(part for part in _BLOCK_REFERENCE.sub("", target).split("#") if part)


def _tag_text(content: str) -> str:
    """Return the Chinese arguments of a tag, which are captions, names and headings."""
    arguments = (
        next(filter(None, match.groups()), "").rstrip(",") for match in _TAG_ARGUMENT.finditer(content.strip("-/* "))
    )
    return " ".join(argument for argument in arguments if _HAN.search(argument))


def _formula_text(match: re.Match[str]) -> str | None:
    """Return the source of a formula, or None if the signs are amounts of money in a sentence."""
    display, formula = match.groups()
    if display is None and _HAN.search(formula) and "\\" not in formula:
        return None
    return str(display or formula).strip()
