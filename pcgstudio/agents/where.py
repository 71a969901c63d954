"""Places as a line of words: what a language model reads and writes instead of a region's nested JSON.

``north``, ``centre depth 0.2``, ``on mountain``, ``inside crater``, ``near lake within 80``, ``north of hill``,
``north end of lake``, ``between hill and lake``, ``top level``, ``slope below 12``, ``circle 300 500 80``; joined by
``not``, ``and``, ``or`` and brackets. A region that words cannot say (a painted mask) is told as ``as drawn`` and kept
by the same words.
"""

from __future__ import annotations

import re
from typing import get_args

from pydantic import ValidationError

from ..errors import InputError, did_you_mean
from ..generator import load_features
from ..region import (
    EVERYWHERE,
    AllOf,
    AnyOf,
    Band,
    Between,
    Circle,
    Compass,
    EndOf,
    Headland,
    Level,
    Near,
    Not,
    Of,
    Place,
    Polygon,
    Range,
    Region,
    Ring,
    Side,
    SideOf,
)

KEPT = "as drawn"
"""Stands for a region that cannot be said in words; allowed only for a step or a check that has one."""

DEFAULT_REACH_M = 60.0
"""How far "near" reaches where no distance is said."""

MAX_WORDS = 200

DEFAULT_DEPTH: float = Compass.model_fields["depth"].default
DEFAULT_SLACK: float = Between.model_fields["slack"].default

_END_NUMBERS = {"share": "share", "reach": "reach_m"}

_PLACES, _SIDES = get_args(Place), get_args(Side)
_GROUND = ("height", "slope", "moisture", "temperature", "water_level", "flow", "erosion", "deposition")


def feature_called(word: str) -> str:
    """Return the canonical name of a feature by its name, its plural or one of the words that its generator declares.

    Raises
    ------
    InputError
        No installed generator makes it; the message names the nearest.
    """
    known = load_features()
    told = " ".join(word.lower().replace("_", " ").split())
    for form in (told, told.removesuffix("s"), told.removesuffix("es")):
        if form in known:
            return form
        for name, feature in known.items():
            if form in feature.words:
                return name
    raise InputError(f"no installed generator makes the feature '{word}'{did_you_mean(told, known)}")


def parse_where(text: str, kept: Region | None = None) -> Region:
    """Return the region that a line of words means.

    Parameters
    ----------
    text : str
        The words; empty means everywhere.
    kept : Region, optional
        What ``as drawn`` stands for.

    Raises
    ------
    InputError
        The words are no place; the message quotes them and shows a form that is.
    """
    words = re.findall(r"[()]|[^\s()]+", text.lower().replace(",", " "))
    if not words:
        return EVERYWHERE
    if len(words) > MAX_WORDS:
        raise InputError(f"a place of {len(words)} words is too long; use {MAX_WORDS} or fewer")
    reader = _Reader(words, kept)
    try:
        region = reader.either()
    except ValidationError as error:
        raise InputError(f"'{_short(text)}' is no place: {error.errors()[0]['msg']}") from error
    except RecursionError as error:
        raise InputError(f"'{_short(text)}' is nested too deeply for a place") from error
    if not reader.done:
        raise InputError(f"'{_short(text)}' is no place: '{reader.now}' is not expected there")
    return region


def say_where(region: Region) -> str:
    """Return the words that `parse_where` reads as this region, or ``as drawn`` where there are none."""
    said = _say(region)
    return KEPT if said is None else said


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


