"""Caves in hillsides, arches and overhangs: closed, open to the day, as many as asked, and to be walked under."""

import numpy as np
import pytest
import trimesh

from pcgstudio.build import build
from pcgstudio.errors import BuildError
from pcgstudio.export.surface import Lattice
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Compass
from pcgstudio.render import render
from pcgstudio.structure import structural_checks

from .asked import one

HILL = (("terrain_noise", {"amplitude_m": 14.0}), ("mountains", {"peaks": 1, "height_m": 110.0, "radius_m": 170.0}))


def world(*steps, seed=3, cells=128, extent=400.0):
    told = tuple(
        Step(id=f"{n}", generator=name, params=params, **({"where": where[0]} if where else {}))
        for n, (name, params, *where) in enumerate(steps)
    )
    return build(Recipe(seed=seed, extent_m=(extent, extent), resolution=cells, steps=told))


def caves(seed=3, cells=128, **params):
    return world(*HILL, ("voxel_caves", {"mouth_width_m": 10.0, "length_m": 80.0, **params}), seed=seed, cells=cells)


def inside(part, points):
    """Which points lie in a closed mesh: a ray upward leaves it an odd number of times."""
    a, b, c = (part.vertices[part.faces[:, k]].astype(float) for k in range(3))
    told = []
    for x, y, z in np.asarray(points, float) + np.array([1.3e-4, 0.7e-4, 0]):  # not onto an edge
        area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
        area = np.where(area == 0, np.inf, area)
        u = ((b[:, 0] - x) * (c[:, 1] - y) - (c[:, 0] - x) * (b[:, 1] - y)) / area
        v = ((c[:, 0] - x) * (a[:, 1] - y) - (a[:, 0] - x) * (c[:, 1] - y)) / area
        w = 1 - u - v
        over = u * a[:, 2] + v * b[:, 2] + w * c[:, 2] > z
        told.append(int(((u > 0) & (v > 0) & (w > 0) & over & np.isfinite(area)).sum()) % 2 == 1)
    return np.array(told)


def sound(made):
    return [f"{s.name}: {s.detail}" for s in structural_checks(made) if not s.passed]


@pytest.mark.parametrize("seed", range(5))
def test_caves_are_closed_and_as_many_as_asked(seed):
    made = caves(seed, count=2)
    assert len([p for p in made.parts if p.watertight]) == 2
    assert set(np.unique(made["cave_mouth"])) == {0, 1, 2}
    assert not sound(made)
    for part in made.parts:
        mesh = trimesh.Trimesh(part.vertices, part.faces, process=False)
        assert mesh.is_watertight
        assert mesh.volume > 0, "its faces look outward"


def test_one_walks_in_from_the_hillside_and_is_under_rock():
    made = caves()
    way = next(p for p in made.paths if p.kind == "cave")
    ground = made.grid.sample(made["height"], way.points)
    assert way.points[0, 2] >= ground[0] - 3.0, "it begins at the ground"
    inside = np.arange(len(way.points)) > 0.4 * len(way.points)
    assert (ground[inside] - way.points[inside, 2] > 10.0).all(), "it leads under the mountain"
    run = np.hypot(*np.diff(way.points[:, :2], axis=0).T).sum()
    assert run > 40.0


def test_the_passage_is_free_from_wall_to_wall():
    made = caves()
    way = next(p for p in made.paths if p.kind == "cave")
    eyes = way.points[2:-1] + np.array([0, 0, 1.6])
    assert not inside(made.parts[0], eyes).any(), "no rock stands at eye height on the way"


def test_the_ground_is_open_at_the_mouth_in_the_exported_mesh():
    made = caves()
    hole = made["hole"] > 0
    assert 2 <= hole.sum() < 0.02 * hole.size
    blocks = int(hole.sum())
    full = Lattice.of(world(*HILL)).terrain()
    assert len(Lattice.of(made).terrain().faces) == len(full.faces) - 2 * blocks


