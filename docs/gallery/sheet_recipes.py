"""What the contact sheets show: for each generator six variants and two extremes, as steps with their parameters."""

from __future__ import annotations

from sheet_masks import MASKS, Call, Row, Rows

GROUND: Call = ("terrain_noise", {"amplitude_m": 16.0, "feature_size_m": 450.0})
HILLY: Call = ("terrain_noise", {"amplitude_m": 60.0, "feature_size_m": 420.0})
FIELD: Call = ("terrain_noise", {"amplitude_m": 14.0, "feature_size_m": 220.0, "octaves": 5})
SLOPES: Call = ("terrain_noise", {"amplitude_m": 110.0, "feature_size_m": 700.0, "octaves": 5, "gain": 0.4})
DOWNS: Call = ("terrain_noise", {"amplitude_m": 36.0, "feature_size_m": 320.0, "octaves": 4, "gain": 0.36})
YARD: Call = ("terrain_noise", {"amplitude_m": 1.5, "feature_size_m": 60.0, "octaves": 4})
STEEP: Call = ("terrain_noise", {"amplitude_m": 190.0, "feature_size_m": 600.0, "fractal": "ridged", "warp_m": 60.0})
PEAK: Call = ("mountains", {"peaks": 1, "height_m": 90.0, "radius_m": 130.0})
MESA: Call = ("plateau", {"share": 0.25, "height_m": 70.0, "edge_m": 50.0})
SHEER: Call = ("plateau", {"share": 0.16, "height_m": 110.0, "edge_m": 16.0})
HORNS: Call = ("mountains", {"peaks": 2, "height_m": 220.0, "sharpness": 1.0})
CLIFF: Call = ("cliffs", {"height_m": 60.0, "drops_to": "south"})
ISLAND: Call = ("landmass", {"pattern": "island", "land_fraction": 0.5})
COAST: Call = ("landmass", {"pattern": "coast"})
ERODED: Call = ("hydraulic_erosion", {})
FOOTHILLS: Call = ("terrain_noise", {"amplitude_m": 40.0, "feature_size_m": 260.0, "octaves": 5, "gain": 0.45})
COOL: Call = ("climate", {"temperature_c": 7.0})
MILD: Call = ("climate", {"palette": "temperate"})
WOODS: Call = ("scatter", {"kind": "tree", "cover": 0.16})
FEW: Call = ("scatter", {"kind": "tree", "cover": 0.08})
SPARSE: Call = ("scatter", {"kind": "tree", "cover": 0.14})
PEAKY: Call = ("terrain_noise", {"amplitude_m": 80.0, "feature_size_m": 240.0, "octaves": 5})
MEADOW: Row = (
    ("scatter", {"species": ("shrub",), "density_per_ha": 120.0}),
    ("scatter", {"kind": "grass", "cover": 0.12}),
)
HAMLET: Call = ("settlement", {"kind": "hamlet", "houses": 4})
ROOMS: Call = ("rooms", {"room_count": 5, "cell_m": 1.0})


def dry(*calls: Call) -> Row:
    """Return steps on gentle ground in a desert."""
    return (GROUND, *calls, ("climate", {"palette": "desert"}))


def green(*calls: Call) -> Row:
    """Return steps on gentle ground in a mild climate."""
    return (GROUND, *calls, MILD)


def bare(*calls: Call) -> Row:
    """Return steps on no ground of their own, in a mild climate."""
    return (*calls, MILD)


def each(name: str, before: Row, *variants: dict[str, object], after: Row = (MILD,)) -> Rows:
    """Return a row of steps for each set of parameters of one generator."""
    return tuple((*before, (name, params), *after) for params in variants)


