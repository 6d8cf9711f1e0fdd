"""What is wrong use of the command line beyond what click tells."""

from ..analysis import SouwenError


class WebUnavailable(SouwenError):
    def __init__(self) -> None:
        super().__init__("serving needs more packages: install them with `pip install 'souwen[web]'`")
