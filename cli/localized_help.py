"""Help in the language that is spoken.

It stands in English in the decorators of the commands, and is exchanged here for its translation. What click says
itself is translated by our catalogue, too.
"""

import gettext as catalogues
import re
from collections.abc import Iterable, Iterator

import click

from ..messages import CATALOGS, DOMAIN
from ..messages import gettext as _
from .terminal_chart import columns

_RAW = "\b\n"  # click's mark of a paragraph whose lines stay as they are
_WIDE = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
_CLOSING = "，。、；：！？）」』”》】…"
_OPENING = "（「『“《【"
# What stands in one line: a Han character or a word, with the punctuation that may not be parted from it.
_UNIT = re.compile(rf"[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}]+)[{_CLOSING}]*|[{_OPENING}{_CLOSING}]+|\s+")


def help_texts(command: click.Command) -> Iterator[str]:
    """What there is to translate in the help of a command and of those below it."""
    for text in (command.help, command.short_help):
        yield from map(_message, _paragraphs(text))
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            yield parameter.help
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from help_texts(inner)


def localise(command: click.Command) -> None:
    """Puts translations in the place of what `help_texts` gives."""
    catalogues.bindtextdomain(DOMAIN, str(CATALOGS))
    catalogues.textdomain(DOMAIN)
    _exchange(command)


def _exchange(command: click.Command) -> None:
    command.context_class = _Context
    command.help = _translated(command.help)
    command.short_help = _translated(command.short_help)
    if command.epilog:  # of which commands stay as they are typed
        command.epilog = command.epilog.replace("Examples:", _("Examples:")).replace("Example:", _("Example:"))
    if command.options_metavar:
        command.options_metavar = _("[OPTIONS]")
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = _(parameter.help)
    if isinstance(command, click.Group):
        command.subcommand_metavar = _("[COMMAND] [ARGS]...")
        for inner in command.commands.values():
            _exchange(inner)


def _paragraphs(text: str | None) -> list[str]:
    return re.split(r"\n{2,}", text.strip()) if text else []


def _message(paragraph: str) -> str:
    """A paragraph as it stands in the catalogue: its lines matter only where they stay as they are."""
    return paragraph.removeprefix(_RAW) if paragraph.startswith(_RAW) else " ".join(paragraph.split())


def _translated(text: str | None) -> str | None:
    marks = ((_RAW if paragraph.startswith(_RAW) else "", _message(paragraph)) for paragraph in _paragraphs(text))
    return "\n\n".join(mark + _(message) for mark, message in marks) or None


class _Formatter(click.HelpFormatter):
    """Fills lines by columns, of which Han characters take two, and breaks them between any of these."""

    def write_text(self, text: str) -> None:
        room = self.width - self.current_indent
        super().write_text("\n\n".join(self._filled(each, room) for each in _paragraphs(text)))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        listed = list(rows)
        left = min(max(columns(first) for first, _second in listed), col_max) + col_spacing
        room = self.width - left - self.current_indent
        super().write_dl([(first, self._filled(second, room)) for first, second in listed], col_max, col_spacing)

    def _filled(self, paragraph: str, width: int) -> str:
        return paragraph if paragraph.startswith(_RAW) else _RAW + "\n".join(filled(paragraph, width))


class _Context(click.Context):
    formatter_class = _Formatter


def filled(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` columns, but for words that are longer."""
    lines = [""]
    for unit in _UNIT.findall(text):
        if columns(lines[-1]) + columns(unit.rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
    return [line.rstrip() for line in lines]
