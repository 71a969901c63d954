"""OpenUSD: ground, water and built parts as meshes, placed things as point instancers, z up, metres.

Source: Pixar, *UsdGeom* (PointInstancer, stage metrics) and *UsdPreviewSurface*. The package ``usd-core`` is an extra.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcgstudio.errors import InputError
from pcgstudio.palette import Rgb
from pcgstudio.params import Params, param
from pcgstudio.world import FloatArray, World

from . import instances, tint
from .pieces import Piece, built, ground, waters
from .placed import Group, groups
from .surface import Lattice
from .targets import Facts, Job, Target


class UsdOptions(Params):
    """Options of the USD export."""

    cells: int = param(1024, "Most cells of ground along a side.", ge=16, le=4096)


def _sized(world: World, options: UsdOptions) -> int:
    stride = -(-max(world.grid.shape) // options.cells)
    cells = world.grid.rows * world.grid.cols // stride**2
    parts = sum(len(p.faces) for p in world.parts)
    return 25 * cells + 20 * parts + 20 * sum(len(i) for i in world.instances.values()) + 90_000


def _made(job: Job) -> Facts:
    try:
        from pxr import (  # type: ignore[import-untyped]  # noqa: PLC0415 - no stubs; an extra, and slow to load
            Usd,
            UsdGeom,
        )
    except ImportError as error:
        raise InputError("USD needs the package usd-core; install it with: pip install 'pcgstudio[usd]'") from error
    stage = Usd.Stage.CreateNew(str(job.main))
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(stage, 1.0)
    stage.SetMetadata("comment", f"pcgstudio {version('pcgstudio')}")
    root = UsdGeom.Xform.Define(stage, "/Map")
    stage.SetDefaultPrim(root.GetPrim())
    scene = _Scene(stage)
    lattice = Lattice.of(job.world, job.options.cells)
    tones = tint.ground_colours(job.world, lattice.rows, lattice.cols)[:, :3].astype(np.float32) / np.float32(65535)
    scene.mesh("/Map", ground(lattice), tones)
    job.tick(0.4, "writing water and buildings")
    for piece in (*waters(lattice), *built(job.world)):
        scene.mesh("/Map", piece)
    job.tick(0.6, "writing placed things")
    _placed(scene, job.world)
    stage.GetRootLayer().Save()
    return {
        "axes": "USD: x east, y north, z up, right-handed; metersPerUnit 1; the south-west corner lies at the origin",
        "resampling": f"ground on at most {job.options.cells} cells a side, a vertex at their corners",
        "instances": {kind: instances.counts(placed) for kind, placed in sorted(job.world.instances.items())},
        "default_prim": "/Map",
    }


class _Scene:
    """A stage and the materials that its meshes share."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        self._materials: dict[str, Any] = {}
        self._names: set[str] = set()

    def unique(self, parent: str, name: str) -> str:
        """Return a free path below ``parent``."""
        stem = re.sub(r"\W", "_", name)
        stem = stem if stem[:1].isalpha() or stem[:1] == "_" else f"_{stem}"
        path, number = f"{parent}/{stem}", 2
        while path in self._names:
            path, number = f"{parent}/{stem}_{number}", number + 1
        self._names.add(path)
        return path

    def mesh(self, parent: str, piece: Piece, tones: FloatArray | None = None) -> None:
        """Add a mesh; ``tones`` ``(n, 3)`` are linear colours of its vertices."""
        from pxr import Gf, UsdGeom, UsdShade, Vt  # noqa: PLC0415 - see `_made`

        made = UsdGeom.Mesh.Define(self.stage, self.unique(parent, piece.name))
        made.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(piece.vertices, dtype=np.float32)))
        made.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(_flat(piece.faces)))
        made.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(piece.faces), 3, dtype=np.int32)))
        made.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
        low, high = piece.vertices.min(axis=0), piece.vertices.max(axis=0)
        made.CreateExtentAttr([Gf.Vec3f(*low.tolist()), Gf.Vec3f(*high.tolist())])
        if piece.name == "terrain" or piece.alpha < 1:
            made.CreateDoubleSidedAttr(True)
        if tones is not None:
            colour = made.CreateDisplayColorPrimvar(UsdGeom.Tokens.vertex)
            colour.Set(Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(tones, dtype=np.float32)))
        else:
            made.CreateDisplayColorAttr([Gf.Vec3f(*tint.base_colour(piece.colour)[:3])])
        UsdShade.MaterialBindingAPI.Apply(made.GetPrim()).Bind(
            self.material(piece.material, piece.colour, piece.alpha, by_vertex=tones is not None)
        )

    def material(self, name: str, colour: Rgb, alpha: float, *, by_vertex: bool) -> Any:
        """Return the preview surface of a material, made when it is first asked for."""
        from pxr import Gf, Sdf, UsdGeom, UsdShade  # noqa: PLC0415 - see `_made`

        if name in self._materials:
            return self._materials[name]
        if not self._materials:
            UsdGeom.Scope.Define(self.stage, "/Map/Materials")
        path = self.unique("/Map/Materials", name)
        material = UsdShade.Material.Define(self.stage, path)
        shader = UsdShade.Shader.Define(self.stage, f"{path}/Surface")
        shader.CreateIdAttr("UsdPreviewSurface")
        tone = shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f)
        tone.Set(Gf.Vec3f(*tint.base_colour(colour)[:3]))
        shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(0.9 if alpha == 1 else 0.12)
        shader.CreateInput("opacity", Sdf.ValueTypeNames.Float).Set(alpha)
        if by_vertex:
            reader = UsdShade.Shader.Define(self.stage, f"{path}/Tone")
            reader.CreateIdAttr("UsdPrimvarReader_float3")
            reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set("displayColor")
            reader.CreateOutput("result", Sdf.ValueTypeNames.Float3)
            tone.ConnectToSource(reader.ConnectableAPI(), "result")
        shader.CreateOutput("surface", Sdf.ValueTypeNames.Token)
        material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
        self._materials[name] = material
        return material


