"""A process that runs a task within limits of time and memory, which the code of the task cannot evade.

The parent kills the process when a step of the task takes too long. The operating system bounds the memory of a step.
"""

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, TypeAlias

from ..messages import Language, current_language
from ..messages import gettext as _
from .errors import WorkerPoolFailed
from .held_stderr import HeldStderr
from .limits import DEFAULT_LIMITS as LIMITS

MAX_FAILURES_IN_ROW = 50  # deaths without a result between them; then the fault is not in the files
MAX_START_SECONDS = 300
PARENT_CHECK_INTERVAL = 1.0  # seconds
_KILL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL
_POLL_INTERVAL = 1.0  # seconds; a pause of the whole program, as after Ctrl+Z, counts as one interval

BeginStep: TypeAlias = Callable[[int, int], None]
"""Takes the number of the step that a task begins, and the bytes that it reads. Starts its limits."""
Task: TypeAlias = Callable[..., Any]
"""Takes the arguments of a call and a BeginStep."""


class StepInterrupted(Exception):
    """The process ended before a step of its task did.

    Attributes:
        step: Number of the step, or -1 if the task had not begun one.
        exceeded_limit: True if the step exceeded a limit, false if the process died, maybe for another reason.
    """

    def __init__(self, step: int, reason: str, *, exceeded_limit: bool) -> None:
        super().__init__(reason)
        self.step = step
        self.exceeded_limit = exceeded_limit


def memory_reason(size: int) -> str:
    """Return the reason why a unit of `size` bytes was not read if it exceeds its limit of memory."""
    return _("reading it needs more than {size:,} MB of memory").format(size=LIMITS.memory(size) // 1_000_000)


class _Step(NamedTuple):
    """Start of a step that reads `size` bytes."""

    number: int
    size: int


class _Result(NamedTuple):
    value: Any


class WorkerProcess:
    """Runs a task in another process, which starts again after it was killed or died. Calls must not overlap."""

    def __init__(self, make_task: Callable[..., Task], *arguments: Any) -> None:
        """Start the process at once. `make_task` makes the task in it from the arguments."""
        self._make_task = make_task
        self._arguments = arguments
        self._failures = 0
        self._lock = threading.Lock()
        self._is_closed = False
        self._start()

    def _start(self) -> None:
        from loky.backend import get_context  # imported late: takes 50 ms, and a small run does not need it

        with self._lock:
            if self._is_closed:
                raise WorkerPoolFailed
            self._connection, child_connection = Pipe()
            arguments = (child_connection, os.getpid(), current_language.get(), self._make_task, self._arguments)
            # loky's processes, unlike those of multiprocessing, do not import the script that started them.
            self._process = get_context("loky").Process(target=_serve, args=arguments, daemon=True)
            self._process.start()
            child_connection.close()
            self._is_running = True

    def call(self, *arguments: Any) -> Any:
        """Return the result of the task.

        Raises:
            StepInterrupted: A step exceeded a limit, or the process died.
            WorkerPoolFailed: The process died too often in succession.
            Exception: An error that the task raised.
        """
        if not self._is_running:
            self._start()
        step, seconds = _Step(-1, 0), float(MAX_START_SECONDS)
        try:
            self._connection.send(arguments)
            while isinstance(message := self._receive(seconds), _Step):
                step, seconds = message, LIMITS.seconds(message.size)
        except (EOFError, OSError) as error:  # OSError: the process died while it was sending
            self._kill()
            self._failures += 1
            if self._failures > MAX_FAILURES_IN_ROW:
                raise WorkerPoolFailed from error
            reason = _("the worker process that read it died: it may need more memory than there is")
            raise StepInterrupted(step.number, reason, exceeded_limit=False) from error
        if message is None:
            self._kill()
            reason = _("reading took longer than {seconds:,.0f} seconds").format(seconds=seconds)
            raise StepInterrupted(step.number, reason, exceeded_limit=True)
        if isinstance(message, MemoryError):
            raise StepInterrupted(step.number, memory_reason(step.size), exceeded_limit=True)
        if isinstance(message, Exception):
            raise message
        self._failures = 0
        return message.value

    def _receive(self, seconds: float) -> _Step | _Result | Exception | None:
        """Return the next message, or None if none arrives in time. Raises EOFError, OSError."""
        while seconds > 0:
            if self._connection.poll(min(seconds, _POLL_INTERVAL)):
                message: _Step | _Result | Exception = self._connection.recv()
                return message
            seconds -= _POLL_INTERVAL
        return None

    def _kill(self) -> None:
        self._is_running = False
        self._send_kill()
        self._process.join()
        self._connection.close()

    def close(self) -> None:
        """Kill the process. A call in another thread raises WorkerPoolFailed or StepInterrupted."""
        with self._lock:
            self._is_closed = True
            self._send_kill()
        self._process.join()

    def _send_kill(self) -> None:
        if self._process.is_alive():
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, _KILL)


# In the worker process:


def _serve(
    connection: Connection, parent: int, language: Language, make_task: Callable[..., Task], arguments: tuple[Any, ...]
) -> None:
    """Run the task for each message of the parent, until the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the parent, too, which kills this process
    current_language.set(language)
    threading.Thread(target=_exit_with_parent, args=(parent,), daemon=True).start()
    try:
        task: Task = make_task(*arguments)
    except Exception as error:  # noqa: BLE001 - the parent raises it
        task = _raiser(error)
    # Preparing makes no reference cycles, and searching for some would take a quarter of the time.
    gc.disable()
    stderr = HeldStderr()

    def begin_step(number: int, size: int) -> None:
        connection.send(_Step(number, size))
        _limit_memory(LIMITS.memory(size))

    with suppress(EOFError, ConnectionError):  # the parent has ended
        while True:
            call_arguments = connection.recv()
            gc.collect(0)
            stderr.hold()
            try:
                answer: Any = _Result(task(*call_arguments, begin_step))
            except Exception as error:  # noqa: BLE001 - the parent raises it
                answer = error
            _limit_memory(None)
            stderr.release()
            connection.send(answer)


def _raiser(error: Exception) -> Task:
    def task(*_arguments: Any) -> Any:
        raise error

    return task


if sys.platform == "linux":
    import resource

    _PAGE_SIZE = resource.getpagesize()

    def _limit_memory(size: int | None) -> None:
        """Allow this process `size` bytes more than it has, or any number."""
        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = hard
        if size is not None:
            with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - half the time of Path.open, for every file
                data = int(file.read().split()[5]) * _PAGE_SIZE
            limit = data + size if hard == resource.RLIM_INFINITY else min(data + size, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))

else:

    def _limit_memory(size: int | None) -> None:
        """Do nothing: only Linux bounds the private memory of a process."""


def _exit_with_parent(parent: int) -> None:
    """End this process when its parent ends, so that a killed run leaves no processes behind."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_INTERVAL)
    os._exit(1)
