"""Table of the kinds of lines that are never part of an article, whatever its source.

Each rule matches a whole line, so a sentence that merely mentions “分享” stays, and none matches a sentence. The rules
serve archives that are too small to learn repeated lines from, and lines that vary too much to be counted.
"""

import re

_BOILERPLATE = re.compile(
    "|".join(
        (
            r"分享 ?[:：]?",  # heading above share links
            r"获取更多RSS[:：]?",  # feed footers
            r"https?://(?:feedx\.(?:net|xyz)|rfi\.my)\S*",
            r"© ?\d{4} AFP",  # agency copyright
            r"(?:RFI Studio)?\s*© ?RFI\b.{0,40}",  # copyright of a picture
            r"© ?(?:Getty Images|Reuters|AFP|EPA|PA Media)",
            r"(?:之前)?相关报道[\s:：-][^。]{0,80}",  # pointers to other articles
            r"(?:文字整理[:：].{1,12}[;；])?(?:责任编辑|責任編輯|责编|責編)[:：][^。]{1,20}",  # editors, not authors
            r"(?:最近更新[:：] ?)?\d{1,2} (?:分钟|分鐘|小时|小時)前",  # age of the page when it was crawled
            r"广告|廣告|继续浏览后续|繼續瀏覽後續|告知：第三方内容可能包含广告",  # placeholders of ads …
            r"使用浏览器播视频/view video in browser|Infogram|Embed from Getty Images",  # … and of embedded media
            r"Array",  # output of a broken template
        )
    )
)


def is_boilerplate(line: str) -> bool:
    """Return whether a rule matches the line."""
    return bool(_BOILERPLATE.fullmatch(line))
