"""The ``pcgstudio`` program: where it is, how it is called, and how it runs beside Blender with progress and cancel.

Programs are started from a list of words, never through a shell, and what a person types is always one of the words.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections import deque
from pathlib import Path

PROGRESS = re.compile(r"^progress (\d(?:\.\d+)?) (.*)$")
PATIENCE_S = 5.0
"""How long a cancelled program may take to end by itself."""

BEST_EFFORT, CANCELLED = 3, 130


class MissingError(RuntimeError):
    """The program is not there; the message says where to get it."""


def find(preferred: str = "") -> str:
    """Return the path of the program: the preferred one, the one that ``PCGSTUDIO`` names, or the one on the path.

    Raises
    ------
    MissingError
        There is none.
    """
    for told in (preferred.strip(), os.environ.get("PCGSTUDIO", "")):
        if told:
            found = shutil.which(told)
            if found is None:
                raise MissingError(f"there is no program '{told}'; mend its path in the add-on's preferences")
            return found
    found = shutil.which("pcgstudio")
    if found is None:
        raise MissingError("pcgstudio is not on the path; install it, or name it in the add-on's preferences")
    return found


def generate(
    program: str, sentence: str, out: Path, seed: int | None = None, resolution: int | None = None
) -> list[str]:
    """Return the words that make a map from a sentence.

    Raises
    ------
    ValueError
        The sentence is empty.
    """
    if not sentence.strip():
        raise ValueError("write what the map shall be, such as: three hills beside a lake")
    words = [program, "generate", "-o", str(out)]
    if seed is not None:
        words += ["--seed", str(seed)]
    if resolution is not None:
        words += ["--resolution", str(resolution)]
    return [*words, "--", sentence]  # after -- a sentence that begins with a dash is still one


def build(program: str, recipe: Path, out: Path) -> list[str]:
    """Return the words that build a recipe."""
    return [program, "build", "-o", str(out), "--", str(recipe)]


def manual(program: str) -> list[str]:
    """Return the words that print every generator's parameters as JSON."""
    return [program, "generators", "--json"]


class Run:
    """A program at work; ask it now and then how it stands.

    Parameters
    ----------
    words : list of str
        The program and its arguments.
    """

    def __init__(self, words: list[str]) -> None:
        settings = {**os.environ, "PCGSTUDIO_PROGRESS": "lines"}
        settings.pop("PYTHONPATH", None)  # Blender's own Python must not leak into the program's
        settings.pop("PYTHONHOME", None)
        self._process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            encoding="utf-8", errors="replace", env=settings, start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
        self.fraction, self.text, self.cancelled = 0.0, "starting", False
        self._said: deque[str] = deque(maxlen=200)
        self._printed: list[str] = []
        self._threads = [
            threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True),
            threading.Thread(target=self._printed.extend, args=(self._process.stdout,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _listen(self, stream: object) -> None:
        for line in stream:  # type: ignore[attr-defined]  # a text stream
            if found := PROGRESS.match(line.strip()):
                self.fraction, self.text = min(float(found[1]), 1.0), found[2]
            elif line.strip():
                self._said.append(line.rstrip())

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return self._process.poll() is None

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; return whether it still works."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def cancel(self) -> None:
        """Ask it to stop, and end it if it does not; what it was writing is not left half done."""
        self.cancelled = True
        if not self.running:
            return
        self._process.send_signal(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))
        if self.wait(PATIENCE_S):
            self._process.kill()
            self._process.wait()

    def outcome(self) -> tuple[bool, str]:
        """Return whether there is a result, and one sentence for the person."""
        code = self._process.wait()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        last = next((line for line in reversed(self._said) if line.startswith("pcgstudio: ")), "")
        told = last.removeprefix("pcgstudio: ") or (self._said[-1] if self._said else f"it ended with code {code}")
        if self.cancelled or code == CANCELLED:
            return False, "cancelled"
        if code == 0:
            return True, "done: every demand is met"
        if code == BEST_EFFORT:
            return True, f"best effort: {'; '.join(self._missed()) or 'some demand is unmet'}"
        return False, told

    @property
    def printed(self) -> str:
        """What it wrote to stdout."""
        return "".join(self._printed)

    def _missed(self) -> list[str]:
        return [" ".join(line.split()[1:]) for line in self._said if line.startswith("MISS ")][:3]
