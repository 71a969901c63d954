import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcgstudio.errors import TooLargeError
from pcgstudio.generator import load_generators
from pcgstudio.memory import check_memory, costs, need_of
from pcgstudio.recipe import Hold, Recipe, Step
from pcgstudio.region import Compass
from pcgstudio.world import Grid


def recipe(*names):
    return Recipe(seed=3, steps=tuple(Step(id=n, generator=n) for n in names))


ISLAND = recipe("terrain_noise", "landmass", "mountains", "hydraulic_erosion", "rivers", "climate", "scatter")


@settings(deadline=None)  # the first call imports every generator
@given(
    st.integers(10**8, 10**11),
    st.sampled_from([(1000, 1000), (1000, 500), (300, 1000), (160, 10), (1000, 333)]),
    st.sampled_from([0, 1 << 26, 1 << 30]),
    st.sampled_from([None, frozenset()]),
)
def test_a_map_too_large_is_refused_with_a_resolution_that_fits(free, extent, cached, keep):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pcgstudio.memory.available_bytes", lambda: free)
        with pytest.raises(TooLargeError) as caught:
            check_memory(ISLAND, Grid.over(extent, 200_000), keep, cached)
        if "free some memory" in str(caught.value):
            with pytest.raises(TooLargeError):
                check_memory(ISLAND, Grid.over(extent, 64), keep, cached)
            return
        fits = int(str(caught.value).split("--resolution ")[1].split()[0])
        check_memory(ISLAND, Grid.over(extent, fits), keep, cached)
        with pytest.raises(TooLargeError):
            check_memory(ISLAND, Grid.over(extent, fits + 192), keep, cached)


def test_the_step_that_takes_most_is_named(monkeypatch):
    monkeypatch.setattr("pcgstudio.memory.available_bytes", lambda: 1 << 20)
    with pytest.raises(TooLargeError, match="in step 'settlement'"):
        check_memory(recipe("terrain_noise", "settlement"), Grid.over((1000.0, 1000.0), 4096))


def test_every_generator_was_measured():
    missing = set(load_generators()) - set(costs().working)
    assert not missing, f"measure them with: python benchmarks/generators.py --cells 2048 --write {' '.join(missing)}"


def test_heights_alone_need_less_than_everything():
    assert need_of(ISLAND, frozenset()).peak < need_of(ISLAND).peak


def test_a_held_map_is_there_beside_the_present_one():
    held = ISLAND.model_copy(update={"hold": Hold(region=Compass(place="north"), recipe=ISLAND)})
    assert need_of(held).peak > need_of(ISLAND).peak + 20


PEAK = """
import sys
from pathlib import Path
from pcgstudio.build import build
from pcgstudio.memory import need_of
from pcgstudio.recipe import Recipe, Step
extent = 256.0 if "rooms" in sys.argv else 2048.0
recipe = Recipe(seed=3, extent_m=(extent,) * 2, steps=tuple(Step(id=n, generator=n) for n in sys.argv[1:]))
build(recipe, recipe.grid(128))
def resident(field):
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith(field))
    return int(line.split()[1]) * 1024
Path("/proc/self/clear_refs").write_text("5")
before = resident("VmRSS")
build(recipe, recipe.grid(1024))
print((resident("VmHWM") - before) / 1024**2, need_of(recipe).peak)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a record of the peak that can be reset")
@pytest.mark.parametrize(
    "names", [("terrain_noise", "landmass", "rivers"), ("terrain_noise", "climate", "scatter"), ("rooms", "roles")]
)
def test_the_estimate_is_true(names):
    """A build takes no more than was said, and no less than a third of it."""
    environment = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
    done = subprocess.run(
        [sys.executable, "-c", PEAK, *names], capture_output=True, text=True, check=True, env=environment, timeout=240
    )
    taken, said = map(float, done.stdout.split())
    assert said / 3 <= taken <= said * 1.05