def test_the_mouth_is_dark_in_the_picture():
    steps = (*HILL, ("climate", {}), ("voxel_caves", {"mouth_width_m": 22.0, "count": 3}))
    with_caves, without = world(*steps, cells=192), world(*steps[:-1], cells=192)
    dark = [(render(w, size=(480, 320)).max(axis=2) < 45).sum() for w in (with_caves, without)]
    assert dark[0] > dark[1] + 20


def test_trees_leave_the_mouth_free():
    made = world(*HILL, ("voxel_caves", {"mouth_width_m": 20.0}), ("scatter", {"kind": "tree", "cover": 0.9}))
    trees = made.instances["tree"]
    assert (made["cave_mouth"][made.grid.cells_of(trees.placement)] == 0).all()


def test_flat_country_has_no_hillside_for_a_cave():
    with pytest.raises(BuildError, match="hillside"):
        world(("terrain_noise", {"amplitude_m": 2.0}), ("voxel_caves", {}))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["arch", "overhang"])
def test_rocks_are_closed_and_as_many_as_asked_in_their_region(kind, seed):
    south = Compass(place="south")
    made = world(HILL[0], ("rock_arches", {"kind": kind, "count": 3}, south), seed=seed)
    assert set(np.unique(made[kind])) == {0, 1, 2, 3}
    assert not sound(made)
    assert np.argwhere(made[kind] > 0)[:, 0].min() > 0.5 * made.grid.rows


def test_an_arch_can_be_walked_through_and_an_overhang_is_wider_above():
    arch, rock = (world(HILL[0], ("rock_arches", {"kind": k, "span_m": 24.0})) for k in ("arch", "overhang"))
    points = arch.parts[0].vertices
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    ground = float(arch.grid.sample(arch["height"], middle[None])[0])
    column = np.array([[middle[0], middle[1], ground + h] for h in (1.0, 3.0, 6.0)])
    assert not inside(arch.parts[0], column).any()
    above = points[(points[:, 2] > ground + 10) & (np.hypot(*(points - middle)[:, :2].T) < 8)]
    assert len(above), "stone spans the way"
    points = rock.parts[0].vertices
    ground = float(rock.grid.sample(rock["height"], points.mean(axis=0)[None])[0])
    low, high = (points[np.abs(points[:, 2] - ground - h) < 1.0] for h in (5.0, 13.0))
    assert np.ptp(high[:, 0]) > 1.3 * np.ptp(low[:, 0])


@pytest.mark.parametrize("seed", range(4))
def test_the_top_of_an_overhang_is_a_slab_without_a_spike(seed):
    made = world(HILL[0], ("rock_arches", {"kind": "overhang", "span_m": 24.0, "roughness": 1.0}), seed=seed)
    points = made.parts[0].vertices
    top = points[points[:, 2] > points[:, 2].max() - 3.0]
    assert np.ptp(top[:, :2], axis=0).min() > 5.0


def test_words_ask_for_them():
    assert one("a mountain with two caves", "count", feature="hillside cave").value == 2
    assert one("a natural arch in the desert", "count", feature="natural arch").value == 1
    assert one("three mushroom rocks", "count", feature="overhang").value == 3
    assert one("a cave with five chambers", "count", feature="room").value == 5


@pytest.mark.parametrize("seed", range(8))
def test_a_mouth_is_on_the_hill_and_seen_in_the_picture(seed):
    """The camera stands in the south-south-west; the only mountain has a side that it sees."""
    made = caves(seed)
    way = next(p for p in made.paths if p.kind == "cave").points
    into = (way[2, :2] - way[0, :2]) / np.hypot(*(way[2, :2] - way[0, :2]))
    assert into @ np.array([0.44, 0.9]) > 0.45, "it opens toward the viewer"
    inner = way[len(way) // 3, :2][None]
    assert made["mountain"][made.grid.cells_of(inner)].any(), "it leads into the mountain"
    for away in (20.0, 40.0, 80.0, 150.0):
        at = way[:1, :2] - away * np.array([[0.44, 0.9]])
        if (at > 0).all():
            assert made.grid.sample(made["height"], at)[0] < way[0, 2] + 0.75 * away, "ground hides it"
