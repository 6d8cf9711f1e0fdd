"""How rare the terms of a query are."""

from collections.abc import Sequence

from ..engines import IndexedField, Reader, ScoringTerm, Stream


class IdfCache:
    """Tells the inverse document frequencies of terms in one index, 0 where no article has a term. Each is asked of the
    index once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[IndexedField, Stream, str], float] = {}

    def __call__(self, terms: Sequence[ScoringTerm]) -> list[float]:
        missing = [term for term in terms if _key(term) not in self._known]
        if missing:
            self._known.update(zip(map(_key, missing), self._reader.idfs(missing), strict=True))
        return [self._known[_key(term)] for term in terms]


def _key(term: ScoringTerm) -> tuple[IndexedField, Stream, str]:
    return term.field, term.stream, term.term