SHEETS: dict[str, Rows] = {
    "terrain_noise": each("terrain_noise", (), {}, {"fractal": "ridged", "amplitude_m": 160.0,
        "feature_size_m": 600.0},
        {"fractal": "billow", "amplitude_m": 90.0}, {"fractal": "swiss", "amplitude_m": 170.0,
        "feature_size_m": 700.0},
        {"basis": "worley", "amplitude_m": 80.0}, {"fractal": "hybrid", "amplitude_m": 150.0, "warp_m": 50.0},
        {"amplitude_m": 22.0, "feature_size_m": 700.0}, {"amplitude_m": 300.0, "feature_size_m": 900.0,
        "fractal": "swiss", "octaves": 10}, after=(("hydraulic_erosion", {"strength": 0.3}), MILD, WOODS)),
    "landmass": each("landmass", (HILLY,), {}, {"pattern": "archipelago", "islands": 7}, {"pattern": "coast",
        "sea_side": "west"},
        {"pattern": "lagoon"}, {"pattern": "peninsula"}, {"pattern": "inland_sea"},
        {"pattern": "archipelago", "islands": 40, "land_fraction": 0.2}, {"outline": "crescent", "islands": 1,
        "irregularity": 0.1}),
    "hills": each("hills", (GROUND,), {"count": 5}, {}, {"count": 3, "height_m": 90.0, "radius_m": 240.0},
        {"count": 7, "arrangement": "ring"}, {"count": 6, "arrangement": "row"}, {"count": 5, "arrangement": "arc",
        "height_m": 60.0},
        {"count": 1, "height_m": 26.0, "radius_m": 210.0}, {"count": 60, "radius_m": 80.0, "height_m": 26.0},
        after=(("hydraulic_erosion", {"strength": 0.12}), MILD, WOODS)),
    "mountains": each("mountains", (FOOTHILLS,), {}, {"arrangement": "range"}, {"arrangement": "massif", "peaks": 7},
        {"arrangement": "ring"}, {"arrangement": "arc", "height_m": 240.0}, {"peaks": 1, "height_m": 320.0,
        "sharpness": 1.0},
        {"peaks": 5, "height_m": 70.0, "sharpness": 0.1}, {"peaks": 20, "arrangement": "massif"}, after=(ERODED,
        COOL, WOODS)),
    "plateau": each("plateau", (GROUND,), {}, {"count": 3}, {"irregularity": 1.0, "share": 0.3},
        {"irregularity": 0.0, "height_m": 120.0},
        {"count": 2, "edge_m": 160.0}, {"share": 0.4, "height_m": 160.0, "edge_m": 40.0}, {"share": 0.01,
        "height_m": 200.0},
        {"count": 12, "share": 0.3}, after=(("hydraulic_erosion", {"strength": 0.3}), ("climate",
        {"palette": "desert"}))),
    "valley": each("valley", (HILLY,), {"direction_deg": 80.0}, {"count": 2, "direction_deg": 95.0}, {"width_m": 420.0,
        "depth_m": 110.0, "direction_deg": 90.0}, {"meander": 1.0, "direction_deg": 100.0},
        {"meander": 0.0, "direction_deg": 75.0}, {"depth_m": 160.0, "width_m": 320.0, "direction_deg": 90.0},
        {"width_m": 90.0, "depth_m": 34.0, "direction_deg": 85.0}, {"count": 6, "width_m": 120.0,
        "direction_deg": 90.0},
        after=(ERODED, ("rivers", {"source": "edge", "from_side": "north", "toward": "south"}), MILD, WOODS)),
    "volcano": (
        green(("volcano", {}), ERODED), green(("volcano", {"fill": "lake"}), ERODED),
        green(("volcano", {"fill": "lava", "height_m": 300.0}), ERODED), (HILLY, ISLAND, ("volcano",
        {"fill": "lake"}), ERODED, MILD),
        dry(("volcano", {"count": 3, "height_m": 140.0}), ERODED), (GROUND, ("volcano", {"fill": "lava"}), ERODED,
        ("climate", {"palette": "volcanic"})),
        green(("volcano", {"height_m": 70.0, "crater_width_m": 110.0, "count": 2}), ERODED),
        green(("volcano", {"height_m": 300.0, "crater_width_m": 270.0, "crater_depth_m": 110.0}), ERODED),
    ),
    "hydraulic_erosion": each("hydraulic_erosion", (STEEP,), {}, {"strength": 0.2}, {"strength": 0.9},
        {"mode": "droplet"},
        {"mode": "droplet", "density": 2.0}, {"area_exponent": 0.6, "uplift": 0.2}, {"strength": 0.08},
        {"strength": 1.0, "iterations": 60}),
    "thermal_erosion": each("thermal_erosion", (GROUND, SHEER, HORNS), {}, {"iterations": 20},
        {"material": "granite_scree", "iterations": 400}, {"talus_deg": 22.0},
        {"talus_deg": 45.0}, {"material": "clay", "iterations": 1000}, {"iterations": 2},
        {"talus_deg": 18.0, "iterations": 1200}),
    "canyon": (
        dry(("canyon", {})),
        dry(("canyon", {"river": True, "width_m": 220.0, "depth_m": 120.0})),
        green(("canyon", {"count": 2, "width_m": 90.0, "river": True})),
        dry(("canyon", {"through_m": ((0.0, 240.0), (380.0, 620.0), (700.0, 560.0), (1024.0, 780.0)), "river": True})),
        green(COAST, ("canyon", {"direction_deg": 90.0, "river": True, "width_m": 180.0, "depth_m": 110.0})),
        dry(("canyon", {"strata": 0.0, "meander": 1.0, "floor_share": 0.05})),
        dry(("canyon", {"width_m": 40.0, "depth_m": 90.0, "floor_share": 0.1})),
        dry(("canyon", {"width_m": 600.0, "depth_m": 240.0, "beds": 7})),
    ),
    "dunes": (
        dry(("dunes", {})),
        dry(("dunes", {"kind": "barchan"})),
        dry(("dunes", {"kind": "star", "height_m": 34.0, "wavelength_m": 170.0})),
        dry(("dunes", {"irregularity": 0.9, "height_m": 22.0, "share": 0.5, "wind_from": "northwest"})),
        dry(("dunes", {"count": 5, "kind": "barchan", "height_m": 22.0})),
        dry(("canyon", {}), ("dunes", {"wavelength_m": 80.0, "height_m": 9.0})),
        dry(("dunes", {"irregularity": 0.0, "wavelength_m": 50.0, "height_m": 5.0})),
        dry(("dunes", {"irregularity": 1.0, "wavelength_m": 320.0, "height_m": 45.0})),
    ),
    "craters": (
        dry(("craters", {})),
        dry(("craters", {"count": 50, "diameter_m": 300.0})),
        dry(("craters", {"count": 1, "diameter_m": 480.0})),
        (GROUND, ("craters", {"count": 25, "overlap": True, "wear": 0.8, "diameter_m": 300.0}), ("climate", {})),
        green(("craters", {"count": 3, "variety": 0.0})),
        green(ISLAND, ("craters", {"count": 2, "diameter_m": 260.0})),
        dry(("craters", {"count": 9, "diameter_m": 110.0})),
        (("craters", {"count": 300, "diameter_m": 400.0, "variety": 1.0}), ("climate", {"palette": "desert"})),
    ),
    "cliffs": (
        green(("cliffs", {})),
        dry(("cliffs", {"count": 3, "drops_to": "south", "height_m": 40.0})),
        green(ISLAND, ("cliffs", {"along": "coast"})),
        green(ISLAND, ("cliffs", {"along": "coast", "coast_share": 0.4})),
        green(COAST, ("cliffs", {"along": "coast", "count": 2, "coast_share": 0.4, "height_m": 80.0})),
        green(("cliffs", {"talus": 0.8, "ragged": 1.0, "height_m": 120.0})),
        green(("cliffs", {"height_m": 26.0, "ragged": 0.2, "count": 2})),
        green(("cliffs", {"height_m": 300.0, "run_m": 30.0})),
    ),
    "terraces": each("terraces", (SLOPES,), {}, {"levels": 9}, {"levels": 3}, {"sharpness": 0.6}, {"tilt": 0.4},
        {"levels": 14, "smooth_m": 40.0},
        {"levels": 2}, {"levels": 20, "sharpness": 1.0}, after=(MILD, WOODS)),
    "sea_level": each("sea_level", (STEEP, ERODED), {}, {"land_fraction": 0.3}, {"land_fraction": 0.85},
        {"mode": "level", "level_m": 60.0},
        {"land_fraction": 0.5}, {"mode": "level", "level_m": 30.0}, {"land_fraction": 0.05}, {"land_fraction": 0.97}),
    "lakes": each("lakes", (HILLY, ERODED), {}, {"count": 5}, {"count": 2, "area_share": 0.2}, {"outline": "round",
        "count": 3, "irregularity": 1.0},
        {"outline": "long", "count": 2, "irregularity": 1.0}, {"outline": "crescent", "area_share": 0.08}, {"count": 20,
        "area_share": 0.02}, {"area_share": 0.6}),
    "rivers": each("rivers", (GROUND, ("landmass", {"pattern": "coast", "land_fraction": 0.82}), ERODED), {},
        {"count": 3, "mouth": "sea"}, {"count": 5, "meander": 1.0},
        {"width_m": 24.0}, {"meander": 0.0, "count": 2, "width_m": 14.0},
        {"count": 2, "width_m": 14.0, "through_centre": True}, {"width_m": 5.0}, {"count": 10, "mouth": "sea"}),
    "climate": each("climate", (HILLY, ISLAND, ERODED), {}, {"palette": "tropical"}, {"palette": "desert"},
        {"palette": "arctic"},
        {"palette": "volcanic"}, {"palette": "alien"}, {"temperature_c": -12.0}, {"temperature_c": 38.0,
        "rainfall_mm": 60.0},
        after=(("scatter", {"kind": "tree", "cover": 0.2}),)),
    "biome_area": (
        *each("biome_area", (FIELD, MILD), {"biome": "farmland"}, {"biome": "swamp"}, {"biome": "savanna",
              "share": 0.6}, after=(SPARSE,)),
        *each("biome_area", (PEAKY, ERODED, MILD), {"biome": "snow", "share": 0.3}, after=(SPARSE,)),
        *each("biome_area", (FIELD, MILD), {"biome": "desert", "share": 0.5}, after=(SPARSE,)),
        *each("biome_area", (PEAKY, ERODED, MILD), {"biome": "volcanic", "count": 3}, {"biome": "badlands",
              "share": 0.25, "count": 1}, after=(SPARSE,)),
        *each("biome_area", (FIELD, MILD), {"biome": "tundra", "share": 1.0}, after=(SPARSE,)),
    ),
    "settlement": each("settlement", (GROUND, MILD), {}, {"kind": "hamlet"}, {"kind": "town", "walls": 1,
        "churches": 1}, {"kind": "city", "layout": "grid"},
        {"kind": "city", "layout": "radial"}, {"count": 3}, {"kind": "hamlet", "houses": 4}, {"kind": "city",
        "buildings": 280},
        after=(("scatter", {"kind": "tree", "cover": 0.1}),)),
    "roads": each("roads", (DOWNS, ("rivers", {"width_m": 9.0, "source": "edge"}), MILD,
        ("settlement", {"count": 2})), {},
        {"count": 3}, {"bridges": 2}, {"max_grade_pct": 5.0},
        {"width_m": 12.0}, {"bridges": 1, "bridge_kind": "wood"}, {"width_m": 2.0, "max_grade_pct": 25.0},
        {"count": 8}, after=(WOODS,)),
    "scatter": (
        *each("scatter", (FIELD, MILD), {}, {"species": ("conifer",), "cover": 0.5}, after=()),
        *each("scatter", (FIELD, MILD, ("biome_area", {"biome": "desert", "share": 1.0})),
              {"species": ("palm",), "cover": 0.2}, after=()),
        *each("scatter", (FIELD, MILD), {"kind": "rock", "density_per_ha": 60.0, "scale": 2.0},
              {"kind": "grass", "cover": 0.4, "scale": 2.0}, {"patches": 5, "cover": 0.3}, {"count": 30},
              {"cover": 0.95}, after=()),
    ),
    "voxel_caves": tuple((GROUND, hill, MILD, ("voxel_caves", params), ("scatter", {"kind": "tree", "cover": 0.12}))
        for hill, params in (
        (PEAK, {}), (PEAK, {"count": 3, "mouth_width_m": 12.0}), (MESA, {"mouth_width_m": 22.0}),
        (CLIFF, {"roughness": 1.0, "mouth_width_m": 16.0}),
        (CLIFF, {"count": 3, "roughness": 0.0, "mouth_width_m": 16.0}), (MESA, {"count": 5, "mouth_width_m": 10.0}),
        (PEAK, {"mouth_width_m": 10.0, "length_m": 30.0}), (PEAK, {"mouth_width_m": 34.0, "length_m": 160.0}))),
    "rock_arches": each("rock_arches", (("terrain_noise", {"amplitude_m": 16.0, "feature_size_m": 130.0,
        "octaves": 5, "gain": 0.4}), ("climate", {"palette": "desert"})), {}, {"count": 3},
        {"span_m": 44.0, "height_m": 34.0},
        {"kind": "overhang", "count": 5}, {"kind": "overhang", "span_m": 36.0, "height_m": 30.0}, {"roughness": 1.0,
        "span_m": 34.0},
        {"span_m": 8.0, "height_m": 7.0, "count": 6}, {"span_m": 62.0, "height_m": 48.0}, after=(
        ("scatter", {"kind": "rock", "density_per_ha": 22.0, "scale": 1.5}),
        ("scatter", {"species": ("shrub", "cactus"), "density_per_ha": 24.0}))),
    "props": (
        *each("props", (YARD, MILD), {"kind": "ruin", "count": 3},
        {"kind": "stone circle", "count": 1},
              {"kind": "camp", "count": 1}, {"kind": "grave", "count": 24}, {"kind": "haystack", "count": 9},
              after=MEADOW),
        (("rooms", {"room_count": 3, "cell_m": 1.0}), ("props", {"kind": "crate", "count": 24}),
         ("props", {"kind": "barrel", "count": 16}), ("lights", {})),
        (YARD, MILD, HAMLET, ("props", {"kind": "well", "count": 1}), FEW),
        *each("props", (YARD, MILD), {"kind": "stone circle", "count": 1, "in_each": 24, "radius_m": 14.0,
              "scale": 1.5}, after=MEADOW),
    ),
    "landmarks": (
        (FIELD, MILD, ("landmarks", {"kind": "watchtower", "count": 2}), FEW),
        (("landmass", {"pattern": "coast", "land_fraction": 0.5}), MILD, ("landmarks", {"kind": "lighthouse"}), FEW),
        (YARD, MILD, ("biome_area", {"biome": "farmland", "share": 0.7}), ("landmarks", {"kind": "windmill",
         "count": 3}), FEW),
        (FIELD, ("climate", {"palette": "desert"}), ("landmarks", {"kind": "temple", "count": 2}), FEW),
        (FIELD, MILD, ("landmarks", {"kind": "inn"}), FEW),
        (YARD, MILD, HAMLET, ("landmarks", {"kind": "fountain"}), FEW),
        (YARD, ("climate", {"palette": "desert"}), ("landmarks", {"kind": "obelisk", "count": 5}),
         ("scatter", {"kind": "rock", "density_per_ha": 60.0, "scale": 1.5}),
         ("scatter", {"species": ("shrub", "cactus"), "density_per_ha": 60.0})),
        (YARD, MILD, HAMLET, ("landmarks", {"kind": "smithy"}), FEW),
    ),
    "rooms": each("rooms", (), {}, {"algorithm": "bsp"}, {"layout": "ring", "room_count": 8}, {"layout": "grid",
        "room_count": 9}, {"corridor_style": "labyrinth"},
        {"doors": False, "corridor_width_m": 4.0}, {"room_count": 3}, {"room_count": 30, "room_max_m": 8.0,
        "spacing_m": 4.0}, after=(("lights", {}),)),
    "cave_cells": each("cave_cells", (), {}, {"chambers": 12, "chamber_m": 10.0}, {"pools": 3},
        {"fill_probability": 0.58}, {"fill_probability": 0.32},
        {"loops": 0.5, "passage_width_m": 6.0}, {"chambers": 4, "chamber_m": 26.0, "pools": 1}, {"chambers": 24,
        "chamber_m": 8.0}, after=()),
    "maze": each("maze", (), {}, {"material": "hedge"}, {"algorithm": "prim"}, {"algorithm": "wilson",
        "braid": 0.7}, {"passage_width_m": 5.0},
        {"room_count": 6}, {"cells": 16}, {"passage_width_m": 1.5}, after=()),
    "random_walk": each("random_walk", (), {"turn_probability": 0.6}, {"walkers": 12},
        {"turn_probability": 0.3, "chambers": 6},
        {"floor_share": 0.5}, {"chambers": 12}, {"step_m": 4.0, "chambers": 2},
        {"floor_share": 0.2, "chambers": 4, "turn_probability": 0.6}, {"floor_share": 0.4, "chambers": 16,
        "turn_probability": 0.9}, after=()),
    "wfc": each("wfc", (), {}, {"sample": "rooms"}, {"sample": "town", "cell_m": 4.0}, {"sample": "islands",
        "cell_m": 3.0}, {"cell_m": 1.0},
        {"sample": "rooms", "pattern": 2, "cell_m": 3.0}, {"cell_m": 3.0},
        {"sample": "islands", "cell_m": 2.0}, after=()),
    "roles": (
        *each("roles", (ROOMS,), {"bosses": 1}, {"treasures": 2}, {"keys": 1, "locks": 1, "bosses": 1},
              {"exits": 1, "spawns": 2}, {"boss_room": "largest", "bosses": 1, "treasures": 2},
              {"lights": False, "bosses": 1}, {"entrances": 2, "treasures": 1}, after=()),
        (("rooms", {"room_count": 10, "loops": 0.0, "cell_m": 1.0}),
         ("roles", {"bosses": 2, "treasures": 3, "keys": 2, "locks": 2})),
    ),
    "lights": each("lights", (ROOMS, ("roles", {"lights": False, "bosses": 1, "treasures": 1})), {},
        {"spacing_m": 4.0}, {"spacing_m": 20.0}, {"place": "rooms"}, {"place": "corridors"}, {"count": 12},
        {"count": 3}, {"count": 150}, after=()),
    "floors": tuple((ROOMS, ("floors", {"room_count": 6, "cell_m": 1.0, **params}), ("lights", {})) for params in (
        {}, {"stairs": 2}, {"direction": "above"}, {"storeys": 4, "room_count": 4}, {"storeys": 3},
        {"corridor_style": "labyrinth"}, {"room_count": 2}, {"storeys": 6})),
    "height_image": (
        (("height_image", {}), ("climate", {})),
        (("height_image", {"low_m": -40.0, "high_m": 200.0}), ("sea_level", {}), ("climate", {})),
        (HILLY, ("height_image", {"extent": "fit", "blend": "add"}), ("climate", {})),
        (("height_image", {"smooth_m": 40.0}), ("climate", {})),
        (("height_image", {"high_m": 0.0, "low_m": 150.0}), ("climate", {})),
        (HILLY, ("height_image", {"use": "mask", "threshold": 0.3})),
        (("height_image", {"high_m": 60.0}), ("climate", {})),
        (("height_image", {"high_m": 420.0}), ("climate", {})),
    ),
    **MASKS,
}  # fmt: skip
"""By generator, its eight recipes; ``where`` names a mask."""

