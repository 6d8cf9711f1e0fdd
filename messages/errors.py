"""The base class of souwen's errors, and the operating system's reason for an OSError."""

from .catalog import gettext


class SouwenError(Exception):
    """Base class of every error that souwen raises on purpose. Its message names the next step."""


def os_error_reason(error: OSError) -> str:
    """Return the operating system's reason for `error`, in the current language."""
    return gettext(error.strerror) if error.strerror else str(error)
