"""Search an archive in traditional characters with simplified ones, and the other way round.

python examples/traditional.py

The articles are invented.
"""

import json
import tempfile
from pathlib import Path

from souwen import Searcher, build_index

ARTICLES = [
    {
        "id": "渡輪",
        "title": "雲溪港渡輪復航",
        "body": "雲溪港往返鶴島的渡輪昨日復航。市長許明遠表示，碼頭將於下月擴建，預計每日增開兩班。",
        "date": "2024-05-02",
        "source": "雲溪日報",
    },
    {
        "id": "軟體",
        "title": "縣府啟用新軟體",
        "body": "縣政府啟用新的公文軟體，承辦人員說，紙張用量減少三成。",
        "date": "2024-05-03",
        "source": "雲溪日報",
    },
    {
        "id": "头发",
        "title": "理发店捐头发做假发",
        "body": "云溪县三家理发店把剪下的头发捐给医院，发展成全县的活动。",
        "date": "2024-05-04",
        "source": "鹤岛晚报",
    },
]
ALIASES = "软件 = 軟體\n"  # words that differ by region, not only by script, need a line in aliases.txt


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lines = [json.dumps(article, ensure_ascii=False) for article in ARTICLES]
        (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
        index = folder / "index"
        build_index(folder / "articles.jsonl", index)
        (index / "aliases.txt").write_text(ALIASES, "utf-8")
        with Searcher(index) as searcher:
            for query in ("渡轮复航", "渡輪復航", "许明远", "頭髮", "软件"):
                for hit in searcher.search(query):
                    # Snippets show the original text: traditional characters stay traditional.
                    print(f"{query} → {hit.title}: {hit.snippets[0].html()}")


if __name__ == "__main__":
    main()
