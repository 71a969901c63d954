"""What a follow-up asks for: changes of what exists, and additions."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..words.demand import Place, Reading


@dataclass(frozen=True)
class Change:
    """One change of what exists.

    Parameters
    ----------
    feature : str
        What it is about.
    kind : str
        ``scale`` (an aspect by a factor), ``shift`` (an aspect by an amount), ``set`` (an aspect to a value),
        ``remove``, ``move``, ``describe`` (an adjective) or ``replace`` (by the feature in ``word``).
    aspect, value, word : optional
        As ``kind`` needs them.
    shown : str
        Metric that must change, where it is not the aspect: hills are made gentler by their height, and shown by slope.
    vague : bool
        Whether no amount was said, so that any change in the direction passes.
    where : Place, optional
        Where to move it.
    beside : Reading, optional
        What it is to lie near, in or around, as a demand for it: that is where to move it, too.
    """

    feature: str
    kind: str
    quote: str
    aspect: str = ""
    value: float = 1.0
    word: str = ""
    vague: bool = False
    shown: str = ""
    where: Place | None = None
    beside: Reading | None = None


@dataclass
class Edit:
    """Everything a follow-up asks for."""

    changes: list[Change] = field(default_factory=list)
    additions: Reading | None = None
    not_understood: list[str] = field(default_factory=list)
    interpretations: list[str] = field(default_factory=list)
