"""The folders of the user's own settings and state."""

import os
from pathlib import Path

import click


def config_folder() -> Path:
    """Return the folder of the user's settings: $XDG_CONFIG_HOME/souwen, ~/.config/souwen or the system's own place."""
    return Path(click.get_app_dir("souwen"))


def state_folder() -> Path:
    """Return the folder of what a run leaves for the next one: $XDG_STATE_HOME/souwen or ~/.local/state/souwen."""
    if os.name != "posix":
        return config_folder()
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "souwen"
