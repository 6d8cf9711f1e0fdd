"""Write `fold_table.txt`: the folded form of each character that folding changes.

Run `python -m training.make_fold_table` (needs the `dev` extra) and commit the result. The table is a file, not a
computation, so that a new release of OpenCC or of Unicode never changes the terms of an existing index unnoticed.

Sources: Unicode NFKC and canonical decomposition (Python's `unicodedata`); the character dictionaries of OpenCC
(Apache-2.0, https://github.com/BYVoid/OpenCC) for traditional → simplified.
"""

import unicodedata
from collections import defaultdict

import opencc

from . import ANALYSIS

HAN_BLOCKS = (
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
# OpenCC converts 著 to 着 and 么 to 幺, which would break the far more frequent 著名 and 什么.
NOT_CONVERTED = "著么"
OVERRIDES = {"麽": "么"}
PUNCTUATION = {
    '"': "“”„‟″〝〞〟「」『』﹁﹂﹃﹄｢｣",
    "'": "‘’‚‛′`´",
    "-": "‐‑‒–—―−﹣－─",
    "·": "•・‧∙⋅ᐧ･",
    "~": "～〜",
    "<": "《〈«‹",
    ">": "》〉»›",
    "[": "【〔〖",
    "]": "】〕〗",
}


def _if_single(text: str, otherwise: str) -> str:
    return text if len(text) == 1 else otherwise


def _fold_character(character: str, converters: list[opencc.OpenCC]) -> str:
    folded = _if_single(unicodedata.normalize("NFKC", character), character)
    base = unicodedata.normalize("NFD", folded)
    if len(base) > 1 and unicodedata.name(base[0], "").startswith("LATIN"):
        folded = base[0]
    for converter in converters:
        if folded not in NOT_CONVERTED:
            folded = _if_single(converter.convert(folded), folded)
    return _if_single(folded.lower(), folded)


def build() -> dict[str, str]:
    """Return a map from characters to folded characters, for all characters that change."""
    converters = [opencc.OpenCC(name) for name in ("t2s", "tw2s", "hk2s")]
    table = {}
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in ("Cn", "Co", "Cs", "Cc"):
            continue
        is_han = any(low <= code <= high for low, high in HAN_BLOCKS)
        folded = _fold_character(character, converters if is_han else [])
        if unicodedata.category(character) == "Zs":
            folded = " "
        table[character] = folded
    table.update(OVERRIDES)
    for target, variants in PUNCTUATION.items():
        table.update(dict.fromkeys(variants, target))
    table.update(dict.fromkeys("\t\n\v\f\r\x85\u2028\u2029", " "))
    # A folded character folds to itself, so that folding twice changes nothing.
    idempotent = {character: table.get(folded, folded) for character, folded in table.items()}
    return {character: folded for character, folded in idempotent.items() if character != folded}


def main() -> None:
    """Write the table, one line for each target: code point, TAB, code points of its variants."""
    variants: dict[str, list[str]] = defaultdict(list)
    for character, folded in build().items():
        variants[folded].append(character)
    lines = ["# target and its variants, as hexadecimal code points; written by make_fold_table.py"]
    for target in sorted(variants):
        codes = " ".join(f"{ord(character):X}" for character in sorted(variants[target]))
        lines.append(f"{ord(target):X}\t{codes}")
    (ANALYSIS / "text" / "fold_table.txt").write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
