"""What an instruction asks for, before it becomes checks or steps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from ...region import Region

Bound = Literal["equal", "at_least", "at_most", "between", "about"]


@dataclass(frozen=True)
class Amount:
    """A number with how it is meant.

    Parameters
    ----------
    bound : str
        How the measured value must stand to it.
    low, high : float
        The number, or both ends of a range.
    aim : float
        What to build.
    said : bool
        Whether a number was said, rather than "a few" or an article.
    """

    bound: Bound
    low: float
    high: float
    aim: float
    said: bool = True

    @classmethod
    def exactly(cls, value: float) -> Amount:
        """Return a plain number."""
        return cls("equal", value, value, value)


@dataclass(frozen=True)
class Place:
    """A part of the map that was named.

    Parameters
    ----------
    where : Region
        Where to build.
    measured : Region
        Where it must be found; a little wider.
    name : str
        Canonical place word, or an empty string.
    weight : float
        Less than 1 where the place was only wished for.
    """

    where: Region
    measured: Region
    name: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class Link:
    """A relation to another feature, to the map's top level, or along a way.

    Parameters
    ----------
    kind : str
        in, on, middle, near, along, around, surrounded, far, outside, between, side, through, from, to, level, trend,
        each, parts (what it cuts the map into); of rooms only_through, beside, apart_from, ending; of towers and gates
        every_side (with a target, also of houses) and ends.
    target : str
        Feature name; for ``level`` top, middle or bottom; for ``through``, ``from`` and ``to`` also a place.
    other : str
        Second feature of ``between``; compass side of ``side``.
    """

    kind: str
    target: str
    other: str = ""

    def renamed(self, old: str, new: str) -> Link:
        """Return the same relation to a feature that goes by another name."""
        target, other = (new if name == old else name for name in (self.target, self.other))
        return replace(self, target=target, other=other)


EACH_STOREY = Link("each_storey", "")
"""So many of them on every storey, and not on all together."""

EACH_ROOM = Link("each_room", "")
"""So many of them in every room."""


@dataclass
class Demand:
    """One thing that is asked for, with all that is said about it.

    ``aside`` marks what was only named as the other end of a relation, so that a later "it" seldom means it; ``rest``
    what takes all that other shares leave; ``denied`` holds adjectives that must not fit; ``spots`` the places
    of which it must be in every one; ``contrast`` the
    aspect (size or height) in which one of several stands out; ``silent`` what is built as a part of another demand,
    whose checks show it.
    """

    feature: str
    quote: tuple[int, int] = (0, 0)
    absent: bool = False
    weight: float = 1.0
    plural: bool = False
    only: bool = False
    each: bool = False
    definite: bool = False
    implied: bool = False
    aside: bool = False
    rest: bool = False
    total: bool = False
    silent: bool = False
    count: Amount | None = None
    share: Amount | None = None
    of: str = ""
    adjectives: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    species: list[str] = field(default_factory=list)
    dimensions: list[tuple[str, Amount]] = field(default_factory=list)
    contrast: str = ""
    places: list[Place] = field(default_factory=list)
    spots: list[Place] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def several(self) -> bool:
        """Whether more than one of it is asked for."""
        return self.plural or (self.count is not None and self.count.aim > 1)

    def widen(self, start: int, end: int) -> None:
        """Let the quote cover another piece of the instruction."""
        self.quote = (min(self.quote[0], start), max(self.quote[1], end))


@dataclass(frozen=True)
class Comparison:
    """More of one thing than of another.

    Parameters
    ----------
    feature, other : str
        What there is more of, and than what.
    least : float
        How many times as much, at least.
    quote : str
        The words.
    """

    feature: str
    other: str
    least: float
    quote: str


@dataclass
class Reading:
    """All that was read out of one instruction."""

    text: str
    demands: list[Demand] = field(default_factory=list)
    extent_m: tuple[float, float] | None = None
    extent_quote: str = ""
    lattice: tuple[int, int] | None = None
    lattice_quote: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)
    not_wanted: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    atmosphere: list[str] = field(default_factory=list)
    interpretations: list[str] = field(default_factory=list)

    def quoted(self, demand: Demand) -> str:
        """Return the words a demand came from."""
        return " ".join(self.text[demand.quote[0] : demand.quote[1]].split())

    @property
    def empty(self) -> bool:
        """Whether nothing in the text describes a map."""
        return not (self.demands or self.unsupported or self.not_wanted or self.choices)
