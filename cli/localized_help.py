"""Help in the user's language.

The decorators of the commands hold the help in English; `localize` replaces it by its translation. Our catalog also
translates the messages of click itself.
"""

import gettext as translations
import re
from collections.abc import Iterable, Iterator

import click

from ..messages import CATALOGS, DOMAIN
from ..messages import gettext as _
from .terminal_chart import display_width

_RAW = "\b\n"  # click's mark of a paragraph whose lines it leaves as they are
_WIDE = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
_CLOSING = "，。、；：！？）」』”》】…"
_OPENING = "（「『“《【"
# A Han character or a word, with the punctuation that must stay on its line.
_UNBREAKABLE = re.compile(
    rf"[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}]+)[{_CLOSING}]*|[{_OPENING}{_CLOSING}]+|\s+"
)


def help_texts(command: click.Command) -> Iterator[str]:
    """Yield the translatable texts in the help of a command and of its subcommands."""
    for text in (command.help, command.short_help):
        yield from map(_message, _paragraphs(text))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            yield parameter.help
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            yield from help_texts(subcommand)


def localize(command: click.Command) -> None:
    """Replace the texts that `help_texts` yields, and those of click, by their translations."""
    translations.bindtextdomain(DOMAIN, str(CATALOGS))
    translations.textdomain(DOMAIN)
    _localize(command)


def _localize(command: click.Command) -> None:
    command.context_class = _Context
    command.help = _translate(command.help)
    command.short_help = _translate(command.short_help)
    if command.epilog:  # its commands are not translated
        command.epilog = command.epilog.replace("Examples:", _("Examples:")).replace("Example:", _("Example:"))
    if command.options_metavar:
        command.options_metavar = _("[OPTIONS]")
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = _(parameter.help)
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("[COMMAND] [ARGS]...")
        for subcommand in command.commands.values():
            _localize(subcommand)


def _paragraphs(text: str | None) -> list[str]:
    return re.split(r"\n{2,}", text.strip()) if text else []


def _message(paragraph: str) -> str:
    """Return a paragraph as its key in the catalog: on one line, unless it is raw."""
    return paragraph.removeprefix(_RAW) if paragraph.startswith(_RAW) else " ".join(paragraph.split())


def _translate(text: str | None) -> str | None:
    marked = ((_RAW if paragraph.startswith(_RAW) else "", _message(paragraph)) for paragraph in _paragraphs(text))
    return "\n\n".join(mark + _(message) for mark, message in marked) or None


class _Formatter(click.HelpFormatter):
    """Wraps lines by their display width, and breaks them between any two Han characters."""

    def write_text(self, text: str) -> None:
        width = self.width - self.current_indent
        super().write_text("\n\n".join(self._wrap(paragraph, width) for paragraph in _paragraphs(text)))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        entries = list(rows)
        term_width = min(max(display_width(term) for term, _definition in entries), col_max) + col_spacing
        width = self.width - term_width - self.current_indent
        super().write_dl([(term, self._wrap(text, width)) for term, text in entries], col_max, col_spacing)

    def _wrap(self, paragraph: str, width: int) -> str:
        return paragraph if paragraph.startswith(_RAW) else _RAW + "\n".join(wrap(paragraph, width))


class _Context(click.Context):
    formatter_class = _Formatter


def wrap(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` columns, except where a single word is longer."""
    lines = [""]
    for unit in _UNBREAKABLE.findall(text):
        if display_width(lines[-1]) + display_width(unit.rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
    return [line.rstrip() for line in lines]
