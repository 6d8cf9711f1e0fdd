"""Run the command line: `python -m souwen`."""

from .cli import main

main()
