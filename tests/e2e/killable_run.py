"""Runs of `souwen index` whose progress is watched, and which are killed in a phase."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from .index_state import file_sizes
from .test_cli import PLAIN, SOUWEN

PHASES = ("starting", "reading", "runs", "merging", "sealing", "cleaning", "publishing", "removing", "ending")
"""In order:

- starting: nothing is written
- reading: the writer fills its buffer
- runs: a full buffer was written to disk as a run
- merging: runs and old segments are merged into the new segment
- sealing: the new table of contents is written
- cleaning: it is committed, and the files that it replaces are removed
- publishing: a new index gets its name
- removing: the previous index is removed
- ending: only the process has to end
"""
_TIME_SLICE = 0.0004  # seconds of processor time that a run gets at once in short phases
_COMMITTED = re.compile(r"(whoosh-\d+)/_MAIN_[1-9]\d*\.toc")
_SEALING = re.compile(r"whoosh-\d+/_MAIN_[1-9]\d*\.toc\..*")


class Run:
    """A run of `souwen index` in its own process group, so that its workers can be killed with it."""

    def __init__(self, index: Path, *arguments: str | Path) -> None:
        self._index = index
        self._files_before = file_sizes(index)
        self._errors = index.with_name(f"{index.name}.errors")
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [SOUWEN, "index", "--index", index, *arguments],
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=PLAIN,
                start_new_session=True,
            )

    def phase(self) -> str:
        """Return the phase of the run, judged by the files in the index folder."""
        files = file_sizes(self._index)
        new = {name: size for name, size in files.items() if name not in self._files_before}
        for committed in filter(None, map(_COMMITTED.fullmatch, new)):
            folder = committed[1]
            tables = [name for name in files if re.match(f"{folder}/.*toc$", name)]
            if f"{folder}/MAIN.tmp" in files or len(tables) > 1:
                return "cleaning"
            if folder in self._files_before:
                return "ending"
            meta = self._index / "meta.json"
            if not meta.exists() or f'"{folder}"' not in meta.read_text("utf-8"):
                return "publishing"
            folders = [name for name in files if re.fullmatch(r"whoosh-\d+", name)]
            return "removing" if len(folders) > 1 else "ending"
        if any(map(_SEALING.fullmatch, new)):
            return "sealing"
        if any(name.endswith(".terms") and size for name, size in new.items()):
            return "merging"
        if any(name.endswith(".run") for name in new):
            return "runs"
        return "reading" if any(name.endswith("MAIN.tmp") for name in new) else "starting"

    def durations(self) -> dict[str, float]:
        """Wait for the end, and return the seconds of each phase, and of all as "whole"."""
        started: dict[str, float] = {}
        while self.process.poll() is None:
            started.setdefault(self.phase(), time.monotonic())
            time.sleep(0.001)
        assert self.process.returncode == 0
        ends = [*list(started.values())[1:], time.monotonic()]
        seconds = {phase: end - start for (phase, start), end in zip(started.items(), ends, strict=True)}
        return seconds | {"whole": sum(seconds.values())}

    def kill_in(self, phase: str, delay: float, *, group: bool) -> str:
        """Kill the process `delay` seconds after a phase began, and return the phase that was hit.

        With `group`, kill its workers, too.
        """
        self.reach(phase)
        time.sleep(delay)
        if self.process.poll() is None:
            (os.killpg if group else os.kill)(self.process.pid, signal.SIGKILL)
        self.process.wait(300)
        return self.phase()

    def reach(self, phase: str) -> None:
        """Wait until a phase begins."""
        wanted = PHASES.index(phase)
        while self.process.poll() is None and (current := PHASES.index(self.phase())) < wanted:
            if current >= PHASES.index("merging"):
                self._advance_one_slice()
            else:
                time.sleep(_TIME_SLICE)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGCONT)

    def _advance_one_slice(self) -> None:
        before = self._processor_seconds()
        os.killpg(self.process.pid, signal.SIGCONT)
        for _ in range(100):
            time.sleep(_TIME_SLICE)
            if self._processor_seconds() - before >= _TIME_SLICE:
                break
        os.killpg(self.process.pid, signal.SIGSTOP)

    def _processor_seconds(self) -> float:
        """Return the processor time of the process without its workers, or the time of day where it is unknown."""
        try:
            return int(Path(f"/proc/{self.process.pid}/schedstat").read_text("ascii").split()[0]) / 1e9
        except OSError:
            return time.monotonic()

    def end(self) -> tuple[int, str]:
        """Wait for the end, and return the exit status and the text on standard error."""
        return self.process.wait(300), self._errors.read_text("utf-8")

    def is_gone(self) -> bool:
        """Return whether all of its processes end within 20 seconds."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.02)
        return False
