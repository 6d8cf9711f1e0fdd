"""Runs of the installed command that are watched, and killed where it hurts."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from .archives import files
from .test_cli import PLAIN, SOUWEN

PHASES = ("starting", "reading", "runs", "merging", "sealing", "cleaning", "publishing", "removing", "ending")
"""In order: nothing is written; the writer gathers; its memory was full and went to the disk as a run; runs and old
segments are merged into the new one; its table of contents is made; that counts, and what it replaces is removed; a
new index gets its name; the one before is removed; all is done but to end."""
_SLICE = 0.0004  # seconds of computing that a run gets at once where phases are short
_COMMITTED = re.compile(r"(whoosh-\d+)/_MAIN_[1-9]\d*\.toc")
_SEALING = re.compile(r"whoosh-\d+/_MAIN_[1-9]\d*\.toc\..*")


class Run:
    """A run of `souwen index` in a process group of its own, so that all of it can be killed."""

    def __init__(self, index: Path, *arguments: str | Path) -> None:
        self._index = index
        self._before = files(index)
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
        """How far the run has come, by what lies in the folder of the index."""
        now = files(self._index)
        new = {name: size for name, size in now.items() if name not in self._before}
        for found in filter(None, map(_COMMITTED.fullmatch, new)):
            folder = found[1]
            if f"{folder}/MAIN.tmp" in now or len([name for name in now if re.match(f"{folder}/.*toc$", name)]) > 1:
                return "cleaning"
            if folder in self._before:
                return "ending"
            meta = self._index / "meta.json"
            if not meta.exists() or f'"{folder}"' not in meta.read_text("utf-8"):
                return "publishing"
            return "removing" if len([name for name in now if re.fullmatch(r"whoosh-\d+", name)]) > 1 else "ending"
        if any(map(_SEALING.fullmatch, new)):
            return "sealing"
        if any(name.endswith(".terms") and size for name, size in new.items()):
            return "merging"
        if any(name.endswith(".run") for name in new):
            return "runs"
        return "reading" if any(name.endswith("MAIN.tmp") for name in new) else "starting"

    def durations(self) -> dict[str, float]:
        """Waits for the end. How long each phase took, in seconds, and "whole" all of them."""
        begun: dict[str, float] = {}
        while self.process.poll() is None:
            begun.setdefault(self.phase(), time.monotonic())
            time.sleep(0.001)
        assert self.process.returncode == 0
        ends = [*list(begun.values())[1:], time.monotonic()]
        taken = {phase: end - start for (phase, start), end in zip(begun.items(), ends, strict=True)}
        return taken | {"whole": sum(taken.values())}

    def kill_in(self, phase: str, delay: float, *, group: bool) -> str:
        """Kills it, or with it its workers, `delay` seconds after a phase has begun. In which phase that was."""
        self.reach(phase)
        time.sleep(delay)
        if self.process.poll() is None:
            (os.killpg if group else os.kill)(self.process.pid, signal.SIGKILL)
        self.process.wait(300)
        return self.phase()

    def reach(self, phase: str) -> None:
        place = PHASES.index(phase)
        while self.process.poll() is None and (here := PHASES.index(self.phase())) < place:
            if here >= PHASES.index("merging"):
                self._go_on_a_little()
            else:
                time.sleep(_SLICE)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGCONT)

    def _go_on_a_little(self) -> None:
        used = self._computed()
        os.killpg(self.process.pid, signal.SIGCONT)
        for _ in range(100):
            time.sleep(_SLICE)
            if self._computed() - used >= _SLICE:
                break
        os.killpg(self.process.pid, signal.SIGSTOP)

    def _computed(self) -> float:
        """Seconds that the process, without its workers, has had a processor; with none to tell, it always has."""
        try:
            return int(Path(f"/proc/{self.process.pid}/schedstat").read_text("ascii").split()[0]) / 1e9
        except OSError:
            return time.monotonic()

    def end(self) -> tuple[int, str]:
        """Waits for the end. The exit status, and what stands on standard error."""
        return self.process.wait(300), self._errors.read_text("utf-8")

    def is_gone(self) -> bool:
        """Whether in some seconds no process of it is left."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.02)
        return False
