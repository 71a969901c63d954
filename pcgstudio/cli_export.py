"""The command ``export``: a recipe or bundle to the files of another program."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .errors import InputError
from .options import Json, Resolution, cells
from .printout import clear, progress, say

if TYPE_CHECKING:  # imported inside the command, so that --help answers at once
    from .export.targets import Target
    from .generator import Tick
    from .recipe import Recipe

ANOTHER_WAY = 3
"""Exit code where something useful was written that is not what was asked: a bundle in place of a .blend."""


def export(
    file: Annotated[Path | None, typer.Argument(help="Recipe file or bundle folder.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The target; --list shows them.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File or folder; named after the map.")] = None,
    option: Annotated[list[str] | None, typer.Option("--option", help="NAME=VALUE of the target; repeat it.")] = None,
    resolution: Resolution = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the targets and their options.")] = False,
    as_json: Json = False,
) -> None:
    """Write a map as files that other programs open: engines, printers, tables, map viewers."""
    from .export.targets import get_target, load_targets, safe  # noqa: PLC0415 - see TYPE_CHECKING above

    if listed:
        print(_manual(load_targets().values(), as_json))
        return
    if file is None or to is None:
        raise InputError("name a recipe or bundle and a target: pcgstudio export map --to unity; --list shows them")
    target = get_target(to)
    options = target.parsed(_pairs(option or ()), out)
    recipe = _recipe(file, resolution)
    path = out or Path(f"{safe(recipe.name)}{target.suffix_of(options) or f'_{target.name}'}")
    target.check(path, options)
    written = _written(target, file, recipe, path, options)
    for note in written.notes:
        say(note)
    if as_json:
        told = {"target": target.name, "out": str(written[0]), "files": [str(p) for p in written if p.is_file()]}
        print(json.dumps({**told, "notes": list(written.notes)}, ensure_ascii=False))
    else:
        say(f"written: {written[0]}")
    if written[0] != path:
        raise typer.Exit(ANOTHER_WAY)


def _recipe(file: Path, resolution: int | None) -> Recipe:
    from .recipe import load  # noqa: PLC0415 - see TYPE_CHECKING above

    recipe, count = load(file), cells(resolution)
    return recipe if count is None else recipe.model_copy(update={"resolution": count})


def _written(target: Target, file: Path, recipe: Recipe, path: Path, options: Any) -> Any:
    """Build the recipe and write it; meshes are in no bundle's layers, so a bundle is built again too."""
    from .build import build  # noqa: PLC0415 - see TYPE_CHECKING above
    from .recipe import folder_of  # noqa: PLC0415

    try:
        world = build(recipe, tick=_part(progress, 0.0, 0.6), folder=folder_of(file))
        return target.write(world, recipe, path, options, _part(progress, 0.6, 1.0))
    finally:
        clear()


def _part(tick: Tick, low: float, high: float) -> Tick:
    """Return a tick that fills only a part of the bar."""

    def part(fraction: float, text: str) -> None:
        tick(low + (high - low) * fraction, text)

    return part


def _pairs(words: Iterable[str]) -> dict[str, str]:
    """Return the options as typed."""
    told = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise InputError(f"--option {word} has no value; write --option {name}=VALUE")
        told[name.strip().replace("-", "_")] = value.strip()
    return told


def _manual(targets: Iterable[Target], as_json: bool) -> str:
    """Return every target with its options, for people or for programs."""
    from .params import parameters  # noqa: PLC0415 - see TYPE_CHECKING above

    if as_json:
        told = [
            {"name": t.name, "title": t.title, "text": t.text, "folder": t.is_folder, "suffix": t.suffix,
             "options": t.options.model_json_schema()}
            for t in targets
        ]  # fmt: skip
        return json.dumps(told, indent=2, ensure_ascii=False)
    lines = []
    for target in targets:
        lines.append(f"{target.name:10} {target.text}")
        for p in parameters(target.options):
            span = "|".join(p.options) or p.type
            bounds = f" {p.minimum:g} to {p.maximum:g}" if p.minimum is not None and p.maximum is not None else ""
            default = str(p.default).lower() if isinstance(p.default, bool) else p.default
            lines.append(f"{'':10}   {p.name}={default} ({span}{bounds}{f' {p.unit}' if p.unit else ''}): {p.text}")
    return "\n".join(lines)
