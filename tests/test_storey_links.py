"""The storeys of a dungeon, drawn beside each other, are linked by lines from stairs to stairs."""

import numpy as np
import pytest

from pcgstudio.build import build
from pcgstudio.recipe import Recipe, Step
from pcgstudio.render import cutout, render
from pcgstudio.storey_links import stairs


@pytest.fixture(scope="module")
def cellars():
    steps = (
        Step(id="rooms", generator="rooms", params={"room_count": 4}),
        Step(id="floors", generator="floors", params={"room_count": 3, "stairs": 2}),
    )
    return build(Recipe(seed=4, extent_m=(64.0, 64.0), resolution=128, steps=steps))


def red(picture):
    r, g, b = np.moveaxis(picture.astype(int), -1, 0)
    return (r > g + 60) & (r > b + 60) & (r < 200)


def test_both_stairs_are_found_on_the_ground_floor(cellars):
    places = stairs(cellars, 1)
    assert places.shape == (2, 3)
    for x, y, _ in places:
        row, col = (int(v[0]) for v in cellars.grid.cells_of(np.array([[x, y]])))
        near = cellars.category("cell", "stairs")[row - 3 : row + 4, col - 3 : col + 4]
        assert near.any()


@pytest.mark.parametrize("view", ["three_quarter", "top"])
def test_a_dashed_line_leads_from_storey_to_storey(cellars, view):
    marked = red(render(cellars, size=(640, 420), view=view))
    across = marked[:, 240:400].any(axis=0)  # where one picture ends and the next begins
    assert 0.2 < across.mean() < 0.95
    assert marked.mean() < 0.02


def test_the_lines_cover_the_paper_of_a_picture_without_any(cellars):
    picture = cutout(cellars, size=(640, 420))
    line = red(picture[..., :3]) & (picture[..., 3] > 128)
    assert line[:, 290:350].any()
