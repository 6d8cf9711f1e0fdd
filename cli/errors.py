"""What is wrong use of the command line beyond what click tells."""

from ..messages import SouwenError
from ..messages import gettext as _


class WebUnavailable(SouwenError):
    def __init__(self) -> None:
        super().__init__(
            _("serving needs more packages: install them with {command}").format(command="`pip install 'souwen[web]'`")
        )


class AssistantUnavailable(SouwenError):
    def __init__(self) -> None:
        message = _("serving assistants needs more packages: install them with {command}")
        super().__init__(message.format(command="`pip install 'souwen[mcp]'`"))
