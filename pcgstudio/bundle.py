"""The folder that a run leaves: recipe, report, model, picture, layers and events, complete or not at all.

======================  ==============================================================================
``recipe.pcg.json``     rebuilds everything else
``report.json``         asked against measured, and how the run went
``map.glb``             the map for other programs, see `pcgstudio.export.gltf`
``preview.png``         1280 x 720
``layers.npz``          every layer by name, ``instances_<kind>``, ``_species``, ``_size``
``layers.json``         what the arrays mean, see ``docs/reading-layers.md``
``session.jsonl``       the events of the run, one a line
======================  ==============================================================================

Times stand only in ``report.json`` and ``session.jsonl``; the other files are the same bytes for the same map.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import recipe as recipes
from .brief import Brief, Measured, Report
from .errors import InputError
from .export.gltf import write_glb
from .files import atomic_folder, check_replaceable, to_json, user_file
from .recipe import Recipe
from .world import Grid, Instances, Layer, World, array_digest
from .world import Path as Line

RECIPE, REPORT, GLB, PREVIEW = "recipe.pcg.json", "report.json", "map.glb", "preview.png"
LAYERS, LEGEND, SESSION = "layers.npz", "layers.json", "session.jsonl"
FILES = (RECIPE, REPORT, GLB, PREVIEW, LAYERS, LEGEND, SESSION)
PREVIEW_SIZE = (1280, 720)

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PREFIX = "instances_"
_AXES = "arrays are (rows, cols); row 0 is north, x east, y north, z up, metres; samples at cell centres"


@dataclass(frozen=True)
class Run:
    """How a bundle came about, for its report.

    Parameters
    ----------
    instruction : str
        What was asked, as typed; empty where no agent took part.
    status : {"done", "best_effort"}
        Whether every demand was met.
    rounds : int
        Proposals that were built.
    agent : str
        ``builtin``, ``model``, or ``none`` for a plain build.
    model : str, optional
        The language model's name.
    tokens : int
        Tokens in and out, together.
    seconds : float
        Wall time.
    protocol : {"studio", "paper"}
        Whose rules the agents played by.
    spent : tuple of mappings
        Tokens by agent, round and purpose.
    notes : tuple of str
        What happened beside the plan: a model that was gone, a proposal that the policy refused.
    """

    instruction: str = ""
    status: Literal["done", "best_effort"] = "done"
    rounds: int = 0
    agent: str = "none"
    model: str | None = None
    tokens: int = 0
    seconds: float = 0.0
    protocol: str = "studio"
    spent: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def check_target(target: Path) -> None:
    """Refuse early, before any work, a folder that a bundle could not replace.

    Raises
    ------
    InputError
        It is a file, holds other files, or cannot be written.
    """
    check_replaceable(target, RECIPE)


def write_bundle(
    target: Path,
    recipe: Recipe,
    world: World,
    brief: Brief,
    report: Report,
    run: Run,
    events: Iterable[str] = (),
    preview: NDArray[np.uint8] | None = None,
    more: Callable[[Path], None] | None = None,
    beside: Path | None = None,
) -> Path:
    """Write all seven files, and the user's own that the recipe names, or nothing.

    Parameters
    ----------
    target : Path
        The folder; created, or replaced as a whole if it is empty or an earlier bundle.
    recipe, world, brief, report
        The map, what was asked of it, and what was measured; the brief is also stored in the recipe.
    run : Run
        How it came about.
    events : iterable of str
        JSON texts, one an event.
    preview : ndarray, optional
        ``(720, 1280, 3) uint8``; rendered where it is left out.
    more : callable, optional
        Given the folder, before it is complete, to put further files into.
    beside : Path, optional
        Folder in which the files lie that the recipe names.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        The target is something else, or cannot be written.
    """
    with atomic_folder(target, RECIPE) as folder:
        _write_text(folder / RECIPE, recipes.dumps(recipe.model_copy(update={"brief": brief})))
        _write_text(folder / REPORT, to_json(report_document(brief, report, run)))
        write_glb(world, folder / GLB)
        write_layers(world, folder)
        _write_preview(world, folder / PREVIEW, preview)
        _write_text(folder / SESSION, "".join(line.rstrip("\n") + "\n" for line in events))
        if more is not None:
            more(folder)
        if beside is not None:
            take_along(recipe, beside, folder)
    return target


def take_along(recipe: Recipe, beside: Path, target: Path) -> None:
    """Copy the user's files that a recipe names from its folder to another, so that it builds there too.

    Raises
    ------
    BuildError
        One of them is missing, or lies outside the folder.
    """
    for step in recipe.steps:
        for name in step.parsed().files_in(beside):
            source, place = user_file(beside, name), target / name
            if not place.exists() or not place.samefile(source):
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, place)


def report_document(brief: Brief, report: Report, run: Run) -> dict[str, Any]:
    """Return the content of ``report.json``."""
    return {
        "instruction": run.instruction or brief.instruction,
        "status": run.status,
        "checks": [_check(m) for m in report.checks],
        "structural": [s.model_dump() for s in report.structural],
        "not_understood": list(brief.not_understood),
        "not_measurable": list(brief.not_measurable),
        "contradictions": list(brief.contradictions),
        "interpretations": list(brief.interpretations),
        "atmosphere": list(brief.atmosphere),
        "rounds": run.rounds,
        "agent": run.agent,
        "model": run.model,
        "protocol": run.protocol,
        "tokens": run.tokens,
        "tokens_by": [dict(one) for one in run.spent],
        "notes": list(run.notes),
        "seconds": round(run.seconds, 3),
        "version": version("pcgstudio"),
    }


def _check(one: Measured) -> dict[str, Any]:
    told = one.check.model_dump(mode="json")
    known = one.measured is not None and np.isfinite(one.measured)
    return {
        "quote": told["quote"],
        "metric": told["metric"],
        "arguments": told["arguments"],
        "region": told["region"],
        "relation": told["relation"],
        "asked": told["value"],
        "tolerance": told["tolerance"],
        "measured": one.measured if known else None,
        "unit": told["unit"],
        "weight": told["weight"],
        "passed": one.passed,
        "score": one.score,
    }


def layers_document(world: World) -> dict[str, Any]:
    """Return the content of ``layers.json``: what the arrays of ``layers.npz`` mean."""
    grid = world.grid
    return {
        "grid": {
            "rows": grid.rows,
            "cols": grid.cols,
            "cell_size_m": grid.cell_size_m,
            "extent_m": list(grid.extent_m),
            "origin_m": [0.0, 0.0],
            "axes": _AXES,
        },
        "layers": {
            name: {
                "unit": layer.unit,
                "kind": layer.kind,
                "legend": {str(number): text for number, text in layer.legend.items()},
                "source": layer.source,
            }
            for name, layer in world.layers.items()
        },
        "instances": {
            kind: {"count": len(placed), "species": list(placed.names), "source": placed.source}
            for kind, placed in world.instances.items()
        },
        "paths": [_path_document(line) for line in world.paths],
    }


def _path_document(line: Line) -> dict[str, Any]:
    # The shortest text that gives back the same float32, on one line a path: numbers indented one by one fill screens.
    points, width = (json.loads(f"[{','.join(map(str, a.reshape(-1)))}]") for a in (line.points, line.width_m))
    return {"kind": line.kind, "points": points, "width_m": width, "source": line.source}


def write_layers(world: World, folder: Path) -> None:
    """Write ``layers.npz`` and ``layers.json``, the same bytes for the same world.

    Arrays that shrink to less than 70 % are deflated at the fastest level; height fields do not, and are stored.
    """
    _write_text(folder / LEGEND, _compact_lists(layers_document(world)))
    with zipfile.ZipFile(folder / LAYERS, "w", allowZip64=True) as archive:
        for name, array in _arrays(world).items():
            head = io.BytesIO()
            data = np.ascontiguousarray(array)
            np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(data))
            info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            info.create_system, info.external_attr = 3, 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED if _shrinks(data) else zipfile.ZIP_STORED
            info._compresslevel = 1  # type: ignore[attr-defined]  # no public way to set it for a streamed member
            with archive.open(info, "w", force_zip64=data.nbytes > 1 << 31) as member:
                member.write(head.getvalue())
                member.write(data.reshape(-1).view(np.uint8).data)


def _arrays(world: World) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {name: layer.data for name, layer in world.layers.items()}
    for kind, placed in world.instances.items():
        arrays[f"{_PREFIX}{kind}"] = placed.placement
        arrays[f"{_PREFIX}{kind}_species"] = placed.species
        arrays[f"{_PREFIX}{kind}_size"] = placed.size
    return arrays


def _shrinks(data: NDArray[Any]) -> bool:
    """Whether deflating pays, judged by four samples of 16 KiB; smooth float32 fields gain 10 % for 15 MB/s."""
    if not data.size:
        return False
    flat = data.reshape(-1).view(np.uint8)
    step = max(len(flat) // 4, 16384)
    sample = b"".join(flat[at : at + 16384].tobytes() for at in range(0, len(flat), step))
    return len(zlib.compress(sample, 1)) < 0.7 * len(sample)


def _compact_lists(document: Mapping[str, Any]) -> str:
    """Return readable JSON with every path on a line of its own."""
    paths = ",\n".join(f"    {json.dumps(p, ensure_ascii=False, allow_nan=False)}" for p in document["paths"])
    text = to_json({k: v for k, v in document.items() if k != "paths"})
    return text.removesuffix("\n}\n") + ',\n  "paths": [' + (f"\n{paths}\n  " if paths else "") + "]\n}\n"


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_preview(world: World, path: Path, preview: NDArray[np.uint8] | None) -> None:
    from .render import render, save_png  # noqa: PLC0415 - the renderer loads only where a picture is made

    save_png(render(world, size=PREVIEW_SIZE) if preview is None else preview, path)


def content_hash(folder: Path) -> str:
    """Hash the content of a bundle: recipe, layers, legend and model; times and how arrays are packed do not count.

    Raises
    ------
    InputError
        A file is missing or damaged.
    """
    digest = hashlib.blake2b(digest_size=16)
    for name in (RECIPE, LEGEND, GLB):
        try:
            data = (folder / name).read_bytes()
        except OSError as error:
            raise InputError(f"'{folder}' is no complete bundle: '{name}' cannot be read; build it again") from error
        digest.update(f"{name} {len(data)} ".encode())
        digest.update(data)
    for name, array in sorted(_load_arrays(folder).items()):
        digest.update(f"{name} {array_digest(array)} ".encode())
    return digest.hexdigest()


def read_world(folder: Path) -> World:
    """Read layers, instances and paths of a bundle back; meshes come from building its recipe.

    Raises
    ------
    InputError
        A file is missing or damaged, or the two files disagree.
    """
    arrays = _load_arrays(folder)
    try:
        told = json.loads((folder / LEGEND).read_text(encoding="utf-8"))
        grid = Grid(*(told["grid"][k] for k in ("rows", "cols", "cell_size_m")))
        layers = {name: _layer(arrays[name], one) for name, one in told["layers"].items()}
        instances = {kind: _instances(arrays, kind, one) for kind, one in told["instances"].items()}
        paths = tuple(_line(one) for one in told.get("paths", ()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"'{folder / LEGEND}' does not fit its '{LAYERS}' ({error}); build the map again") from error
    for name, layer in layers.items():
        if layer.data.shape != grid.shape:
            raise InputError(f"layer '{name}' in '{folder}' is {layer.data.shape}, not {grid.shape}; build it again")
    return World(grid, layers, instances, (), paths)


def _load_arrays(folder: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(folder / LAYERS, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"'{folder / LAYERS}' cannot be read ({error}); build the map again") from error


def _layer(data: NDArray[Any], told: Mapping[str, Any]) -> Layer:
    legend = {int(number): text for number, text in told["legend"].items()}
    return Layer(data, told["unit"], told["kind"], legend, told.get("source", ""))


def _instances(arrays: Mapping[str, NDArray[Any]], kind: str, told: Mapping[str, Any]) -> Instances:
    placement, species, size = (arrays[f"{_PREFIX}{kind}{end}"] for end in ("", "_species", "_size"))
    return Instances(placement, species, size, tuple(told["species"]), told.get("source", ""))


def _line(told: Mapping[str, Any]) -> Line:
    points = np.array(told["points"], dtype=np.float32).reshape(-1, 3)
    return Line(told["kind"], points, np.array(told["width_m"], dtype=np.float32), told.get("source", ""))
