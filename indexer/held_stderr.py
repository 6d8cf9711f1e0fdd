"""Standard error of a worker process, held back until a task has ended."""

import os
import tempfile


class HeldStderr:
    """Holds back what this process writes to standard error, from Python and C code alike.

    A process that dies while its output is held takes it along: it would be the report of its own end, such as “Fatal
    Python error”, and the parent gives the reason. All other output is written when the task has ended.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - has no name: a killed process leaves nothing
        self._stderr = os.dup(2)

    def hold(self) -> None:
        """Hold back all output from now on."""
        os.dup2(self._file.fileno(), 2)

    def release(self) -> None:
        """Write what was held back, and all output from now on."""
        os.dup2(self._stderr, 2)
        if self._file.tell():  # the position is shared with the duplicate
            self._file.seek(0)
            output = self._file.read()
            self._file.seek(0)
            self._file.truncate()
            with open(2, "wb", closefd=False) as stderr:
                stderr.write(output)
