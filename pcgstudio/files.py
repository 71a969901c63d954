"""Writing files so that a reader sees the old or the new content, never half of it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PureWindowsPath
from typing import Any
from uuid import uuid4

from .errors import BuildError, InputError


def user_file(folder: Path, name: str) -> Path:
    """Return the path of a file that a recipe names, which lies in or below the recipe's folder.

    Raises
    ------
    BuildError
        The name leads out of the folder, or there is no such file.
    """
    parts = PureWindowsPath(name)  # understands both kinds of slashes
    path = folder / Path(*parts.parts)
    if parts.anchor or ".." in parts.parts or not path.resolve().is_relative_to(folder.resolve()):
        raise BuildError(
            f"'{name}' leads out of the recipe's folder; copy the file beside the recipe and name it there"
        )
    if not path.is_file():
        raise BuildError(f"there is no file '{name}' in the recipe's folder '{folder}'; copy it there or mend its name")
    return path


def to_json(data: Any) -> str:
    """Return canonical, readable JSON: two spaces, sorted only where the caller sorted, a newline at the end."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_text(path: Path, text: str) -> None:
    """Replace a file's content atomically.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    half = path.with_name(f".{path.name}.{uuid4().hex[:8]}")  # a temporary file of Python's would be the owner's alone
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with half.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
    except OSError as error:
        raise InputError(f"cannot write '{path}': {error.strerror}; choose another place with -o") from error
    finally:
        with suppress(OSError):  # it is gone, or never was
            half.unlink()


@contextmanager
def atomic_folder(target: Path, marker: str) -> Iterator[Path]:
    """Yield a temporary folder beside ``target`` that becomes ``target`` when the block ends well.

    An existing target is replaced as a whole, but only if it is empty or holds ``marker``, the file that shows it to
    be one of ours.

    Raises
    ------
    InputError
        The target is something else, or cannot be written.
    """
    check_replaceable(target, marker)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise InputError(f"cannot write '{target}': {error.strerror}; choose another place with -o") from error
    try:
        yield work
        work.chmod(0o755)
        _put(work, target)
    except OSError as error:
        raise InputError(f"cannot write '{target}': {error.strerror}; choose another place with -o") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _put(work: Path, target: Path) -> None:
    """Rename ``work`` to ``target``; where that fails, what was there is there again."""
    if not target.exists():
        os.replace(work, target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    try:
        os.replace(target, aside / "old")
        try:
            os.replace(work, target)
        except BaseException:
            os.replace(aside / "old", target)
            raise
    finally:
        if target.exists():  # otherwise the folder aside is all that is left of it
            shutil.rmtree(aside, ignore_errors=True)


def check_replaceable(target: Path, marker: str) -> None:
    """Refuse early a target that a finished bundle could not replace.

    Raises
    ------
    InputError
        It is a file, or a folder with something else in it, or its parent cannot be written.
    """
    if target.exists() and not target.is_dir():
        raise InputError(f"'{target}' is a file; name a folder with -o")
    if target.is_dir() and any(target.iterdir()) and not (target / marker).is_file():
        raise InputError(f"'{target}' holds other files; name an empty folder or an earlier bundle with -o")
    parent = next((p for p in (target, *target.absolute().parents) if p.exists()), Path("/"))
    if not os.access(parent, os.W_OK):
        raise InputError(f"cannot write '{target}': '{parent}' is not writable; choose another place with -o")
