"""Search inside a program: index a folder, search it, and read the results.

python examples/embed.py [FOLDER] [QUERY]
"""

import sys
import tempfile

from souwen import Searcher, build_index


def main(folder: str = "seeds/", query: str = "台湾海峡") -> None:
    with tempfile.TemporaryDirectory() as index:  # keep the index, and call build_index again for new files
        report = build_index(folder, index)
        for failure in report.failed:
            print(f"skipped: {failure.path}: {failure.reason}")
        with Searcher(index) as searcher:
            results = searcher.search(query, limit=3, facets=["person"])
            for note in results.notes:
                print(note.message)
            print(f"{results.total} of {searcher.statistics().articles} articles")
            for hit in results:
                print(f"{hit.rank}. {hit.title} ({hit.source}, {hit.published:%Y-%m-%d})")
                for snippet in hit.snippets:
                    print(f"   {snippet.html()}")  # safe HTML; snippet.highlights has the offsets
                print("   names:", "、".join(name.text for name in hit.entities))
            print("persons:", "、".join(f"{count.value} {count.articles}" for count in results.facets["person"][:3]))


if __name__ == "__main__":
    main(*sys.argv[1:])
