"""The session on disk while it lasts: written after every change, gone after a clean end, found after any other.

A session is a folder with one file an entry, written once unless the entry changes, and an index, written last: whoever
kills the process leaves the old session or the new one, never half of one. ``owner.json`` names the process; a folder
whose process is gone can be brought back. Each window writes into a folder of its own, so two do not meet.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

from platformdirs import user_state_path

from pcgstudio.errors import InputError
from pcgstudio.files import write_text

from .messages import Message
from .state import Entry, Recovery

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from .history import History

INDEX, OWNER = "session.json", "owner.json"
REST_S = 0.5
"""How long after a change the session is written, so that a burst of changes is written once."""

FORMAT = 1


def sessions_folder() -> Path:
    """Return where sessions are kept."""
    return user_state_path("pcgstudio") / "sessions"


class Autosave:
    """Keeps the session of this process.

    Parameters
    ----------
    folder : Path, optional
        Of all sessions.
    rest_s : float
        See `REST_S`.
    """

    def __init__(self, folder: Path | None = None, rest_s: float = REST_S) -> None:
        self.folder = folder or sessions_folder()
        self.mine = self.folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.problem = ""
        self._rest_s = rest_s
        self._written: dict[int, Entry] = {}
        self._latest: History | None = None
        self._timer: Timer | None = None
        self._gate, self._disk = Lock(), Lock()  # two, so that nobody who only has news waits for the disk
        self._closed = False
        self._taken: list[Path] = []  # sessions brought back, until they are written again

    def take(self, recovery: Recovery) -> History:
        """Return the history of a session that ended badly; nobody else can bring it back from now on.

        Its folder stays until what was in it is written again, so that a second accident loses nothing either.

        Raises
        ------
        InputError
            Another window was quicker, or the files cannot be read.
        """
        mine = self.folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        gone = f"the session '{recovery.title}' is no longer there; another window may have it"
        try:
            if _alive(json.loads((recovery.path / OWNER).read_text(encoding="utf-8"))):
                raise InputError(gone)
            write_text(recovery.path / OWNER, _me())
            recovery.path.rename(mine)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(gone) from error
        try:
            history = _read(mine)
        except (OSError, ValueError, KeyError, TypeError) as error:
            broken = mine.with_name(f"broken-{mine.name}")
            mine.rename(broken)
            raise InputError(
                f"the session '{recovery.title}' cannot be read; what is left of it lies in '{broken}'"
            ) from error
        self._taken.append(mine)
        return history

    def keep(self, history: History) -> None:
        """Have a history written soon; a newer one takes its place."""
        if history is self._latest or self._closed or not any(e.recipe for e in history.entries.values()):
            return
        with self._gate:
            self._latest = history
            if self._timer is None:
                self._timer = Timer(self._rest_s, self.write)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Write what is new at once; a disk that refuses is only noted: work goes on without a net."""
        with self._disk:
            with self._gate:
                history, self._timer = self._latest, None
            if history is None or self._closed:
                return
            try:
                self._write(history)
                self._let_taken_go()
                self.problem = ""
            except (InputError, OSError) as error:
                self.problem = Message("The session cannot be kept: %1", error)

    def close(self) -> None:
        """End cleanly: nothing is left."""
        with self._gate:
            if self._timer is not None:
                self._timer.cancel()
        with self._disk:
            self._closed = True
            self._let_taken_go()
            shutil.rmtree(self.mine, ignore_errors=True)

    def _let_taken_go(self) -> None:
        while self._taken:
            shutil.rmtree(self._taken.pop(), ignore_errors=True)

    def _write(self, history: History) -> None:
        if not (self.mine / OWNER).exists():
            write_text(self.mine / OWNER, _me())
        for number, entry in history.entries.items():
            plain = replace(entry, thumbnail=None)
            if number and self._written.get(number) != plain:
                write_text(self.mine / f"entry-{number}.json", _entries().dump_json(plain).decode())
                self._written[number] = plain
        write_text(self.mine / INDEX, json.dumps({
            "format": FORMAT, "current": history.current, "newest": history.newest,
            "entries": [n for n in history.entries if n], "ahead": list(history.ahead.items()),
            "start": _entries().dump_python(replace(history.entries[0], thumbnail=None), mode="json"),
            "title": history.here.name or history.here.title, "at": time.time(),
        }))  # fmt: skip
        for number in set(self._written) - set(history.entries):
            (self.mine / f"entry-{number}.json").unlink(missing_ok=True)
            del self._written[number]


def recoveries(folder: Path | None = None) -> tuple[Recovery, ...]:
    """Return the sessions whose process is gone, the latest first."""
    found = []
    for path in (folder or sessions_folder()).glob("[0-9]*-*"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            owner = json.loads((path / OWNER).read_text(encoding="utf-8"))
            if not _alive(owner):
                told = json.loads((path / INDEX).read_text(encoding="utf-8"))
                found.append(Recovery(path, str(told["title"]), float(told["at"]), len(told["entries"])))
    return tuple(sorted(found, key=lambda r: -r.at))


def discard(recovery: Recovery) -> None:
    """Forget a session."""
    shutil.rmtree(recovery.path, ignore_errors=True)


def _read(folder: Path) -> History:
    from .history import History  # noqa: PLC0415 - history imports what the window shows

    told = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    if told["format"] != FORMAT:
        raise ValueError(f"format {told['format']}")
    entries = {0: _entries().validate_python(told["start"])}
    for number in told["entries"]:
        entries[number] = _entries().validate_json((folder / f"entry-{number}.json").read_bytes())
    ahead = {int(a): int(b) for a, b in told["ahead"] if a in entries and b in entries}
    return History(entries, int(told["current"]), ahead, int(told["newest"]))


_ADAPTER: list[Any] = []


def _entries() -> TypeAdapter[Entry]:
    """Return what turns entries into JSON and back; made once, as it has to load the core."""
    if not _ADAPTER:
        from pydantic import TypeAdapter  # noqa: PLC0415 - slow to load

        # the types that `state` only names; pydantic finds them among the names of this function
        from pcgstudio.agents.protocol import Issue  # noqa: F401, PLC0415
        from pcgstudio.brief import Brief, Report  # noqa: F401, PLC0415
        from pcgstudio.recipe import Recipe, Step  # noqa: F401, PLC0415

        _ADAPTER.append(TypeAdapter(Entry))
    made: TypeAdapter[Entry] = _ADAPTER[0]
    return made


def _me() -> str:
    """Return what names this process, so that another one with its number is not taken for it."""
    return json.dumps({"pid": os.getpid(), "born": _born(os.getpid())})


def _alive(owner: dict[str, Any]) -> bool:
    """Whether the process that wrote a session still runs; its number may have gone to another one since."""
    return bool(abs(_born(int(owner["pid"])) - float(owner["born"])) < 1.0)


def _born(pid: int) -> float:
    """Return when a process began, or 0 where there is none."""
    import psutil  # noqa: PLC0415 - only needed once a session

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0
