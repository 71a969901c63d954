"""Plateaus: flat-topped high ground with steep edges, over an exact share of the land."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label, mean

from pcgstudio.errors import BuildError
from pcgstudio.feature import Feature
from pcgstudio.generator import Inputs, Output, Tick, generator
from pcgstudio.params import HeightParams, param
from pcgstudio.world import FloatArray, Layer

from .island_plan import Asked
from .kernels.lattice import ease
from .kernels.nearness import nearest_cells
from .kernels.noise import fractal_noise
from .placement import Site, blended, calm_ground, site_of
from .shores import draw_land

_EVERY_SIDE = np.ones((3, 3))


class Plateau(HeightParams):
    """Parameters of `plateau`."""

    count: int = param(1, "Number of plateaus, exactly.", ge=1, le=30, aspect="count", feature="plateau")
    share: float = param(
        0.16,
        "Share of the dry land that their flat tops cover together, exactly.",
        unit="share", ge=0.005, le=0.7, aspect="share", feature="plateau",
        adjectives={"tiny": 0.03, "small": 0.07, "": 0.16, "large": 0.3, "big": 0.3, "vast": 0.42, "huge": 0.42},
    )  # fmt: skip
    height_m: float = param(
        70,
        "Height of the tops above the ground around them.",
        unit="m", ge=2, le=4000, scales=True, aspect="height", feature="plateau",
        adjectives={"low": 35, "": 70, "high": 130, "tall": 130},
    )  # fmt: skip
    edge_m: float = param(
        55,
        "Width of the slope from the rim down to the foot.",
        unit="m", ge=1, le=10000, scales=True, adjectives={"steep": 25, "sheer": 12, "": 55, "gentle": 130},
    )  # fmt: skip
    irregularity: float = param(
        0.45, "How ragged the rim is.", ge=0, le=1, adjectives={"round": 0.05, "smooth": 0.15, "": 0.45, "ragged": 0.85}
    )


@generator(
    family="terrain",
    stage="landform",
    reads=("height", "water_kind", "mountain", "hill", "volcano", "plateau", "valley"),
    writes=("height", "plateau"),
    features=(Feature("plateau", ("plateau", "mesa", "tableland", "butte", "table mountain"), "plateau"),),
    source="Duszynski et al., Mechanisms, mechanical properties and forms of mesas (2019): cliff above, talus below",
)
def plateau(inputs: Inputs, params: Plateau, rng: np.random.Generator, tick: Tick) -> Output:
    """Raise flat-topped plateaus with cliffs and talus, exactly as many and as large as asked."""
    site = site_of(inputs)
    tick(0.1, "drawing the rims")
    free = site.open & (site.room_m >= min(0.5 * params.edge_m, 0.3 * float(site.room_m.max())))
    cells = params.share * int(site.open.sum())
    if cells > 0.8 * free.sum():
        most = 0.8 * free.sum() / int(site.open.sum())
        raise BuildError(
            f"plateaus cannot cover {params.share:.0%} of this land: at most {most:.0%} is free; lower the share"
        )
    asked = Asked(
        inputs.grid, free, "archipelago", cells / free.sum(), params.count, params.irregularity, "south"
    )  # fmt: skip
    tops = draw_land(asked, rng).land
    tick(0.6, "raising the tops")
    height = _Table(site, tops, params, int(rng.integers(2**31))).height(inputs)
    old = inputs.get("plateau")
    return Output(
        {
            "height": Layer(height, "m"),
            "plateau": Layer.mask(tops if old is None else tops | (old > 0)),
        }
    )


@dataclass(frozen=True)
class _Table:
    """Flat tops on the ground of a site."""

    site: Site
    tops: NDArray[np.bool_]
    params: Plateau
    seed: int

    def height(self, inputs: Inputs) -> FloatArray:
        """``(rows, cols) float32`` ground with the plateaus on it [m]."""
        before = inputs.height()
        calm = calm_ground(inputs, 2 * self.params.edge_m)
        parts, count = label(self.tops, _EVERY_SIDE)
        levels = np.asarray(mean(calm, parts, np.arange(1, count + 1)), dtype=np.float32)
        cells, (rows, cols) = nearest_cells(~self.tops)
        level = levels[parts[rows, cols] - 1]
        away = np.maximum(cells - 0.5, 0).astype(np.float32) * np.float32(inputs.grid.cell_size_m)
        del cells, rows, cols, parts  # 20 bytes a cell that nothing below needs
        share = self._profile(away)
        # The level top belongs to the plateau; below its rim the ground's own shape comes back.
        level_share = 1 - ease(away, 0.0, 0.8 * self.params.edge_m)
        ground = before + (level - before) * level_share
        fade = np.where(self.tops, np.float32(1), self.site.fade(0.3 * self.params.edge_m))
        rise = self.params.height_m * share + self._swell() * level_share
        return (before + (blended(ground, rise, self.params.blend) - before) * fade).astype(np.float32)

    def _profile(self, away: FloatArray) -> FloatArray:
        """Share of the height at a distance from the rim: a cliff, then talus that runs out, cut by ravines."""
        rough = fractal_noise(
            self.site.grid, seed=self.seed, feature_size_m=1.2 * self.params.edge_m, octaves=4, fractal="ridged"
        )
        cut = 0.55 * np.clip(rough, -0.3, 1) * ease(away, 0, self.params.edge_m)
        t = away / np.float32(self.params.edge_m) * (1 + cut)
        cliff = 1 - ease(t, 0.0, 0.38)
        talus = np.clip(1 - t, 0, 1) ** 2
        return np.asarray(0.55 * cliff + 0.45 * talus, dtype=np.float32)

    def _swell(self) -> FloatArray:
        size = 6 * self.params.edge_m
        wave = fractal_noise(self.site.grid, seed=self.seed + 1, feature_size_m=size, octaves=4)
        return np.asarray(0.03 * self.params.height_m * wave, dtype=np.float32)
