"""The result of a batch on disk: what lies where, whose it is, and what an interrupted run left.

::

    DIR/
      batch.json               what the spec came to; another spec is refused
      maps/3f/3f9a0c.../       one folder an item: a bundle with item.json and exports/ in it, complete or absent
      manifest.parquet, .csv   one row an item, in order
      contact_sheet.png, report.md, *.png
      batch.lock               whose run is going on

256 folders below ``maps`` keep each of them small: a million maps are 4,000 a folder.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from ..errors import InputError
from ..files import to_json, write_text

ITEM, BATCH, LOCK, MAPS = "item.json", "batch.json", "batch.lock", "maps"
MANIFEST_PARQUET, MANIFEST_CSV, SHEET, REPORT = "manifest.parquet", "manifest.csv", "contact_sheet.png", "report.md"


class Folder:
    """The folder of one batch.

    Parameters
    ----------
    path : Path
        Where.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def place(self, item_id: str) -> Path:
        """Return the folder of an item."""
        return place(self.path, item_id)

    def record(self, item_id: str) -> dict[str, Any] | None:
        """Return what is known of an item that was finished by this or an earlier run."""
        return read_record(self.place(item_id))

    def drop(self, item_id: str) -> None:
        """Remove an item: first its name, so that a kill in between leaves nothing that looks finished."""
        there = self.place(item_id)
        if there.exists():
            gone = there.with_name(f".{item_id}.gone")
            shutil.rmtree(gone, ignore_errors=True)
            os.replace(there, gone)
            shutil.rmtree(gone, ignore_errors=True)

    def drop_bundle(self, item_id: str) -> None:
        """Remove the map of an item and keep what was measured of it."""
        there = self.place(item_id)
        for path in sorted(there.iterdir(), key=lambda p: p.name):
            if path.name != ITEM:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def sweep(self) -> None:
        """Remove what killed workers left half written; nobody may be writing."""
        for half in (self.path / MAPS).glob("??/.*"):
            shutil.rmtree(half, ignore_errors=True)

    def kept(self) -> list[str]:
        """Return the ids of all finished items."""
        return sorted(p.name for p in (self.path / MAPS).glob("??/*") if not p.name.startswith("."))

    def claim(self, fingerprint: dict[str, Any]) -> None:
        """Make the folder this batch's, or see that it is; what a killed run left half done goes.

        Raises
        ------
        InputError
            It holds another batch or something else.
        """
        told = self.path / BATCH
        if told.is_file():
            _same(self.path, told, fingerprint)
        else:
            write(told, to_json(fingerprint))
        (self.path / MAPS).mkdir(exist_ok=True)
        self.sweep()

    def check(self) -> None:
        """Refuse a path that is no folder of a batch and not empty.

        Raises
        ------
        InputError
        """
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"'{self.path}' is a file; name a folder with -o")
        others = {p.name for p in self.path.iterdir()} - {LOCK} if self.path.is_dir() else set()
        if others and not (self.path / BATCH).is_file():
            raise InputError(f"'{self.path}' holds other files; name an empty folder or an earlier batch with -o")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out while this one works; a lock that a killed run left does not count.

        Raises
        ------
        InputError
            Another run is at work here, or the folder cannot be written.
        """
        lock = self.path / LOCK
        me = {"host": socket.gethostname(), "pid": os.getpid(), "since": psutil.Process().create_time()}
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if lock.exists() and (reason := _holder(lock)):
                raise InputError(f"'{self.path}' is being worked on by {reason}")
            write_text(lock, json.dumps(me))
        except OSError as error:
            raise InputError(f"cannot write '{self.path}': {error.strerror}; choose another place with -o") from error
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def place(root: Path, item_id: str) -> Path:
    """Return the folder of an item."""
    return root / MAPS / item_id[:2] / item_id


def read_record(folder: Path) -> dict[str, Any] | None:
    """Return the record in an item's folder, None where there is none that can be read."""
    try:
        told: dict[str, Any] = json.loads((folder / ITEM).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that replaces it when the block ends well."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(number)
    try:
        yield Path(name)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def write(path: Path, text: str) -> None:
    """Replace a file's text atomically; whoever may see the folder may read it."""
    with atomic_file(path) as half:
        half.write_text(text, encoding="utf-8", newline="\n")


def _holder(lock: Path) -> str:
    """Return who holds a lock, in words; empty where nobody does any more."""
    try:
        told = json.loads(lock.read_text(encoding="utf-8"))
        host, pid, since = str(told["host"]), int(told["pid"]), float(told["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    if host != socket.gethostname():
        return f"process {pid} on '{host}'; if that is over, delete '{lock}'"
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - since) < 1 and pid != os.getpid():
            return f"process {pid}; wait for it, or stop it first"
    return ""


def _same(folder: Path, file: Path, fingerprint: dict[str, Any]) -> None:
    """Refuse a folder that holds a batch of another spec, naming what differs."""
    try:
        old = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"'{file}' cannot be read ({error}); name another folder with -o") from error
    for key, new in fingerprint.items():
        if old.get(key) == new:
            continue
        if key == "sources":
            told = "a recipe or a file that it names has changed"
        elif key == "version":
            told = f"it was made by version {old.get(key)} and this is {new}"
        else:
            told = f"'{key}' was {_short(old.get(key))} and is now {_short(new)}"
        raise InputError(f"'{folder}' holds another batch: {told}; name another folder with -o, or undo the change")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
