"""Keys: from the environment or the system's keyring, never written, never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from ..errors import InputError

SERVICE = "pcgstudio"
"""Name under which the keyring keeps our keys; the user name is the endpoint's host."""
HIDDEN = "[key]"
_KEY_LIKE = re.compile(r"\b(?:sk|rk|pk|gsk|hf|xai)[-_][\w*.\-]{6,}|\bBearer\s+[\w*.\-~+/=]{6,}", re.IGNORECASE)

_DRIVING = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


class Key:
    """A key that can be used but not shown.

    Parameters
    ----------
    value : str
        The key; empty where none is needed.
    source : str
        Where it came from, in words.
    """

    __slots__ = ("_value", "source")

    def __init__(self, value: str = "", source: str = "none") -> None:
        self._value = value
        self.source = source

    def reveal(self) -> str:
        """Return the key itself; only for the client that sends it."""
        return self._value

    def hide(self, text: str) -> str:
        """Return an endpoint's words without this key, anything like a key, and what could drive a terminal."""
        text = harmless(text)
        if len(self._value) >= 6:
            text = text.replace(self._value, HIDDEN)
        return _KEY_LIKE.sub(HIDDEN, text)

    def hide_in(self, value: Any) -> Any:
        """Return parsed JSON without this key, in names and in texts."""
        if len(self._value) < 6:
            return value
        if isinstance(value, str):
            return value.replace(self._value, HIDDEN)
        if isinstance(value, list):
            return [self.hide_in(v) for v in value]
        if isinstance(value, dict):
            return {self.hide_in(k): self.hide_in(v) for k, v in value.items()}
        return value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return f"Key({HIDDEN if self._value else ''!r}, from {self.source})"

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("a key is not written anywhere; look it up again where it is needed")


def harmless(text: str) -> str:
    """Return a text without characters that move a cursor, colour a terminal or turn the direction of reading."""
    return text.translate(_DRIVING)


def find_key(variables: Iterable[str], host: str, stored: Callable[[str], str | None] | None = None) -> Key:
    """Return the first key that is found: the variables in order, then the keyring's entry for the host.

    Raises
    ------
    InputError
        What was found cannot be a key.
    """
    for name in variables:
        if value := os.environ.get(name, "").strip():
            return _checked(value, name)
    if value := ((stored or from_keyring)(host) or "").strip():
        return _checked(value, "the keyring")
    return Key()


def from_keyring(host: str) -> str | None:
    """Return what the system's keyring holds for a host; None where there is no keyring."""
    try:
        keyring, errors = import_module("keyring"), import_module("keyring.errors")  # optional
    except ImportError:
        return None
    try:
        found = keyring.get_password(SERVICE, host)
    except (errors.KeyringError, OSError, RuntimeError):  # a machine without a screen has no keyring that opens
        return None
    return found if isinstance(found, str) else None


def how_to_store(variable: str, host: str) -> str:
    """Return the words for both ways of giving a key."""
    return f"set {variable}, or run: keyring set {SERVICE} {host}"


def _checked(value: str, source: str) -> Key:
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise InputError(f"what {source} holds is no key (blanks or odd characters in it); copy it again")
    return Key(value, source)
