"""One tree of errors; each message is one sentence that names the value and the cure.

::

    PCGError                 exit 1   something failed that should not have
    ├── InputError           exit 2   the request cannot be used; nothing was written
    │   ├── RecipeError      exit 2   a recipe file is unreadable, tampered with or of another version
    │   ├── OutOfScopeError  exit 2   the text describes no map
    │   └── TooLargeError    exit 2   the map would not fit into memory
    ├── BuildError           exit 1   a generator could not do what its step says
    ├── ModelError           exit 1   a language model
    │   ├── ModelGoneError   exit 1   cannot be used any more: no network, no key, no such model, no money left
    │   ├── ModelAnswerError exit 1   answers, but nothing that could be used
    │   └── BudgetError      exit 1   would cost more than the run may spend
    └── Cancelled            exit 130 the user stopped it
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .llm.model import Usage


class PCGError(Exception):
    """Root of every error this program raises on purpose."""

    exit_code = 1


class InputError(PCGError):
    """The request cannot be used as it stands; nothing was written."""

    exit_code = 2


class RecipeError(InputError):
    """A recipe is unreadable, tampered with, or of an unknown version."""


class OutOfScopeError(InputError):
    """The instruction describes no map."""


class TooLargeError(InputError):
    """The world would not fit into the memory that is free."""


class BuildError(PCGError):
    """A generator could not do what its step asks; ``step`` is the step's id once the build knows it."""

    step = ""


class ModelError(PCGError):
    """A language model did not help; ``usage`` is what the attempt cost, where that is known."""

    usage: Usage | None = None


class ModelGoneError(ModelError):
    """The endpoint cannot be used any more in this run."""


class ModelAnswerError(ModelError):
    """The model answers, but nothing that could be used, after the allowed repairs."""


class BudgetError(ModelError):
    """The next question would cost more tokens or time than the run may spend; it was not asked."""


class Cancelled(PCGError):  # noqa: N818 - a choice of the user, not an error; named as in concurrent.futures
    """The user stopped the work."""

    exit_code = 130


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest known word, or an empty string.

    Examples
    --------
    >>> did_you_mean("heigth_m", ["height_m", "seed"])
    "; did you mean 'height_m'?"
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""
