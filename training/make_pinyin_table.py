"""Write `pinyin_table.txt`: the characters that each syllable of pinyin can stand for.

Run `python -m training.make_pinyin_table` (needs the `dev` extra) and commit the result. A committed table of
this size costs less at run time than a library with all its phrases.

Source: the readings of pypinyin (MIT, https://github.com/mozillazg/python-pinyin), for the basic block of Han
characters, folded.
"""

from collections import Counter, defaultdict

from pypinyin import Style, pinyin, style
from pypinyin.phrases_dict import phrases_dict

from souwen.analysis.text.fold import fold

from . import ANALYSIS

ATTESTED = 2  # phrases in which a second reading must occur; dictionaries list many that nobody uses (广 as an)


def build() -> dict[str, str]:
    """Syllable, without tone and with v for ü → characters."""
    characters = {fold(chr(code)) for code in range(0x4E00, 0xA000)}
    seen: Counter[tuple[str, str]] = Counter()
    for phrase, readings in phrases_dict.items():
        if len(phrase) == len(readings):
            seen.update(
                (fold(character), _plain(reading[0])) for character, reading in zip(phrase, readings, strict=True)
            )
    table: dict[str, set[str]] = defaultdict(set)
    for character in characters:
        table[_plain(pinyin(character, style=Style.NORMAL)[0][0])].add(character)
    for (character, syllable), count in seen.items():
        if character in characters and count >= ATTESTED:
            table[syllable].add(character)
    return {syllable: "".join(sorted(table[syllable])) for syllable in sorted(table) if _is_syllable(syllable)}


def _is_syllable(reading: str) -> bool:
    return reading.isascii() and reading.isalpha() and not set("aeiouv").isdisjoint(reading)


def _plain(reading: str) -> str:
    """A syllable without its tone."""
    plain: str = style.convert(reading, Style.NORMAL, strict=False)
    return plain.replace("ü", "v")


def main() -> None:
    """Write the table beside this module, one syllable a line, TAB, its characters."""
    lines = ["# written by make_pinyin_table.py", *(f"{syllable}\t{chars}" for syllable, chars in build().items())]
    (ANALYSIS / "text" / "pinyin_table.txt").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
