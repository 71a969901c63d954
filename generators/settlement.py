"""Settlements: streets, lots and an exact number of buildings, from a hamlet to a city."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from pcgstudio.asset_set import WithAssets, dressed, load_set
from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import param
from pcgstudio.region import Side

from .street_lines import field_of
from .town_kinds import HOUSES, Kind, kind_of
from .town_layers import Asked, Built, assemble
from .town_lots import Town, Wanted, settle
from .town_site import Ground, choose_sites, plot_around, survey

_TRIES = 9


class Settlement(WithAssets):
    """Parameters of `settlement`."""

    kind: Literal["farm", "hamlet", "village", "town", "city", "castle"] = param(
        "village", "What it is; a castle is a keep and halls within a wall."
    )
    layout: Literal["auto", "organic", "grid", "radial"] = param(
        "auto", "How its streets run; auto is a grid for cities and grown streets for the others.",
        choices={
            "organic": ("medieval", "organic", "old"), "grid": ("modern", "gridded", "american"),
            "radial": ("radial", "circular", "concentric"),
        },
    )  # fmt: skip
    count: int = param(1, "Exact number of settlements.", ge=1, le=12, aspect="count")
    houses: int = param(
        0, "Exact number of houses in all settlements together; 0 leaves it open.", ge=0, le=5000, aspect="count",
        feature="house",
    )  # fmt: skip
    buildings: int = param(
        0, "Exact number of buildings of all sorts together; 0 is usual for the kind, or follows from the houses.",
        ge=0, le=6000, aspect="count", feature="building",
    )  # fmt: skip
    size: float = param(
        1, "How large it is for its kind, where no number is given.", ge=0.2, le=8,
        adjectives={"tiny": 0.35, "small": 0.55, "little": 0.55, "": 1, "large": 1.8, "big": 1.8, "huge": 2.2},
        hints="1 a village of 30 buildings, a town of 140, a city of 360, a castle of 6",
    )  # fmt: skip
    churches: int | None = param(
        None, "Exact number of churches; left out: usual for the kind.", ge=0, le=12, aspect="count", feature="church"
    )
    halls: int | None = param(
        None, "Exact number of town halls; left out: usual for the kind.", ge=0, le=4, aspect="count",
        feature="town hall",
    )  # fmt: skip
    church: bool = param(False, "Whether there is at least one church, however small the place.")
    barns: int | None = param(
        None, "Exact number of barns; left out: usual for the kind.", ge=0, le=40, aspect="count", feature="barn"
    )
    squares: int | None = param(
        None, "Whether there is a square; left out: usual for the kind.", ge=0, le=1, aspect="count", feature="square"
    )
    parks: int | None = param(
        None, "Number of parks at most; left out: usual for the kind.", ge=0, le=6, aspect="count", feature="park"
    )
    walls: int = param(
        0, "Whether a wall with gates and towers runs around it.", ge=0, le=1, aspect="count", feature="wall"
    )
    gates: int = param(0, "Exact number of gates in the wall; 0 is usual.", ge=0, le=8, aspect="count", feature="gate")
    gate_sides: tuple[Side, ...] = param((), "Sides of the settlement on which there is a gate, as far as streets go.")
    towers: int = param(
        0, "Exact number of towers on the wall; 0 is usual.", ge=0, le=60, aspect="count", feature="tower"
    )
    harbours: int = param(
        0, "Whether it lies on the sea or a lake, with a quay and piers.", ge=0, le=1, aspect="count",
        feature="harbour",
    )  # fmt: skip
    piers: int = param(
        0, "Exact number of piers in its harbour; 0 as many as the quay has room for.", ge=0, le=8, aspect="count",
        feature="pier",
    )  # fmt: skip
    roof: Literal["auto", "gable", "hip", "flat"] = param(
        "auto", "Roofs of the houses.", choices={"gable": ("gabled",), "hip": ("hipped",), "flat": ("flat-roofed",)}
    )
    storeys: int = param(0, "Storeys of houses and blocks; 0 is usual.", ge=0, le=40)
    street_width: float = param(
        1, "How wide its streets are; 1 is usual for the kind.", ge=0.4, le=2.5, feature="street",
        adjectives={"narrow": 0.6, "thin": 0.6, "": 1, "wide": 1.9, "broad": 1.9},
    )  # fmt: skip
    street_bend: float | None = param(
        None, "How far its streets wander: 0 straight, 1 winding; left out: usual for the kind.", ge=0, le=1,
        feature="street", adjectives={"straight": 0, "winding": 1, "twisting": 1, "crooked": 1, "twisty": 1},
    )  # fmt: skip
    square_size: float = param(
        1, "How large its square is from side to side; 1 is usual for the kind.", ge=0.4, le=2.5, feature="square",
        adjectives={"tiny": 0.6, "small": 0.7, "little": 0.7, "": 1, "large": 1.6, "big": 1.6, "huge": 2.2},
    )  # fmt: skip
    church_side: Side | None = param(None, "On which side of its middle the church stands; empty: by the square.")
    slums: int = param(0, "Whether a town or city has a slum at its rim.", ge=0, le=1, aspect="count", feature="slum")
    factories: int = param(
        0, "Whether a town or city has an industrial quarter at its rim.", ge=0, le=1, aspect="count",
        feature="industrial quarter",
    )  # fmt: skip
    park_side: Side | None = param(None, "On which side of its middle the parks lie.")
    slum_side: Side | None = param(None, "On which side of its middle the slum lies.")
    factory_side: Side | None = param(None, "On which side of its middle the industrial quarter lies.")
    fields: bool | None = param(None, "Whether fields lie around it; left out: usual for the kind.")
    max_slope_deg: float = param(
        30, "Steepest ground that is built on; lots are levelled into terraces.", unit="deg", ge=2, le=40
    )
    water_distance_m: float = param(7, "Distance kept from water.", unit="m", ge=1, le=500)


def _kind(name: str, *words: str) -> Feature:
    return Feature(name, (name, *words), layer="settlement", values=(name,), sets={"kind": name})


FEATURES = (
    _kind("village", "fishing village", "farming village"),
    _kind("farm", "farmstead", "homestead", "ranch", "farmyard"),
    _kind("hamlet"),
    _kind("town", "market town", "borough", "township"),
    _kind("city", "metropolis", "downtown"),
    _kind("castle", "keep", "citadel", "fortress", "stronghold", "fort", "burg", "château", "chateau"),
    Feature("settlement", ("settlement", "colony"), layer="settlement"),
    Feature(
        "house", ("house", "cottage", "home", "hut", "dwelling", "townhouse"), instances="building", species=HOUSES,
        count_by="instances", needs=("settlement",),
    ),
    Feature("building", ("building",), instances="building", count_by="instances", needs=("settlement",)),
    Feature(
        "church", ("church", "chapel", "cathedral"), instances="building", species=("church",), count_by="instances",
        needs=("settlement",), sets={"church": True},
    ),
    Feature(
        "town hall", ("town hall", "city hall", "village hall", "guildhall", "guild hall"), instances="building",
        species=("town hall",), count_by="instances", needs=("settlement",), sets={"halls": 1},
    ),
    Feature("barn", ("barn",), instances="building", species=("barn",), count_by="instances", needs=("settlement",)),
    Feature(
        "skyscraper", ("skyscraper", "tower block", "high-rise", "highrise"), instances="building",
        species=("tower block",), count_by="instances", needs=("settlement",), sets={"kind": "city"},
    ),
    Feature(
        "street", ("street", "alley", "avenue", "boulevard"), layer="street", count_by="ids", needs=("settlement",)
    ),
    Feature(
        "square",
        ("square", "plaza", "market square", "market place", "marketplace", "market", "piazza", "town square"),
        layer="district", values=("market_square",), needs=("settlement",),
    ),
    Feature("park", ("park", "garden"), layer="district", values=("park",), needs=("settlement",)),
    Feature("slum", ("slum", "shanty town", "shantytown", "poor quarter", "poor district", "favela"), layer="district",
            values=("slum",), needs=("settlement",), sets={"slums": 1}),
    Feature(
        "industrial quarter",
        ("industrial quarter", "industrial district", "industrial area", "industrial zone", "factory district",
         "factory quarter", "warehouse district"),
        layer="district", values=("industrial",), needs=("settlement",), sets={"factories": 1},
    ),
    Feature(
        "wall", ("wall", "city wall", "town wall", "defensive wall", "rampart", "palisade"), layer="wall",
        adjectives=("walled", "fortified"), needs=("settlement",),
    ),
    Feature(
        "gate", ("gate", "gatehouse", "city gate"), instances="gate", count_by="instances", needs=("settlement",),
        sets={"walls": 1},
    ),
    Feature(
        "tower", ("tower", "wall tower"), instances="tower", count_by="instances",
        needs=("settlement",), sets={"walls": 1},
    ),
    Feature(
        "harbour", ("harbour", "harbor", "port", "dock", "quay", "waterfront", "docks"), layer="district",
        values=("harbour",), needs=("settlement",),
    ),
    Feature("pier", ("pier", "jetty", "wharf"), layer="pier", count_by="ids", needs=("settlement",),
            sets={"harbours": 1}),
    Feature("field", ("field", "crop field", "farm field", "wheat field", "corn field"), layer="district",
            values=("farmland",), count_by="none", needs=("settlement",), sets={"fields": True}),
)  # fmt: skip


@generator(
    family="settlements",
    stage="settlement",
    reads=(
        "height", "water_kind", "water_level", "road", "building", "wall", "settlement", "district", "lot", "street",
        "pier", "cell", "biome",
    ),
    writes=(
        "height", "road", "building", "wall", "settlement", "district", "lot", "street", "pier", "biome",
        "instances:building", "instances:gate", "instances:tower",
    ),
    features=FEATURES,
    version=4,
    source="Parish & Müller 2001; Chen et al. 2008; Jobard & Lefer 1997; Vanegas et al. 2012",
)  # fmt: skip
def settlement(inputs: Inputs, params: Settlement, rng: np.random.Generator, tick: Tick) -> Output:
    """Build hamlets, villages, towns, cities or castles: streets, lots and an exact number of buildings."""
    tick(0.0, "looking for a site")
    free = not (params.houses or params.buildings)
    for share in (1.0, 0.6, 0.35) if free else (1.0,):  # a number that nobody gave may give way to the ground
        try:
            ground, towns = _planned(inputs, params.model_copy(update={"size": params.size * share}), rng, tick)
            break
        except BuildError:
            if not free or share < 0.5:
                raise
    tick(0.8, "raising houses")
    asked = Asked(
        _walled(params),
        params.gates,
        params.gate_sides,
        params.towers,
        bool(params.harbours or params.piers),
        params.piers,
        params.roof,
        params.storeys,
        params.fields,
    )
    made = assemble(inputs, ground, asked, towns)
    own = load_set(inputs.folder, params.assets) if params.assets else None
    return replace(made, instances=dressed(made.instances, own, 0))


def _walled(params: Settlement) -> bool:
    return bool(params.walls) or params.kind == "castle"


def _planned(inputs: Inputs, params: Settlement, rng: np.random.Generator, tick: Tick) -> tuple[Ground, list[Built]]:
    """Choose sites and plan every settlement."""
    kind, layout = kind_of(params.kind, params.layout)
    kind = _fitted(kind, params)
    shares = _shares(params, kind)
    room_m2 = 0.8 * max(w.total for w in shares) * kind.ground_m2
    ground = survey(inputs, params.water_distance_m, params.max_slope_deg, room_m2)
    radius = max(np.sqrt(max(w.total, 4) * kind.ground_m2 / np.pi) for w in shares)
    seeds = rng.integers(1, 2**31, 2 * params.count)
    sites = choose_sites(inputs, ground, float(radius), params.count, bool(params.harbours or params.piers), rng,
                         params.kind == "castle")  # fmt: skip
    towns: list[Built] = []
    for number, (site, wanted) in enumerate(zip(sites, shares, strict=True)):
        tick(0.15 + 0.6 * number / len(sites), "laying streets and lots")
        town = _town(inputs, ground, site, params, kind, layout, wanted, int(seeds[2 * number]))
        towns.append(Built(town, kind, layout, params.kind, int(seeds[2 * number + 1])))
    return ground, towns


def _fitted(kind: Kind, params: Settlement) -> Kind:
    """Return the kind with the streets and the square that are asked for."""
    bend = kind.bend if params.street_bend is None else 0.75 * params.street_bend
    deep, wide = kind.square_m
    return replace(
        kind, main_m=kind.main_m * params.street_width, lane_m=kind.lane_m * params.street_width, bend=bend,
        square_m=(deep * params.square_size, wide * params.square_size),
    )  # fmt: skip


def _shares(params: Settlement, kind: Kind) -> list[Wanted]:
    """Return what each settlement gets of the numbers asked for all of them together."""
    told = [_even(n, params.count) for n in (params.houses, params.buildings)]
    return [_wanted(params, kind, h, b) for h, b in zip(*told, strict=True)]


def _even(total: int, parts: int) -> list[int]:
    return [total // parts + (k < total % parts) for k in range(parts)]


def _wanted(params: Settlement, kind: Kind, houses: int, buildings: int) -> Wanted:
    """Return the make-up of one settlement.

    Raises
    ------
    BuildError
        There are more houses and churches than buildings.
    """
    if (params.houses and not houses) or (params.buildings and not buildings):
        raise BuildError(
            f"{params.houses or params.buildings} buildings cannot be shared by {params.count} settlements"
        )
    rough = buildings or houses or max(3, round(kind.usual * params.size))
    usual = 1 if rough >= 12 else 0
    least = int(params.church)
    churches = max(params.churches if params.churches is not None else min(kind.churches, usual), least)
    halls = kind.halls * max(usual, int(kind.hall == "keep")) if not (houses and buildings) else 0
    if params.halls is not None and kind.hall == "town hall":
        halls = params.halls
    barns = round(kind.barns * rough) if params.barns is None else params.barns
    blocks = 0
    if houses and not buildings:
        blocks = (
            round(0.4 * houses)
            if any(n in ("apartment block", "tower block") for z in kind.zones for n, _ in z.species)
            else 0
        )
        buildings = houses + churches + halls + barns + blocks
    elif houses:
        over = buildings - houses - churches
        if over < 0:
            raise BuildError(
                f"{houses} houses and {churches} churches are more than {buildings} buildings; ask for more"
            )
        barns = over if kind.barns else 0
    else:
        buildings = max(rough, churches + 1)
        halls = halls if buildings > churches + 3 or kind.hall == "keep" or params.halls else 0
    parks = kind.parks if params.parks is None else params.parks
    square = (
        bool(kind.square_m[0]) and rough >= (3 if kind.hall == "keep" else 8)
        if params.squares is None
        else params.squares > 0
    )
    return Wanted(
        buildings, houses or None, barns if houses else min(barns, buildings - churches - halls), churches, halls,
        parks if rough >= 60 or params.parks else 0, square, params.churches is not None or params.church,
        bool(params.buildings),
        params.church_side,
        params.park_side,
        (*[("slum", params.slum_side)] * params.slums, *[("industrial", params.factory_side)] * params.factories),
    )  # fmt: skip


def _town(
    inputs: Inputs, ground: Ground, site: tuple[float, float], params: Settlement, kind: Kind, layout: str,
    wanted: Wanted, seed: int,
) -> Town:  # fmt: skip
    """Widen a settlement until all its buildings find a lot.

    Raises
    ------
    BuildError
        They do not fit; the message says how many would.
    """
    radius = float(np.sqrt(max(wanted.total, 4) * kind.ground_m2 / np.pi)) + 12
    dice = np.random.Generator(np.random.PCG64(seed)).random(8)
    style = "round" if layout == "organic" and not kind.dead_ends else layout
    plot = plot_around(inputs, ground, site, 1.8 * radius + 40)
    reach, most, best = 1.8 * radius, 0, None
    for turn in range(_TRIES):
        if radius > 0.75 * reach:
            plot = plot_around(inputs, ground, site, 2.0 * radius + 40)
            reach = 2.0 * radius
        field = field_of(plot, style, kind.bend, dice, radius)
        inside = plot.cost <= radius
        if _walled(params):
            inside &= plot.in_sight()
        town, lots = settle(plot, kind, layout, field, wanted, radius, seed, inside)
        if town is not None:
            best = town
            if lots <= 1.35 * wanted.total or turn >= 3:
                return best
            radius *= max(float(np.sqrt(1.12 * wanted.total / lots)), 0.75)
            continue
        if best is not None:
            return best
        most = max(most, lots)
        widest = float(np.max(plot.cost[np.isfinite(plot.cost)], initial=0))
        if radius > widest and reach > max(inputs.grid.extent_m):
            break
        radius *= float(np.clip(np.sqrt(1.15 * wanted.total / max(lots, 1)), 1.08, 1.7))
    if best is not None:
        return best
    asked = wanted.houses or wanted.total
    raise BuildError(
        f"{asked} buildings do not fit on the gentle dry ground around the {params.kind}; ask for "
        f"{max(int(0.9 * most), 1)} or fewer, a wider region, or steeper ground (max_slope_deg)"
    )
