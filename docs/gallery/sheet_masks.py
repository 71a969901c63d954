"""What the contact sheets of masks show: the mask as a tint over the relief, and what it was made from as lines."""

from __future__ import annotations

Call = tuple[str, dict[str, object]]
Row = tuple[Call, ...]
Rows = tuple[Row, ...]

GENTLE: Call = ("terrain_noise", {"amplitude_m": 24.0, "feature_size_m": 500.0, "octaves": 4})
HILLS: Call = ("terrain_noise", {"amplitude_m": 110.0, "feature_size_m": 520.0, "octaves": 4})
PEAKS: Row = (
    ("terrain_noise", {"amplitude_m": 20.0, "feature_size_m": 450.0}),
    ("mountains", {"peaks": 6, "height_m": 170.0, "radius_m": 170.0}),
    ("hydraulic_erosion", {}),
)
PATCHES: Call = ("mask_noise", {"share": 0.3, "feature_size_m": 320.0, "octaves": 3})


def disc(into: str, x: float, y: float, width_m: float = 460.0) -> Call:
    """Return a step that draws a round mask."""
    return "mask_shape", {"into": into, "points_m": ((x, y),), "width_m": width_m}


def shaped(**params: object) -> Row:
    """Return the steps of a drawn mask."""
    return GENTLE, ("mask_shape", params)


def combined(how: str, *masks: Call, **params: object) -> Row:
    """Return the steps of two masks put together."""
    return (GENTLE, *masks, ("mask_combine", {"how": how, "into": "c", **params}))


def way(*ground: Call, start: tuple[float, float] = (110.0, 110.0), end: tuple[float, float] = (910.0, 900.0),
        **params: object) -> Row:  # fmt: skip
    """Return the steps of a path between two discs."""
    ends = disc("a", *start, 70.0), disc("b", *end, 70.0)
    return (*ground, *ends, ("path_between", {"width_m": 26.0, **params}))


TWO = disc("a", 380.0, 512.0), disc("b", 640.0, 512.0)
SQUARES: Call = ("mask_shape", {"into": "b", "shape": "checkerboard", "width_m": 128.0})
ROUGH: Call = ("mask_noise", {"into": "b", "share": 0.4, "octaves": 3, "feature_size_m": 300.0})

MASKS: dict[str, Rows] = {
    "mask_shape": (
        shaped(width_m=600.0), shaped(shape="rectangle", width_m=720.0, length_m=380.0, turn_deg=20.0),
        shaped(shape="checkerboard", width_m=128.0), shaped(shape="dots", width_m=80.0),
        shaped(shape="polygon", points_m=((512.0, 960.0), (400.0, 640.0), (80.0, 620.0), (330.0, 420.0), (240.0, 90.0),
               (512.0, 290.0), (784.0, 90.0), (694.0, 420.0), (944.0, 620.0), (624.0, 640.0))),
        shaped(shape="path", points_m=((100.0, 100.0), (480.0, 820.0), (620.0, 240.0), (930.0, 860.0)), width_m=60.0),
        shaped(width_m=150.0, points_m=((300.0, 300.0), (720.0, 720.0), (300.0, 720.0))),
        shaped(shape="checkerboard", width_m=48.0, turn_deg=30.0),
    ),
    "mask_noise": tuple((GENTLE, ("mask_noise", params)) for params in (
        {}, {"share": 0.2}, {"share": 0.7, "feature_size_m": 400.0}, {"feature_size_m": 80.0}, {"fractal": "ridged"},
        {"basis": "worley"}, {"share": 0.08}, {"share": 0.92})),
    "mask_poisson": tuple((GENTLE, ("mask_poisson", params)) for params in (
        {}, {"width_m": 90.0}, {"spacing_m": 60.0, "width_m": 25.0}, {"count": 12, "width_m": 120.0,
        "spacing_m": 200.0}, {"spacing_m": 200.0, "width_m": 150.0},
        {"spacing_m": 80.0, "width_m": 80.0}, {"count": 7, "width_m": 150.0, "spacing_m": 300.0},
        {"spacing_m": 40.0, "width_m": 18.0})),
    "mask_combine": (
        combined("or", *TWO), combined("and", *TWO), combined("subtract", *TWO), combined("xor", *TWO),
        combined("subtract", disc("a", 512.0, 512.0, 700.0), SQUARES),
        combined("xor", disc("a", 512.0, 512.0, 560.0), ROUGH),
        combined("and", disc("a", 250.0, 512.0), disc("b", 640.0, 512.0)),
        combined("or", disc("a", 512.0, 512.0, 560.0), ROUGH),
    ),
    "mask_morph": tuple((GENTLE, PATCHES, ("mask_morph", {"into": "b", **params})) for params in (
        {"distance_m": 50.0}, {"how": "shrink", "distance_m": 35.0}, {"how": "smooth", "distance_m": 90.0},
        {"how": "invert"}, {"how": "outline", "distance_m": 34.0}, {"how": "fill_holes"},
        {"how": "outline", "distance_m": 20.0}, {"distance_m": 120.0})),
    "mask_select": (
        (GENTLE, PATCHES, ("mask_select", {"distance_m": 40.0})),
        (HILLS, ("mask_select", {"pick": "layer_range", "minimum": 66.0})),
        (HILLS, ("mask_select", {"pick": "layer_range", "maximum": 44.0})),
        (GENTLE, PATCHES, ("mask_select", {"pick": "interior", "distance_m": 40.0})),
        (GENTLE, PATCHES, ("mask_select", {"pick": "largest"})),
        (GENTLE, PATCHES, ("mask_select", {"pick": "nth", "n": 2})),
        (GENTLE, disc("a", 330.0, 512.0), ("mask_shape", {"into": "b", "shape": "rectangle", "width_m": 420.0,
         "points_m": ((610.0, 512.0),), "turn_deg": 20.0}), ("mask_combine", {}),
         ("mask_select", {"pick": "corner", "distance_m": 260.0})),
        (HILLS, ("mask_select", {"pick": "layer_range", "minimum": 45.0, "maximum": 58.0})),
    ),
    "path_between": (
        way(*PEAKS), way(*PEAKS, avoid_slopes=0.0), way(*PEAKS, avoid_slopes=1.0), way(*PEAKS, width_m=60.0),
        way(*PEAKS, start=(110.0, 900.0), end=(910.0, 120.0)), way(HILLS, start=(512.0, 90.0), end=(512.0, 930.0)),
        way(HILLS, width_m=14.0, end=(480.0, 640.0)), way(GENTLE, width_m=130.0),
    ),
}  # fmt: skip
"""By generator, its eight recipes."""

SHOWN: dict[str | tuple[str, int], tuple[str, ...]] = {
    "mask_shape": ("a",), "mask_noise": ("a",), "mask_poisson": ("a",), "mask_combine": ("c", "a", "b"),
    "mask_morph": ("b", "a"), "mask_select": ("b", "a"), "path_between": ("c", "a", "b"),
    ("height_image", 5): ("a",),
}  # fmt: skip
"""By generator, or one of its pictures counted from 0, the mask that is tinted and those whose rims are drawn."""
