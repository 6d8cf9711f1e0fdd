"""From paths to what is read at once: files, members of archives, pieces of what is large."""

from .sampling import sample
from .units import Unit, units
from .walk import files_below

__all__ = ["Unit", "files_below", "sample", "units"]