class _Reader:
    """Recursive descent over the words of a place."""

    def __init__(self, words: list[str], kept: Region | None) -> None:
        self.words, self.kept, self.at = words, kept, 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.words)

    @property
    def now(self) -> str:
        return "" if self.done else self.words[self.at]

    def take(self, *wanted: str) -> bool:
        """Step over these words if they come next."""
        if tuple(self.words[self.at : self.at + len(wanted)]) != wanted:
            return False
        self.at += len(wanted)
        return True

    def either(self) -> Region:
        found = [self.both()]
        while self.take("or"):
            found.append(self.both())
        return found[0] if len(found) == 1 else AnyOf(regions=tuple(found))

    def both(self) -> Region:
        found = [self.one()]
        while self.take("and"):
            found.append(self.one())
        return found[0] if len(found) == 1 else AllOf(regions=tuple(found))

    def one(self) -> Region:
        if self.take("not"):
            return Not(region=self.one())
        if self.take("("):
            inner = self.either()
            if not self.take(")"):
                raise InputError("a bracket is opened in a place and never closed")
            return inner
        return self.atom()

    def atom(self) -> Region:
        if self.take("everywhere"):
            return EVERYWHERE
        if self.take("as", "drawn") or self.take("same"):
            if self.kept is None:
                raise InputError(f"'{KEPT}' keeps the place a step already has, and this one has none yet")
            return self.kept
        for shape in (self.compass, self.level, self.feature, self.shape):
            found = shape()
            if found is not None:
                return found
        return self.ground()

    def compass(self) -> Region | None:
        if self.now not in _PLACES:
            return None
        place = self.words[self.at]
        if self.words[self.at + 1 : self.at + 2] == ["of"]:
            if place not in _SIDES:
                raise InputError(f"'{place} of' is no place; a side such as 'north of' is")
            self.at += 2
            return SideOf.model_validate({"side": place, "feature": self.name(), **self.numbers("feather")})
        if self.words[self.at + 1 : self.at + 3] == ["end", "of"] and place in _SIDES:
            self.at += 3
            about = {"side": place, "feature": self.name()}
            told = self.numbers("share", "reach")
            return EndOf.model_validate({**about, **{_END_NUMBERS[k]: v for k, v in told.items()}})
        self.at += 1
        return Compass.model_validate({"place": place, **self.numbers("depth", "feather")})

    def level(self) -> Region | None:
        for which in ("top", "middle", "bottom"):
            if self.take(which, "level"):
                return Level.model_validate({"which": which})
        return None

    def feature(self) -> Region | None:
        if self.take("on") or self.take("inside"):
            filled = self.words[self.at - 1] == "inside"
            return Of(feature=self.name(), filled=filled, **_metres(self.numbers("feather")))
        if self.take("near"):
            about = self.name()
            told = self.numbers("within", "feather")
            return Near(feature=about, distance_m=told.pop("within", DEFAULT_REACH_M), **_metres(told))
        if self.take("between"):
            first = self.name(stop_at_and=True)
            if not self.take("and"):
                raise InputError("'between' needs two features, such as 'between hill and lake'")
            return Between(first=first, second=self.name(stop_at_and=True), **self.numbers("slack"))
        return None

    def shape(self) -> Region | None:
        if self.take("circle"):
            x, y, radius = (self.number() for _ in range(3))
            return Circle(centre_m=(x, y), radius_m=radius, **_metres(self.numbers("feather")))
        if self.take("headland"):
            return Headland(**self.numbers("reach", "sea"))
        if self.take("ring"):
            return Ring(**self.numbers("inner", "outer", "feather"))
        if self.take("band"):
            self.take("toward")
            toward = self.now
            self.at += 1
            return Band.model_validate({"toward": toward, **self.numbers("width", "feather")})
        if self.take("polygon"):
            numbers = []
            while self.is_number:
                numbers.append(self.number())
            points = tuple(zip(numbers[::2], numbers[1::2], strict=False))
            return Polygon(points_m=points, **_metres(self.numbers("feather")))
        return None

    def ground(self) -> Region:
        """Read a range of a layer, such as ``slope below 12`` or ``height 40 to 90``."""
        layer = self.now
        if (self.words[self.at + 1 : self.at + 2] and self.words[self.at + 1] in ("above", "below")) or (
            re.fullmatch(r"-?\d.*", "".join(self.words[self.at + 1 : self.at + 2])) is not None
        ):  # fmt: skip
            self.at += 1
            if self.take("above"):
                return Range(layer=layer, minimum=self.number())
            if self.take("below"):
                return Range(layer=layer, maximum=self.number())
            low = self.number()
            if not self.take("to"):
                raise InputError(f"a range of '{layer}' is told as '{layer} {low:g} to {2 * low + 1:g}'")
            return Range(layer=layer, minimum=low, maximum=self.number())
        known = (
            *_PLACES,
            "everywhere",
            "on",
            "inside",
            "near",
            "between",
            "circle",
            "ring",
            "band",
            "headland",
            *_GROUND,
        )
        raise InputError(
            f"'{self.now or 'nothing'}' begins no place{did_you_mean(self.now, known)}; "
            "say: north, centre, on hill, inside crater, near lake within 80, north of hill, slope below 12"
        )

    def name(self, stop_at_and: bool = False) -> str:
        """Read the name of a feature, as many words as there are before the next known one."""
        stop = {"or", "(", ")", "within", "feather", "slack", "and", "share", "reach"}
        said: list[str] = []
        while not self.done and self.now not in stop:
            said.append(self.now)
            self.at += 1
        while said and said[0] in ("the", "a", "an"):
            said.pop(0)
        if not said:
            raise InputError("a place names no feature where it should, as in 'near lake within 80'")
        return feature_called(" ".join(said))

    @property
    def is_number(self) -> bool:
        return re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?m?", self.now) is not None

    def number(self) -> float:
        if not self.is_number:
            raise InputError(f"a place needs a number where '{self.now or 'nothing'}' stands")
        self.at += 1
        return float(self.words[self.at - 1].removesuffix("m"))

    def numbers(self, *keys: str) -> dict[str, float]:
        """Read any of these words, each followed by a number."""
        told: dict[str, float] = {}
        while self.now in keys:
            key = self.now
            self.at += 1
            told[key] = self.number()
            self.take("m")
        return told


