"""Who writes, for others to read who wait."""

import getpass
import os
import socket


def this_program() -> str:
    """This process, its user and its machine: readers may speak any language."""
    return f"{_user()}@{socket.gethostname()} (PID {os.getpid()})"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a process may run as nobody the system knows
        return "?"
