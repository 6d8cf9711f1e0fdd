"""Text is decoded in any encoding of Chinese; binary data are refused."""

import tarfile

import pytest

from souwen.indexer import ReadError
from souwen.indexer.readers.decoding import decode

from ..conftest import SHARED

SIMPLIFIED = "据美国国务院，两名美国和中国高级外交官周四在华盛顿举行会晤，以保持对话。"
TRADITIONAL = "（中央社台北23日電）中國國務院關稅稅則委員會近日印發通知，明年將調整部分進口商品的最惠國稅率。"
UNUSUAL = "龘靐齉爩"


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "gb18030", "gbk"],
)
def test_all_encodings_of_both_scripts(text: str, encoding: str) -> None:
    text = f"[标题](a)\n{text}"  # ASCII characters show UTF-16 without a byte-order mark
    assert decode(text.encode(encoding))[::2] == (text, 0)


@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "cp950"])
def test_big5_is_not_read_as_gb18030(encoding: str) -> None:
    data = TRADITIONAL.encode(encoding)
    data.decode("gbk", "replace")
    assert decode(data).text == TRADITIONAL
    assert decode(b"<html>\n" * 20_000 + data).text.endswith(TRADITIONAL)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<html><head><meta charset="gb2312">', "gb18030"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=big5'>", "big5hkscs"),
        ('<?xml version="1.0" encoding="Big5-HKSCS"?>', "big5hkscs"),
        ("<META CHARSET = GBK >", "gb18030"),
    ],
)
def test_declaration_decides_for_rare_characters(head: str, encoding: str) -> None:
    characters = UNUSUAL if encoding == "gb18030" else "龘齉"
    data = (head + characters).encode(encoding)
    assert decode(data) == (head + characters, encoding, 0)


def test_external_declaration_decides() -> None:
    assert decode("龘齉".encode("big5hkscs"), "Big5").text == "龘齉"
    assert decode("こんにちは".encode("shift_jis"), "Shift_JIS").text == "こんにちは"


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "utf-8", "base64", "unicode_escape", "no-such", ""])
def test_wrongly_declared_chinese_is_detected(declared: str) -> None:
    assert decode(SIMPLIFIED.encode("gb18030"), declared).text == SIMPLIFIED
    assert decode(TRADITIONAL.encode("big5"), declared).text == TRADITIONAL


def test_western_text_is_decoded_as_declared() -> None:
    assert decode("déjà vu".encode("latin-1"), "ISO-8859-1").text == "déjà vu"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_invalid_byte_costs_one_character(encoding: str) -> None:
    data = (TRADITIONAL + "，").encode(encoding) + b"\xff" + TRADITIONAL.encode(encoding)
    text, _, replaced = decode(data)
    assert text.startswith(TRADITIONAL)
    assert text.endswith(TRADITIONAL[1:])
    assert replaced == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_truncated_text_loses_one_character(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding)[:-1]).text.startswith(TRADITIONAL[:-1])


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0",
        bytes(range(256)) * 40,
        b"\0" * 1000,
        b"\xff" * 100,
        b"\xff\xfe" + b"\x00\xd8" * 100,
    ],
)
def test_binary_data_raise(data: bytes) -> None:
    with pytest.raises(ReadError, match="not text"):
        decode(data)


def test_single_nul_is_accepted() -> None:
    assert decode(f"{SIMPLIFIED}\0{SIMPLIFIED}".encode()).text == f"{SIMPLIFIED}\0{SIMPLIFIED}"


def test_empty_data() -> None:
    assert decode(b"").text == ""


@pytest.mark.parametrize("encoding", ["hz", "iso2022_jp_2", "iso2022_kr"])
def test_seven_bit_encodings(encoding: str) -> None:
    text = (
        "今天上海市民大出海。\nPlain ASCII text.\n"
        if encoding == "iso2022_kr"
        else f"{SIMPLIFIED}\nPlain ASCII text.\n"
    )
    assert decode(text.encode(encoding)).text == text


def test_iso_2022_cn() -> None:
    data = b"\x1b$)A" + b"".join(
        b"\x0e" + bytes(byte & 0x7F for byte in line.encode("gb2312")) + b"\x0f\n" for line in SIMPLIFIED.split("，")
    )
    assert decode(data).text == SIMPLIFIED.replace("，", "\n") + "\n"


@pytest.mark.parametrize("text", ["~{ and ~} in English", "\x1b[31mred\x1b[0m \x1b$ money", "a~{b}"])
def test_ascii_with_the_signs_of_other_encodings(text: str) -> None:
    assert decode(text.encode()) == (text, "utf-8", 0)


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, f"<html><p>{SIMPLIFIED}"])
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "gb18030"])
def test_utf_8_saved_in_a_wrong_encoding_is_restored(text: str, encoding: str) -> None:
    data = (text * 3).encode()
    if encoding == "cp1252":
        wrong = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data)
    else:
        wrong = data.decode(encoding, "replace")
    restored = decode(wrong.encode())
    assert (restored.text, restored.replaced) == (text * 3, 0) or encoding == "gb18030"
    assert restored.text.startswith(text[:8])


def test_utf_8_that_lost_characters_in_a_wrong_encoding_is_reported() -> None:
    wrong = SIMPLIFIED.encode().decode("gbk", "replace").replace("\ufffd", "?")
    with pytest.raises(ReadError, match="convert the original again"):
        decode((wrong * 5).encode())


@pytest.mark.parametrize("text", ["Ãäåæ ã©ä ö", "Les élèves à Âme: «çé»", "锛锛涓涓浜浜", "ä½ å¥½"[:3]])
def test_text_that_only_looks_wrongly_encoded_stays(text: str) -> None:
    assert decode(text.encode()).text == text


def test_real_articles_are_never_restored() -> None:
    archive = SHARED / "corpora" / "rfi-2k.tar.xz"
    if not archive.exists():
        pytest.skip("needs the corpora")
    with tarfile.open(archive) as articles:
        for member in articles:
            if member.isfile() and (file := articles.extractfile(member)):
                data = file.read()
                assert decode(data).text == data.decode("utf-8-sig")
