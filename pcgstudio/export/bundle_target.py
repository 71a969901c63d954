"""The bundle: the seven files that a run leaves, as `pcgstudio.bundle` describes them."""

from __future__ import annotations

from pcgstudio.params import Params
from pcgstudio.recipe import Recipe
from pcgstudio.world import World

from .targets import Facts, Job, Target
from .unity import glb_bytes


class BundleOptions(Params):
    """The bundle has no options."""


def sized(world: World, _options: BundleOptions) -> int:
    """About how many bytes a bundle takes."""
    layers = sum(layer.data.nbytes // (1 if layer.kind == "continuous" else 8) for layer in world.layers.values())
    return int(0.8 * layers) + 24 * sum(len(i) for i in world.instances.values()) + glb_bytes(world) + 900_000


def _made(job: Job) -> Facts:
    write_into(job)
    return {}


def write_into(job: Job, name: str = "") -> None:
    """Write the bundle into the job's folder, or into a folder of that name in it; the recipe's brief is measured."""
    from pcgstudio.brief import Brief  # noqa: PLC0415 - the renderer and the measures load only where they are used
    from pcgstudio.bundle import Run, write_bundle  # noqa: PLC0415
    from pcgstudio.measure import assess  # noqa: PLC0415

    recipe: Recipe = job.recipe
    brief = recipe.brief or Brief()
    measured = assess(job.world, brief)
    run = Run(
        instruction=brief.instruction, status="done" if measured.passed and brief.complete else "best_effort"
    )  # fmt: skip
    write_bundle(job.folder / name, recipe, job.world, brief, measured, run)


BUNDLE = Target(
    name="bundle",
    title="Bundle",
    text="The seven files that every run leaves: recipe, report, GLB, picture, layers, legend, session.",
    is_folder=True,
    suffix="",
    options=BundleOptions,
    sized=sized,
    made=_made,
    marker="recipe.pcg.json",
)
