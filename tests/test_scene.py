"""What the live view draws: it covers the map, stands where the map stands, and has a colour everywhere."""

import numpy as np
import pytest

from pcgstudio.build import build
from pcgstudio.recipe import Recipe, Step
from pcgstudio.ui import scene
from pcgstudio.ui.scene import scene_of

from .worlds import island


@pytest.fixture(scope="module")
def shown():
    world = island()
    return world, scene_of(world)


def visible(found, detail):
    return [p for p in found.pieces if p.detail in ("always", detail)]


@pytest.mark.parametrize("detail", ["rest", "moving"])
def test_the_ground_covers_the_map_at_its_height(shown, detail):
    world, found = shown
    ground = next(p for p in visible(found, detail) if p.places is not None)
    assert np.allclose(ground.vertices[:, :2].max(axis=0), world.grid.extent_m)
    assert np.allclose(ground.vertices[:, :2].min(axis=0), 0)
    surface = np.where(np.isnan(world["water_level"]), world["height"], world["water_level"])
    assert np.isclose(ground.vertices[:, 2].max(), surface.max(), atol=2)
    assert np.isclose(ground.vertices[:, 2].min(), 0, atol=1)  # the sea


def test_every_piece_is_whole_and_coloured(shown):
    for piece in shown[1].pieces:
        assert piece.faces.min() >= 0
        assert piece.faces.max() < len(piece.vertices)
        assert np.isfinite(piece.vertices).all()
        if piece.places is None:
            assert piece.colour.shape == (len(piece.faces), 3)
        else:
            assert piece.places.shape == (len(piece.vertices), 2)
            assert -0.01 < piece.places.min() <= piece.places.max() < 1.01


def test_north_of_the_picture_lies_in_the_north(shown):
    ground = next(p for p in shown[1].pieces if p.places is not None)
    assert np.allclose(ground.places, ground.vertices[:, :2] / shown[0].grid.extent_m, atol=1e-5)
    assert ground.colour.shape[0] * 64 == ground.colour.shape[1] * 48


def test_the_cut_is_closed_and_shows_water_over_soil(shown):
    world, found = shown
    ground, sides = visible(found, "rest")[:2]
    assert sides.vertices[:, 2].min() < world["height"].min()
    assert np.isclose(sides.vertices[:, 2].max(), ground.vertices[:, 2][_rim(ground, world)].max())
    a, b, c = (sides.vertices[sides.faces[:, k]] for k in range(3))
    outward = np.cross(b - a, c - a)[:, :2] * ((a + b + c)[:, :2] / 3 - np.array(world.grid.extent_m) / 2)
    assert (outward.sum(axis=1) > -1e-3).all()
    deep = sides.vertices[sides.faces[:, 0], 2] < world["height"].min() - 2
    bluish = sides.colour[:, 2].astype(int) - sides.colour[:, 0]
    assert bluish[deep].max() < 0  # soil is brown
    assert bluish.max() > 40  # water is blue


def _rim(ground, world):
    x, y = ground.vertices[:, 0], ground.vertices[:, 1]
    return (x == 0) | (y == 0) | np.isclose(x, world.grid.extent_m[0]) | np.isclose(y, world.grid.extent_m[1])


def test_trees_and_towers_stand_on_it(shown):
    found = shown[1]
    things = [p for p in visible(found, "rest") if p.places is None][1:]
    assert sum(len(p.faces) for p in things) > 2000
    assert max(p.vertices[:, 2].max() for p in things) == pytest.approx(45)  # the tower


def test_a_large_forest_is_thinned_while_the_camera_moves(monkeypatch, shown):
    monkeypatch.setattr(scene, "TRIANGLES_MOVING", 1000)
    found = scene_of(shown[0])
    counts = {d: sum(len(p.faces) for p in visible(found, d)[2:]) for d in ("rest", "moving")}
    assert 0 < counts["moving"] < 0.4 * counts["rest"]


def test_rooms_are_lit_from_the_picture_above():
    steps = (Step(id="rooms", generator="rooms", params={"room_count": 5}),)
    found = scene_of(build(Recipe(extent_m=(80, 80), resolution=160, steps=steps)))
    floors = [p for p in found.pieces if p.places is not None]
    assert found.elevation_deg > 50
    assert len(floors) == 2  # slab, rooms
    u, v = (floors[1].places[floors[1].faces[:, 0]] * (scene.TEXELS - 1)).round().astype(int).T
    assert (floors[1].colour[scene.TEXELS - 1 - v, u].max(axis=1) > 0).mean() > 0.98  # nothing lies outside of it
