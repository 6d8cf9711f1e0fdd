"""Decode the bytes of a file in any encoding of Chinese text."""

import codecs
import re
from typing import NamedTuple

from ...messages import gettext as _
from ..errors import ReadError


class DecodedText(NamedTuple):
    """A text and its encoding. `replaced` counts replacement characters for bytes that are invalid in the encoding."""

    text: str
    encoding: str
    replaced: int


class ReplacedCharacters(NamedTuple):
    """The number of characters of a file that replace invalid bytes."""

    characters: int


_BYTE_ORDER_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GB = ("gb18030",)  # gb2312 and gbk are subsets of it
_BIG5 = ("big5hkscs", "cp950")
_UNRELIABLE_NAMES = re.compile(
    r"iso-8859-\d{1,2}|windows-125\d|latin-?1|(?:us-)?ascii|utf-?8"
)  # often declared wrongly
_RELIABLE_NAMES = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "cp936", "gb-2312", "gb-2312-80", "euc-cn"), _GB),
    **dict.fromkeys(("big5", "big-5", "big5-hkscs", "big5hkscs", "x-x-big5", "cp950", "ms950"), _BIG5),
    **{name: (name,) for name in ("shift-jis", "euc-jp", "euc-kr", "koi8-r")},
}
# Encodings in ASCII bytes: a sequence that begins other characters, and the encodings that have it.
_SEVEN_BIT = (
    (b"\x1b$)A", ("iso-2022-cn",)),
    (b"\x1b$)C", ("iso2022-kr",)),
    (b"\x1b$", ("iso2022-jp-2", "iso2022-jp-ext")),
    (b"~{", ("hz",)),
)
_SHIFTED = re.compile(rb"\x0e([^\x0e\x0f\n]{0,4000})\x0f?")  # two bytes a character, in ISO-2022-CN
_DESIGNATION = re.compile(rb"\x1b\$\)A")
_DECLARATION = re.compile(
    rb"<meta[^>]{0,500}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w-]{1,30})"
    rb"|<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w-]{1,30})",
    re.IGNORECASE,
)
_MAX_DECLARATION_OFFSET = 4096  # bytes
_SAMPLE_SIZE = 65_536  # bytes or characters
_NON_ASCII = re.compile(rb"[\x80-\xff]")
_MIN_READABLE_SHARE = 0.5  # of letters, digits and common characters in a text whose bytes include NULs
# Share of common characters among all that are not ASCII: Chinese has .5, a wrong encoding .05.
_MIN_COMMON_SHARE = 0.15

# The 250 most frequent characters of 1,500 news articles, 62 % of their Han characters, in both scripts, and
# punctuation.
_COMMON_CHARACTERS = re.compile(
    "[的国中在人一是美有为不会年大对日和这法行政他新出上台了月发以到家个时民公说表与来要关方将特报前后外者议之主部全们港经员示多疫"
    "自也于成动能地作被生过进可总事我府当情其社权制天斯德并及长现统病最开加业期定安分名任下受用机内数重所香共但湾本选同就文体普提已力明"
    "而今合道都高指因利得布度司应据交实区面市学声等华联此持北务由资导朗间电党万工入认次系立理平保例两正军还院强尔如问局相取接海些场近更"
    "案无官亚通产信至计第目网周克该意记反性际冠题起战欧调称确达举治从登使位领商告去没续心济界元施里或警组金毒种协化京向口"
    "國爲為會對這臺發個時說説與來關將報後議們經員於動過進總當權並長現統開業機內數灣選體應據實區學聲華聯務資導間電黨萬認兩軍還強爾"
    "問場無亞產産計網該記際題戰歐調稱確達舉從領沒續濟裏裡組種協"
    "，。、：；？！“”‘’「」『』《》（）【】—…·\u3000]"
)
_ASCII_TEXT = re.compile("[\t\n\r -~]")
# The first bytes of Han characters and of Chinese punctuation in UTF-8, read as Windows-1252 or as GB 18030.
_LATIN_SIGN = re.compile("[ãäåæçèéï][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2}")
_GB_SIGN = re.compile("[锛銆鐨鈥涓鍦浜浠]")
_MAX_SIGN_DISTANCE = 40  # characters for each sign, in a text that was decoded wrongly


