"""The maps that come with the program: they load, build, keep their promises, and have a picture."""

import json

import numpy as np
import pytest
from PIL import Image

from pcgstudio.brief import Brief
from pcgstudio.build import build
from pcgstudio.errors import InputError
from pcgstudio.generator import load_generators
from pcgstudio.measure import assess
from pcgstudio.presets import preset_recipe, preset_recipes
from pcgstudio.recipe import dumps

NAMES = [preset.name for preset in preset_recipes()]


def missed(name, cells):
    """What a preset does not keep at that resolution, in words."""
    recipe = preset_recipe(name).load()
    report = assess(build(recipe, recipe.grid(cells)), recipe.brief or Brief())
    told = [f"{m.check.quote}: {m.check.metric} {m.measured}" for m in report.checks if not m.passed]
    return told + [f"{s.name}: {s.detail}" for s in report.structural if not s.passed]


def test_there_are_24_with_titles_of_their_own():
    assert len(NAMES) >= 24
    assert len({preset.load().name for preset in preset_recipes()}) == len(NAMES)


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="walled-town"):
        preset_recipe("waled-town")


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_what_the_program_would_write(name):
    preset = preset_recipe(name)
    recipe = preset.load()
    assert json.loads(preset.path.read_text()) == json.loads(dumps(recipe)), "every default is written out"
    assert recipe.brief is None or recipe.brief.complete or recipe.brief.not_measurable


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_is_small_and_shows_something(name):
    preset = preset_recipe(name)
    picture = Image.open(preset.picture)
    assert picture.size == (320, 180)
    assert picture.getpixel((0, 0))[3] == 0, "no paper of its own"
    assert preset.picture.stat().st_size < 80_000
    tones = np.asarray(picture.convert("L"), dtype=np.float32)
    assert tones.std() > 12, "more than paper"


def test_no_two_pictures_are_alike():
    small = {n: np.asarray(Image.open(preset_recipe(n).picture).convert("RGB").resize((32, 18)), float) for n in NAMES}
    for i, a in enumerate(NAMES):
        for b in NAMES[:i]:
            assert np.abs(small[a] - small[b]).mean() > 2.0, f"{a} looks like {b}"


def test_together_they_show_most_of_the_catalogue():
    used = {step.generator for preset in preset_recipes() for step in preset.load().steps}
    landscape = {g.name for g in load_generators().values() if not g.name.startswith("mask_")}
    assert len(used & landscape) >= 0.7 * len(landscape), sorted(landscape - used)


@pytest.mark.parametrize("name", NAMES)
def test_it_builds_small_and_keeps_its_promises(name):
    assert not missed(name, 256)


@pytest.mark.long
@pytest.mark.parametrize("cells", [512, 1024])
@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_its_promises_larger(name, cells):
    assert not missed(name, cells)
