"""Pictures look at what the map is about: a wall that turns its back to the usual view is seen from where it faces."""

import numpy as np
import pytest

from pcgstudio.aspect import AZIMUTH_DEG, azimuth
from pcgstudio.render import render
from pcgstudio.world import Grid, Layer, World

N, SIDE = 96, 480.0


def stepped(drops_to, named="cliff"):
    """Return a plateau that falls off in one direction over a steep face."""
    grid = Grid.over((SIDE, SIDE), N)
    east, north = drops_to
    along = (grid.xs()[None, :] - SIDE / 2) * east + (grid.ys()[:, None] - SIDE / 2) * north
    height = np.clip(40 - along * 3, 0, 80).astype(np.float32)
    face = (height > 0) & (height < 80)
    return World(grid, {"height": Layer(height, "m"), named: Layer.mask(face)})


@pytest.mark.parametrize(("drops_to", "quarter"), [((0, -1), 0), ((1, 0), 90), ((0, 1), 180), ((-1, 0), 270)])
def test_a_cliff_is_seen_from_the_side_that_it_drops_to(drops_to, quarter):
    off = (azimuth(stepped(drops_to)) - quarter + 180) % 360 - 180
    assert abs(off) < 90


def test_the_usual_view_stays_where_it_shows_the_subject_or_there_is_none():
    assert azimuth(stepped((0, -1))) == AZIMUTH_DEG
    assert azimuth(stepped((0, 1), named="hill")) == AZIMUTH_DEG


def test_the_floor_of_a_canyon_counts_not_its_walls():
    grid = Grid.over((SIDE, SIDE), N)
    across = (grid.xs()[None, :] + grid.ys()[:, None] - SIDE) / np.sqrt(2)  # runs from north-west to south-east
    height = np.clip(3 * np.abs(across) - 40, 0, 80).astype(np.float32)
    world = World(grid, {"height": Layer(height, "m"), "canyon": Layer.mask(height < 80)})
    assert azimuth(world) in (26.0, -154.0, 64.0, -116.0)  # along it, not across


def test_the_picture_turns_with_it():
    lit, away = (render(stepped(d), size=(240, 160)).astype(int) for d in ((0, -1), (0, 1)))
    unturned = render(stepped((0, 1), named="hill"), size=(240, 160)).astype(int)
    assert np.abs(away - unturned).max() > 60
    assert np.abs(lit - render(stepped((0, -1), named="hill"), size=(240, 160))).max() == 0