def decode(data: bytes, declared: str = "") -> DecodedText:
    """Decode `data`, whose encoding may be `declared` outside of it.

    The first of these applies: a byte-order mark; UTF-16 or UTF-32 without one; HZ or ISO-2022; UTF-8; `declared`; the
    declaration in the data; the encoding that gives the most common characters; UTF-8 with replacement characters.
    UTF-8 that was read in another encoding and saved again is restored.

    Raises:
        ReadError: The data are not text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return decode_as(data[len(mark) :], encoding)
    nuls = data.count(0)
    if nuls and (decoded := _decode_wide(data)):
        return decoded
    if data.isascii() and (decoded := _decode_seven_bit(data, _normalize_name(declared))):
        return decoded
    if nuls * 20 <= len(data) and (decoded := _decode_strictly(data, ("utf-8",))):
        return _restore(decoded)
    if nuls:
        raise _not_text()
    names = [_normalize_name(declared), _normalize_name(_find_declaration(data))]
    for name in names:
        if decoded := _decode_strictly(data, _RELIABLE_NAMES.get(name, ())):
            return decoded
    return _decode_by_content(data, names)


def decode_as(data: bytes, encoding: str) -> DecodedText:
    """Decode `data` in a known encoding.

    Raises:
        ReadError: More than one character in ten would be a replacement character.
    """
    text = data.decode(encoding, "replace")
    replaced = text.count("\ufffd")
    if replaced * 10 > len(text):
        raise _not_text()
    return DecodedText(text, encoding, replaced)


def _not_text() -> ReadError:
    return ReadError(_("the content is not text"))


def _decode_strictly(data: bytes, encodings: tuple[str, ...]) -> DecodedText | None:
    for encoding in encodings:
        try:
            return DecodedText(data.decode(encoding), encoding, 0)
        except UnicodeDecodeError:
            continue
    return None


def _decode_wide(data: bytes) -> DecodedText | None:
    """Decode UTF-32 or UTF-16 without a byte-order mark, if the result is readable."""
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        decoded = _decode_strictly(data, (encoding,))
        if decoded and "\0" not in decoded.text:
            sample = decoded.text[:_SAMPLE_SIZE]
            readable = len(_ASCII_TEXT.findall(sample)) + len(_COMMON_CHARACTERS.findall(sample))
            if readable >= _MIN_READABLE_SHARE * len(sample):
                return decoded
    return None


def _decode_seven_bit(data: bytes, declared: str) -> DecodedText | None:
    """Decode HZ, ISO-2022 and, if it is declared, UTF-7; return None for ASCII."""
    if declared == "utf-7":
        return _decode_strictly(data, ("utf-7",))
    for sequence, encodings in _SEVEN_BIT:
        if sequence in data:
            decoded = _decode_strictly(data, encodings) if encodings != ("iso-2022-cn",) else _decode_iso_2022_cn(data)
            if decoded and _has_common_characters(decoded.text):
                return decoded
    return None


def _decode_iso_2022_cn(data: bytes) -> DecodedText | None:
    """Decode ISO-2022-CN, which Python lacks: GB 2312 without its high bits, between two control characters."""
    eight_bit = _SHIFTED.sub(lambda match: bytes(byte | 0x80 for byte in match[1]), _DESIGNATION.sub(b"", data))
    return _decode_strictly(eight_bit, ("gb2312",))


def _restore(decoded: DecodedText) -> DecodedText:
    """Restore UTF-8 that a program read in another encoding and saved as UTF-8 again.

    Raises:
        ReadError: Too many characters were lost.
    """
    for sign, encoding in ((_LATIN_SIGN, "cp1252"), (_GB_SIGN, "gb18030")):
        if len(sign.findall(decoded.text, 0, _SAMPLE_SIZE)) * _MAX_SIGN_DISTANCE <= len(decoded.text[:_SAMPLE_SIZE]):
            continue
        data = decoded.text.encode(encoding, "souwen_latin_1")
        text = data.decode("utf-8", "replace")
        if _common_share_of(text.replace("\ufffd", "")) < max(_MIN_COMMON_SHARE, _common_share_of(decoded.text)):
            continue
        replaced = text.count("\ufffd")
        if replaced * 10 > len(text):
            raise ReadError(_("the text was decoded and saved in a wrong encoding: convert the original again"))
        return DecodedText(text, "utf-8", replaced)
    return decoded


def _encode_as_latin_1(error: UnicodeError) -> tuple[bytes, int]:
    """Encode what Windows-1252 lacks as Latin-1, and other characters as a question mark."""
    assert isinstance(error, UnicodeEncodeError)
    characters = error.object[error.start : error.end]
    return characters.encode("latin-1", "replace"), error.end


codecs.register_error("souwen_latin_1", _encode_as_latin_1)


def _find_declaration(data: bytes) -> str:
    match = _DECLARATION.search(data[:_MAX_DECLARATION_OFFSET])
    return (match[1] or match[2]).decode("ascii", "replace") if match else ""


def _normalize_name(name: str) -> str:
    return name.strip().lower().replace("_", "-")


def _decode_by_content(data: bytes, names: list[str]) -> DecodedText:
    """Decode in the encoding that gives the most common characters, or as declared if no encoding gives Chinese."""
    first = _NON_ASCII.search(data)
    sample = data[first.start() :][:_SAMPLE_SIZE] if first else data
    share, encoding = max(
        ((_common_share(sample, encoding), encoding) for encoding in ("utf-8", *_GB, *_BIG5)),
        key=lambda candidate: candidate[0],
    )
    if share >= _MIN_COMMON_SHARE:
        return _decode_strictly(data, (encoding,)) or decode_as(data, encoding)
    declared = tuple(name for name in names if _UNRELIABLE_NAMES.fullmatch(name))
    return _decode_strictly(data, (*declared, *_GB, *_BIG5)) or decode_as(data, "utf-8")


def _has_common_characters(text: str) -> bool:
    return _common_share_of(text) >= _MIN_COMMON_SHARE


def _common_share(sample: bytes, encoding: str) -> float:
    return _common_share_of(sample.decode(encoding, "replace"))


def _common_share_of(text: str) -> float:
    """Return the share of common characters among those that are not ASCII. An invalid byte subtracts three."""
    text = text[:_SAMPLE_SIZE]
    non_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return (len(_COMMON_CHARACTERS.findall(text)) - 3 * text.count("\ufffd")) / max(non_ascii, 1)
