"""The root of every error souwen raises on purpose."""


class SouwenError(Exception):
    """Something the caller can act on; the message names the next step."""
