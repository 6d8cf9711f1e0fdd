"""Write `pinyin_table.txt`: the characters that each syllable of pinyin can spell.

Run `python -m training.make_pinyin_table` (needs the `dev` extra) and commit the result. A committed table of this size
costs less at run time than a library with all its phrases.

Source: the readings of pypinyin (MIT, https://github.com/mozillazg/python-pinyin), for the basic block of Han
characters, folded.
"""

from collections import Counter, defaultdict

from pypinyin import Style, pinyin, style
from pypinyin.phrases_dict import phrases_dict

from souwen.analysis.text.fold import fold

from . import ANALYSIS

# A further reading of a character must occur in so many phrases; dictionaries list many that nobody uses (广 as an).
MIN_PHRASES = 2


def build() -> dict[str, str]:
    """Return a map from syllables, without tone and with v for ü, to characters."""
    characters = {fold(chr(code)) for code in range(0x4E00, 0xA000)}
    phrase_counts: Counter[tuple[str, str]] = Counter()
    for phrase, readings in phrases_dict.items():
        if len(phrase) == len(readings):
            phrase_counts.update(
                (fold(character), _without_tone(reading[0]))
                for character, reading in zip(phrase, readings, strict=True)
            )
    table: dict[str, set[str]] = defaultdict(set)
    for character in characters:
        table[_without_tone(pinyin(character, style=Style.NORMAL)[0][0])].add(character)
    for (character, syllable), count in phrase_counts.items():
        if character in characters and count >= MIN_PHRASES:
            table[syllable].add(character)
    return {syllable: "".join(sorted(table[syllable])) for syllable in sorted(table) if _is_syllable(syllable)}


def _is_syllable(reading: str) -> bool:
    return reading.isascii() and reading.isalpha() and not set("aeiouv").isdisjoint(reading)


def _without_tone(reading: str) -> str:
    syllable: str = style.convert(reading, Style.NORMAL, strict=False)
    return syllable.replace("ü", "v")


def main() -> None:
    """Write the table, one line for each syllable: syllable, TAB, its characters."""
    lines = [
        "# syllable of pinyin, TAB, its characters; written by make_pinyin_table.py",
        *(f"{syllable}\t{characters}" for syllable, characters in build().items()),
    ]
    (ANALYSIS / "text" / "pinyin_table.txt").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
