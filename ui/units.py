"""The units that lengths are told in; recipes, worlds and reports are in metres whatever is told. Without Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass

NARROW = "\N{NO-BREAK SPACE}"
"""Holds a number and its unit together where lines wrap."""
FEET_PER_M, FEET_PER_MILE, FEET2_PER_ACRE, M2_PER_HA, M2_PER_KM2 = 3.280839895, 5280.0, 43560.0, 1e4, 1e6
IMPERIAL = {
    "m": (FEET_PER_M, "ft"), "m²": (FEET_PER_M**2, "ft²"), "m2": (FEET_PER_M**2, "ft²"), "mm": (1 / 25.4, "in"),
    "per ha": (FEET2_PER_ACRE / FEET_PER_M**2 / M2_PER_HA, "per acre"),
    "per 100 m²": (1000 / (100 * FEET_PER_M**2), "per 1000 ft²"),
}  # fmt: skip
SIGNS = {"deg": "°", "degC": "°C", "m2": "m²"}
"""How a unit stands behind a number; others stand as they are."""
SUFFIXES = ("m", "mm", "deg")
"""Units that names of parameters end in."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class _Units:
    """What is told now."""

    imperial = False


def tell_in(units: str) -> None:
    """Tell lengths in ``metric`` or ``imperial`` units from now on."""
    _Units.imperial = units == "imperial"


def shown_in(unit: str) -> tuple[float, str]:
    """Return what a value of a unit is multiplied with, and the sign of the unit it is told in.

    Examples
    --------
    >>> shown_in("m"), shown_in("deg")
    ((1.0, 'm'), (1.0, '°'))
    """
    if _Units.imperial and unit in IMPERIAL:
        return IMPERIAL[unit]
    return 1.0, SIGNS.get(unit, unit)


def shown_area(m2: float) -> tuple[float, str]:
    """Return the same for an area [m²], which is told in the unit that leaves few digits.

    Examples
    --------
    >>> shown_area(2500), shown_area(3e6)
    ((1.0, 'm²'), (1e-06, 'km²'))
    """
    if not _Units.imperial:
        return (1.0, "m²") if m2 < M2_PER_KM2 else (1 / M2_PER_KM2, "km²")
    feet2 = FEET_PER_M**2
    if m2 * feet2 < FEET2_PER_ACRE:
        return feet2, "ft²"
    square_mile = FEET_PER_MILE**2
    return (feet2 / FEET2_PER_ACRE, "acres") if m2 * feet2 < square_mile else (feet2 / square_mile, "mi²")


@dataclass(frozen=True)
class Length:
    """A length in a message: metres as it stands, and told in the person's units where it is shown."""

    metres: float

    def __str__(self) -> str:
        return f"{self.metres:g} m"


def length(metres: float) -> str:
    """Return a length as a person writes it: small ones with a digit after the point, large ones in km or miles.

    Examples
    --------
    >>> length(3.24), length(250), length(1500)
    ('3.2 m', '250 m', '1.50 km')
    """
    if _Units.imperial:
        feet = metres * FEET_PER_M
        if feet >= FEET_PER_MILE:
            return f"{feet / FEET_PER_MILE:.2f} mi"
        return f"{feet:.0f} ft" if feet >= 20 else f"{feet:.1f} ft"
    if metres >= 1000:
        return f"{metres / 1000:.2f} km"
    return f"{metres:.0f} m" if metres >= 20 else f"{metres:.1f} m"


def bar(metres_per_pixel: float, widest_px: float = 150.0) -> tuple[float, str]:
    """Return a length [m] that is round in the units told, of at most so many pixels, and what it is called.

    Examples
    --------
    >>> bar(1.0)
    (100.0, '100 m')
    >>> bar(10.0)
    (1000.0, '1 km')
    """
    most = widest_px * metres_per_pixel
    units = ((1 / FEET_PER_M, "ft"), (FEET_PER_MILE / FEET_PER_M, "mi")) if _Units.imperial else (
        (1.0, "m"), (1000.0, "km"))  # fmt: skip
    metres, sign = next((u for u in reversed(units) if most >= u[0]), units[0])
    step = 10.0
    while step > most / metres:
        step /= 10
    while step * 10 <= most / metres:
        step *= 10
    count = step * next(k for k in (5, 2, 1) if step * k <= most / metres)
    return count * metres, f"{count:g} {sign}"


def amounts(text: str, name: str) -> str:
    """Return a value as a recipe writes it, its numbers in the units told and with them; by its parameter's name.

    Examples
    --------
    >>> amounts("308.0", "height_m").replace(NARROW, " "), amounts("(640.0, 320.5)", "extent_m").replace(NARROW, " ")
    ('308 m', '(640, 320.5) m')
    """
    unit = next((u for u in SUFFIXES if name.endswith(f"_{u}")), "")
    factor, sign = shown_in(unit)
    told = _NUMBER.sub(lambda found: _short(float(found[0]) * factor, factor), text)
    joint = "" if sign.startswith("°") else NARROW
    return f"{told}{joint}{sign}" if sign and _NUMBER.search(text) else told


def _short(value: float, factor: float) -> str:
    """Return a number without needless digits; a converted one in four figures."""
    return f"{value:.10g}" if factor == 1 else f"{float(f'{value:.4g}'):.10g}"