EXTENT_M: dict[str | tuple[str, int], float | tuple[float, float]] = {
    "hills": 720.0, "settlement": 640.0, "roads": 500.0, "scatter": 240.0, "rivers": 800.0, "biome_area": 420.0,
    "rooms": (84.0, 54.0), "cave_cells": (120.0, 76.0), "maze": (64.0, 42.0), "random_walk": (84.0, 54.0),
    "wfc": 96.0, "roles": (58.0, 38.0), "lights": (58.0, 38.0), "floors": (40.0, 54.0),
    "landmarks": 110.0, "props": 40.0, "rock_arches": 170.0, "voxel_caves": 320.0,
    ("settlement", 0): 420.0, ("settlement", 1): 320.0, ("settlement", 2): 420.0, ("settlement", 6): 260.0,
    ("scatter", 3): 160.0, ("scatter", 4): 120.0, ("scatter", 6): 160.0,
    ("cliffs", 6): 640.0, ("craters", 6): 640.0,
    ("props", 2): 48.0, ("props", 3): 30.0, ("props", 5): (48.0, 32.0), ("props", 6): 160.0, ("roles", 7): (80.0, 54.0),
    ("rock_arches", 6): 80.0, ("landmarks", 5): 160.0, ("landmarks", 6): 60.0, ("landmarks", 7): 160.0,
    ("wfc", 3): 240.0, ("wfc", 4): 48.0, ("wfc", 7): 160.0,
    ("floors", 3): (60.0, 40.0), ("floors", 7): 48.0,
}  # fmt: skip
"""Sides of the maps of a sheet, or of one of its pictures counted from 0, where they are not 1024 m each."""

SEEDS_FROM = {"terraces": 11, "lights": 21, "floors": 41}
"""Seed of the first picture where it is not 1, so that sheets of rooms do not share their plans."""
