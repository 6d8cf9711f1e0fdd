"""The defaults of searches, for Python, the command line, HTTP and assistants alike."""

LIMIT = 10  # hits, entities of a kind, words or related articles
FACET_LIMIT = 10  # values of a facet