def _metres(told: dict[str, float]) -> dict[str, float]:
    return {f"{key}_m": value for key, value in told.items()}


def _say(region: Region) -> str | None:
    match region:
        case Not():
            inner = _say(region.region)
            return None if inner is None else f"not ({inner})"
        case AllOf() | AnyOf():
            parts = [_say(r) for r in region.regions]
            if any(p is None for p in parts) or len(parts) < 2:
                return None
            return (" and " if isinstance(region, AllOf) else " or ").join(f"({p})" for p in parts)
    return _say_atom(region)


def _say_atom(region: Region) -> str | None:
    match region:
        case Compass():
            depth = "" if region.depth == DEFAULT_DEPTH else f" depth {_n(region.depth)}"
            return f"{region.place}{depth}{_soft(region.feather)}"
        case Of():
            return f"{'inside' if region.filled else 'on'} {region.feature}{_soft(region.feather_m)}"
        case Near():
            return f"near {region.feature} within {_n(region.distance_m)}{_soft(region.feather_m)}"
        case SideOf() | EndOf():
            return _say_side(region)
        case Between():
            slack = "" if region.slack == DEFAULT_SLACK else f" slack {_n(region.slack)}"
            return f"between {region.first} and {region.second}{slack}"
        case Level():
            return f"{region.which} level"
        case Range():
            return _say_range(region)
        case Circle():
            x, y = region.centre_m
            return f"circle {_n(x)} {_n(y)} {_n(region.radius_m)}{_soft(region.feather_m)}"
        case Headland():
            return f"headland reach {_n(region.reach)} sea {_n(region.sea)}"
        case Ring():
            return f"ring inner {_n(region.inner)} outer {_n(region.outer)}{_soft(region.feather)}"
        case Band():
            return f"band toward {region.toward} width {_n(region.width)}{_soft(region.feather)}"
        case Polygon() if len(region.points_m) <= 12:
            return f"polygon {' '.join(f'{_n(x)} {_n(y)}' for x, y in region.points_m)}{_soft(region.feather_m)}"
    return "everywhere" if region == EVERYWHERE else None


def _say_side(region: SideOf | EndOf) -> str:
    if isinstance(region, EndOf):
        return f"{region.side} end of {region.feature} share {_n(region.share)} reach {_n(region.reach_m)}"
    return f"{region.side} of {region.feature}{_soft(region.feather)}"


def _say_range(region: Range) -> str | None:
    if region.minimum is None:
        return None if region.maximum is None else f"{region.layer} below {_n(region.maximum)}"
    if region.maximum is None:
        return f"{region.layer} above {_n(region.minimum)}"
    return f"{region.layer} {_n(region.minimum)} to {_n(region.maximum)}"


def _n(value: float) -> str:
    """Return a number as short as it can be without becoming another."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _soft(feather: float) -> str:
    return f" feather {_n(feather)}" if feather else ""