def _flat(faces: NDArray[np.integer]) -> NDArray[np.int32]:
    return np.ascontiguousarray(faces, dtype=np.int32).reshape(-1)


def _placed(scene: _Scene, world: World) -> None:
    """Add a point instancer for every kind and species; its variants are the prototypes."""
    together: dict[tuple[str, str], list[Group]] = {}
    for group in groups(world):
        together.setdefault((group.kind, group.species), []).append(group)
    for (kind, species), variants in together.items():
        _instancer(scene, scene.unique("/Map", f"{kind}_{species}"), variants)
    _lamps(scene, world)


def _instancer(scene: _Scene, path: str, variants: list[Group]) -> None:
    from pxr import Sdf, UsdGeom, Vt  # noqa: PLC0415 - see `_made`

    made = UsdGeom.PointInstancer.Define(scene.stage, path)
    UsdGeom.Scope.Define(scene.stage, f"{path}/Prototypes")
    for number, group in enumerate(variants):
        prototype = f"{path}/Prototypes/variant_{number}"
        UsdGeom.Xform.Define(scene.stage, prototype)
        for part in group.parts:
            scene.mesh(prototype, Piece(part.material, part.material, part.colour, part.vertices, part.faces))
        made.CreatePrototypesRel().AddTarget(Sdf.Path(prototype))
    count = [len(g.position) for g in variants]
    made.CreateProtoIndicesAttr(Vt.IntArray.FromNumpy(np.repeat(np.arange(len(count), dtype=np.int32), count)))
    made.CreatePositionsAttr(Vt.Vec3fArray.FromNumpy(_joined([g.position for g in variants])))
    made.CreateScalesAttr(Vt.Vec3fArray.FromNumpy(_joined([g.scale for g in variants])))
    half = np.radians(np.concatenate([g.yaw_deg for g in variants]).astype(np.float64)) / 2
    turn = np.zeros((len(half), 4), dtype=np.float16)  # x, y, z, w: about z
    turn[:, 2], turn[:, 3] = np.sin(half), np.cos(half)
    made.CreateOrientationsAttr(Vt.QuathArray.FromNumpy(turn))
    made.CreateExtentAttr(made.ComputeExtentAtTime(0, 0))


def _joined(arrays: list[FloatArray]) -> FloatArray:
    return np.ascontiguousarray(np.concatenate(arrays), dtype=np.float32)


def _lamps(scene: _Scene, world: World) -> None:
    from pxr import Gf, UsdGeom, UsdLux  # noqa: PLC0415 - see `_made`

    lights: Mapping[str, Any] = {k: i for k, i in world.instances.items() if k == "light" and len(i)}
    for placed in lights.values():
        UsdGeom.Scope.Define(scene.stage, "/Map/Lights")
        for place in placed.placement[:, :3].tolist():
            lamp = UsdLux.SphereLight.Define(scene.stage, scene.unique("/Map/Lights", "lamp"))
            lamp.CreateRadiusAttr(0.1)
            lamp.CreateIntensityAttr(3000.0)
            lamp.CreateExtentAttr([Gf.Vec3f(-0.1), Gf.Vec3f(0.1)])
            lamp.AddTranslateOp().Set(Gf.Vec3d(*place))


USD = Target(
    name="usd",
    title="OpenUSD",
    text="Ground, water and buildings as meshes, placed things as point instancers, in one .usdc (needs usd-core).",
    is_folder=False,
    suffix=".usdc",
    options=UsdOptions,
    sized=_sized,
    made=_made,
    also={".usd": {}, ".usda": {}},
)
