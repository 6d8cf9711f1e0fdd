"""Retrieve passages for a language model: what an archive says about a question, with sources, within a budget.

python examples/rag_retriever.py [FOLDER] [QUESTION]

Prints the context for a model, without calling one.
"""

import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

from souwen import Hit, Searcher, build_index

BUDGET = 600  # characters of all passages together; a Chinese character is about one token


class Passage(NamedTuple):
    """A paragraph of an article, with its source."""

    text: str
    title: str
    url: str
    date: str


def passages(searcher: Searcher, question: str, budget: int = BUDGET) -> Iterator[Passage]:
    """Yield the paragraphs that match the question, those of the best article first, up to `budget` characters."""
    for hit in searcher.search(question, limit=20):  # reprints are collapsed, so no passage is repeated
        stored = searcher.article(hit.id)
        assert stored is not None
        for start, end in _paragraphs(stored.article.body, hit):
            text = stored.article.body[start:end]
            if len(text) > budget:
                return
            budget -= len(text)
            yield Passage(text, hit.title, hit.url, f"{hit.published:%Y-%m-%d}" if hit.published else "undated")


def _paragraphs(body: str, hit: Hit) -> list[tuple[int, int]]:
    """Return the start and end of each paragraph that has a snippet, in order."""
    spans = set()
    for snippet in hit.snippets:
        start = body.rfind("\n", 0, snippet.start) + 1
        end = body.find("\n", snippet.start + len(snippet.text))
        spans.add((start, len(body) if end < 0 else end))
    return sorted(spans)


def context(searcher: Searcher, question: str) -> str:
    """Return a prompt: instruction, numbered passages, question."""
    numbered = [
        f"[{number}] {passage.title}，{passage.date}\n{passage.text}\n{passage.url}"
        for number, passage in enumerate(passages(searcher, question), start=1)
    ]
    return "\n\n".join(["请只根据以下材料回答，并注明编号。", *numbered, f"问题：{question}"])


def main(folder: str = "seeds/", question: str = "中美外交官谈了什么") -> None:
    with tempfile.TemporaryDirectory() as index:
        build_index(folder, index)
        with Searcher(index) as searcher:
            print(context(searcher, question))


if __name__ == "__main__":
    main(*sys.argv[1:])
