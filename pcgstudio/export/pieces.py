"""A world as named meshes with z up: ground, water, built parts, and placed things baked in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import BuildError
from pcgstudio.palette import Rgb, load_palette
from pcgstudio.world import WATER_KINDS, FloatArray, MeshPart, World

from .placed import groups
from .surface import Lattice, Surface


@dataclass(frozen=True)
class Piece:
    """One mesh of one material.

    Parameters
    ----------
    name, material : str
        Names; several pieces may share a material.
    colour : tuple of int
        sRGB of the material.
    vertices : ndarray
        ``(n, 3) float32`` x east, y north, z up [m].
    faces : ndarray
        ``(m, 3)`` integers, counter-clockwise from outside.
    texture : ndarray, optional
        ``(n, 2) float32`` coordinates in pictures of the ground, (0, 0) north-west.
    alpha : float
        1 is solid.
    """

    name: str
    material: str
    colour: Rgb
    vertices: FloatArray
    faces: NDArray[np.integer]
    texture: FloatArray | None = None
    alpha: float = 1.0


def standing(vectors: FloatArray) -> FloatArray:
    """``(n, 3) float32`` map vectors of glTF vectors: (x, y, z) becomes (x, -z, y)."""
    return np.stack([vectors[:, 0], -vectors[:, 2], vectors[:, 1]], axis=1)


def ground(lattice: Lattice) -> Piece:
    """Return the ground."""
    surface = lattice.terrain()
    colour = load_palette().material("terrain")
    coordinates = lattice.texture(surface.corner)
    return Piece("terrain", "terrain", colour, standing(surface.position), surface.faces, coordinates)


def waters(lattice: Lattice) -> Iterator[Piece]:
    """Yield the surface of every kind of water there is."""
    tones = {"sea": "middle", "lake": "lake_deep", "river": "river"}
    for kind in range(1, len(WATER_KINDS)):
        surface: Surface | None = lattice.water(kind)
        if surface is not None:
            name = WATER_KINDS[kind]
            colour = load_palette().water[tones[name]]
            yield Piece(f"water_{name}", f"water_{name}", colour, standing(surface.position), surface.faces, alpha=0.85)


def built(world: World) -> Iterator[Piece]:
    """Yield the built parts.

    Raises
    ------
    BuildError
        A mesh holds values that are no numbers.
    """
    for part in world.parts:
        if not np.isfinite(part.vertices).all():
            raise BuildError(f"the mesh '{part.name}' holds values that are no numbers; rebuild the map")
        yield Piece(part.name, part.material, colour_of(part), part.vertices, part.faces)


def colour_of(part: MeshPart) -> Rgb:
    """Return the sRGB of a part's material; stone where the palette does not know it."""
    palette = load_palette()
    return palette.materials.get(part.material, palette.materials["stone"])


def baked(world: World, kinds: frozenset[str] | None = None) -> Iterator[Piece]:
    """Yield the placed things, one piece for every species, variant and material."""
    for group in groups(world, kinds):
        for part in group.parts:
            vertices, faces = group.baked(part)
            name = f"{group.kind}_{group.species}_{group.variant}_{part.material}".replace(" ", "_")
            yield Piece(name, part.material, part.colour, vertices, faces)
