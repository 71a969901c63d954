"""GeoTIFF: heights as 32-bit floats with the tags that put them on the ground.

Source: OGC 19-008r4, *GeoTIFF Standard* 1.1, section 7 and annex E for the keys.
"""

from __future__ import annotations

from typing import Any

from pcgstudio.params import Params, param
from pcgstudio.world import World

from . import manifest, rasters
from .targets import Facts, Job, Target
from .vertices import finite

_DOUBLE, _SHORT, _ASCII = 12, 3, 2
_METRE, _USER = 9001, 32767


class GeotiffOptions(Params):
    """Options of the GeoTIFF export."""

    epsg: int = param(0, "Code of a projected system in metres, such as 32633; 0 for a local one.", ge=0, le=32767)
    east_m: float = param(0.0, "Easting of the map's south-west corner.", unit="m", ge=-1e8, le=1e8)
    north_m: float = param(0.0, "Northing of the map's south-west corner.", unit="m", ge=-1e8, le=1e8)


def _sized(world: World, _options: GeotiffOptions) -> int:
    return 4 * world.grid.rows * world.grid.cols + 1000


def _made(job: Job) -> Facts:
    options: GeotiffOptions = job.options
    rasters.tiff32(job.main, finite(job.world), geo_tags(job.world, options))
    return {
        "rows": manifest.NORTH_FIRST, "resampling": "none: one sample a cell, and a cell is an area",
        "crs": f"EPSG:{options.epsg}" if options.epsg else "local, metres",
        "origin_m": [options.east_m, options.north_m], "values": "metres",
    }  # fmt: skip


def geo_tags(world: World, options: GeotiffOptions) -> tuple[Any, ...]:
    """Return the geographic tags as tifffile takes them: pixel size, the north-west corner, the system's keys."""
    cell = world.grid.cell_size_m
    corner = (0.0, 0.0, 0.0, options.east_m, options.north_m + world.grid.extent_m[1], 0.0)
    name = f"EPSG:{options.epsg}|" if options.epsg else "local metres|"
    keys = [
        (1024, 0, 1, 1),  # GTModelType: projected
        (1025, 0, 1, 1),  # GTRasterType: a pixel is an area
        (1026, 34737, len(name), 0),  # GTCitation
        (3072, 0, 1, options.epsg or _USER),  # ProjectedCRS
        (3076, 0, 1, _METRE),  # ProjLinearUnits
        (4099, 0, 1, _METRE),  # VerticalUnits
    ]
    flat = [1, 1, 0, len(keys), *(number for key in keys for number in key)]
    return (
        (33550, _DOUBLE, 3, (cell, cell, 0.0), True),
        (33922, _DOUBLE, 6, corner, True),
        (34735, _SHORT, len(flat), tuple(flat), True),
        (34737, _ASCII, 0, name, True),
    )


GEOTIFF = Target(
    name="geotiff",
    title="GeoTIFF",
    text="Heights as 32-bit floats with geographic tags, for map programs.",
    is_folder=False,
    suffix=".tif",
    options=GeotiffOptions,
    sized=_sized,
    made=_made,
    also={".tiff": {}},
)
