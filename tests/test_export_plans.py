"""Two-dimensional exports as their readers see them: Tiled, LDtk, virtual tabletops, GeoTIFF and GeoJSON."""

import base64
import io
import json
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import pytiled_parser
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from scipy import ndimage

from pcgstudio.export import outlines
from pcgstudio.export.plan import lattice, plan_of
from pcgstudio.export.targets import get_target
from pcgstudio.recipe import Recipe
from pcgstudio.world import CELLS, Instances, Layer

from .export_worlds import EAST, NORTH, lopsided, vault
from .worlds import island


def export(world, folder, name, suffix, **options):
    target = get_target(name)
    path = folder / f"out{suffix}"
    target.write(world, Recipe(name="vault", seed=3), path, target.parsed(options, path))
    return path


def manifest(path):
    return json.loads(path.with_name(f"{path.name}.json").read_text())


# -- outlines ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 10_000))
def test_outlines_enclose_exactly_their_cells(rows, cols, seed):
    mask = np.random.default_rng(seed).random((rows, cols)) < 0.55
    found = list(outlines.areas(mask))
    assert len(found) == ndimage.label(mask)[1]
    covered = np.zeros(mask.shape, int)
    y, x = np.mgrid[:rows, :cols] + 0.5
    for one in found:
        assert outlines.area(one.outer) > 0
        assert all(outlines.area(hole) < 0 for hole in one.holes)
        inside = inside_ring(one.outer, x, y)
        for hole in one.holes:
            inside ^= inside_ring(hole, x, y)
        covered += inside
    assert (covered == mask).all()
    total = sum(outlines.area(o.outer) + sum(outlines.area(h) for h in o.holes) for o in found)
    assert total == mask.sum()


def inside_ring(ring, x, y):
    """Even-odd rule, by crossings of a ray to the east."""
    crossed = np.zeros(x.shape, int)
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if x0 == x1:
            crossed += (x < x0) & (y > min(y0, y1)) & (y < max(y0, y1))
    return crossed % 2 == 1


# -- Tiled -------------------------------------------------------------------------------------------------------------


def tile_kinds(parsed, layer):
    """Names of the tiles of a layer, by row and column."""
    (tileset,) = parsed.tilesets.values()
    names = {0: ""} | {tileset.firstgid + n: t.class_ for n, t in tileset.tiles.items()}
    data = next(one for one in parsed.layers if one.name == layer).data
    return np.vectorize(names.get)(np.array(data))


def test_tiled_opens_a_landscape(tmp_path):
    world = island()
    path = export(world, tmp_path, "tmx", ".tmx", tile_px="16")
    parsed = pytiled_parser.parse_map(path)
    assert tuple(parsed.map_size) == (64, 48)
    assert tuple(parsed.tile_size) == (16, 16)
    ground, water = tile_kinds(parsed, "ground"), tile_kinds(parsed, "water")
    assert ground[20, 20] == "grassland"
    assert water[0, 0] == "sea"
    assert (water == "lake").sum() == (world["water_kind"] == 2).sum()
    assert (water == "river").sum() == (world["water_kind"] == 3).sum()
    objects = {one.name: one.tiled_objects for one in parsed.layers if hasattr(one, "tiled_objects")}
    for kind, placed in world.instances.items():
        assert len(objects[kind]) == len(placed)
    north = world.grid.extent_m[1]
    for found, (x, y, *_), species in zip(
        objects["tree"], world.instances["tree"].placement.tolist(), world.instances["tree"].species, strict=True
    ):
        assert tuple(found.coordinates) == pytest.approx((x * 4, (north - y) * 4), abs=0.01)
        assert found.name == world.instances["tree"].names[species]
    (river,) = objects["paths"]
    assert len(river.points) == len(world.paths[0].points)
    (tileset,) = parsed.tilesets.values()
    picture = Image.open(tmp_path / tileset.image.name)
    assert picture.size == (tileset.columns * 16, tileset.tile_count // tileset.columns * 16)


def test_tiled_shows_an_interior_square_by_square(tmp_path):
    path = export(vault(), tmp_path, "tmx", ".tmx")
    parsed = pytiled_parser.parse_map(path)
    assert tuple(parsed.map_size) == (16, 12)  # its squares of 2 m, not the grid of 0.5 m
    kinds = tile_kinds(parsed, "cells")
    assert Counter(kinds.ravel())["door"] == 2
    assert [kinds[5, c] for c in (2, 6, 7, 9, 10, 13)] == ["floor", "door", "corridor", "door", "floor", ""]
    rooms = next(one for one in parsed.layers if one.name == "rooms").tiled_objects
    assert [r.name for r in rooms] == ["room 1", "room 2"]
    start = rooms[0].coordinates
    corners = np.array([(p.x + start.x, p.y + start.y) for p in rooms[0].points])
    assert sorted(map(tuple, corners / 32)) == [(2, 4), (2, 7), (6, 4), (6, 7)]
    roles = {o.name: tuple(o.coordinates) for o in next(k for k in parsed.layers if k.name == "roles").tiled_objects}
    assert roles["entrance"] == (2.5 * 32, 5.5 * 32)


def test_storeys_become_layers_of_their_own(tmp_path):
    world = vault()
    cell = world["cell"].copy()
    cell[cell == CELLS.index("door")] = CELLS.index("wall")
    above = replace(world, layers={**world.layers, "cell_1": Layer.named(cell, CELLS), "room_1": world.layers["room"]})
    parsed = pytiled_parser.parse_map(export(above, tmp_path, "tmx", ".tmx"))
    assert "door" not in tile_kinds(parsed, "cells_storey_1")
    assert "door" in tile_kinds(parsed, "cells")


def test_squares_are_found_from_the_walls():
    world = vault()
    assert lattice(world) == 4
    cell = world["cell"].copy()
    cell[13, 21] = CELLS.index("rock")
    assert lattice(replace(world, layers={**world.layers, "cell": Layer.named(cell, CELLS)})) == 1


def test_narrow_water_and_ways_survive_coarse_squares():
    world = island()
    plan = plan_of(world, 16)
    water = next(s for s in plan.sheets if s.name == "water")
    river = water.names.index("river") + 1
    columns = np.flatnonzero((world["water_kind"] == 3).any(axis=0)) // 4
    assert set(np.flatnonzero((water.ids == river).any(axis=0))) == set(columns)


# -- LDtk --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [island, vault])
def test_ldtk_holds_grids_and_entities(make, tmp_path):
    world = make()
    told = json.loads(export(world, tmp_path, "ldtk", ".ldtk", tile_px="8").read_text())
    assert told["jsonVersion"] == told["__header__"]["appVersion"] == "1.5.3"
    (level,) = told["levels"]
    layers = {one["__identifier"]: one for one in level["layerInstances"]}
    uids = {one["uid"]: one for one in told["defs"]["layers"]}
    assert [one["layerDefUid"] for one in level["layerInstances"]] == list(uids)
    plan = plan_of(world, 256)
    for sheet in plan.sheets:
        layer = layers[sheet.name[:1].upper() + sheet.name[1:]]
        assert (layer["__cWid"], layer["__cHei"]) == (plan.cols, plan.rows)
        assert (level["pxWid"], level["pxHei"]) == (plan.cols * 8, plan.rows * 8)
        values = {v["value"]: v["identifier"] for v in uids[layer["layerDefUid"]]["intGridValues"]}
        names = [values.get(v, "") for v in layer["intGridCsv"]]
        wanted = np.array(["", *sheet.names])[sheet.ids].reshape(-1)
        assert names == wanted.tolist()
    entities = layers["Entities"]["entityInstances"]
    defined = {one["uid"]: one["identifier"] for one in told["defs"]["entities"]}
    assert len(entities) == sum(len(p) for p in world.instances.values())
    assert all(defined[e["defUid"]] == e["__identifier"] for e in entities)
    assert len({e["iid"] for e in entities}) == len(entities)
    counts = Counter(e["__tags"][0] for e in entities)
    assert counts == {kind: len(placed) for kind, placed in world.instances.items()}
    for e in entities:
        assert e["__grid"] == [e["px"][0] // 8, e["px"][1] // 8]
        assert 0 <= e["px"][0] < level["pxWid"]
        assert 0 <= e["px"][1] < level["pxHei"]
    identifiers = [v["identifier"] for one in uids.values() for v in one["intGridValues"]] + list(defined.values())
    assert all(re.fullmatch(r"[A-Za-z_]\w*", name) for name in identifiers)  # others are refused by the editor


def test_ldtk_rows_run_from_the_north_west(tmp_path):
    told = json.loads(export(vault(), tmp_path, "ldtk", ".ldtk").read_text())
    cells = next(one for one in told["levels"][0]["layerInstances"] if one["__identifier"] == "Cells")
    grid = np.array(cells["intGridCsv"]).reshape(12, 16)
    values = {v["identifier"]: v["value"] for one in told["defs"]["layers"] for v in one["intGridValues"]}
    assert grid[5, 6] == grid[5, 9] == values["door"]
    assert grid[0].max() == 0
    assert grid[4, 2] == values["floor"]


# -- virtual tabletop --------------------------------------------------------------------------------------------------

FINE = 16


def drawn(told, *, doors):
    """Walls as a picture of `FINE` pixels a square; with doors shut, their portals too."""
    size = told["resolution"]["map_size"]
    image = Image.new("1", (round(size["x"] * FINE), round(size["y"] * FINE)))
    draw = ImageDraw.Draw(image)
    lines = list(told["line_of_sight"])
    if doors:
        lines += [p["bounds"] for p in told["portals"]]
    for line in lines:
        draw.line([(p["x"] * FINE, p["y"] * FINE) for p in line], fill=1, width=3)
    return np.asarray(image)


def reached(wall, square):
    """What can be reached from the middle of a square without crossing a wall."""
    areas, _ = ndimage.label(~wall)
    c, r = (int((v + 0.5) * FINE) for v in square)
    return areas == areas[r, c]


def middle(mask, square):
    c, r = (int((v + 0.5) * FINE) for v in square)
    return bool(mask[r, c])


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = export(vault(), tmp_path_factory.mktemp("vtt"), "uvtt", ".dd2vtt", pixels="32")
    return json.loads(path.read_text()), manifest(path)


ROOM_A, CORRIDOR, ROOM_B, OUTSIDE = (3, 5), (7, 5), (10, 5), (14, 10)


def test_no_one_enters_a_room_but_through_a_door(table):
    told, _ = table
    shut, open_ = drawn(told, doors=True), drawn(told, doors=False)
    for place in (ROOM_A, CORRIDOR, ROOM_B):
        assert not middle(reached(shut, OUTSIDE), place)
        assert not middle(reached(open_, OUTSIDE), place)
    assert not middle(reached(shut, ROOM_A), CORRIDOR)
    assert not middle(reached(shut, ROOM_B), CORRIDOR)
    assert middle(reached(open_, ROOM_A), CORRIDOR)
    assert middle(reached(open_, ROOM_A), ROOM_B)


def test_one_door_opened_joins_only_its_two_sides(table):
    told, _ = table
    west = min(told["portals"], key=lambda p: p["position"]["x"])
    wall = drawn({**told, "portals": [p for p in told["portals"] if p is not west]}, doors=True)
    assert middle(reached(wall, ROOM_A), CORRIDOR)
    assert not middle(reached(wall, ROOM_A), ROOM_B)


def test_doors_stand_across_their_passages(table):
    told, _ = table
    assert [(p["position"]["x"], p["position"]["y"]) for p in told["portals"]] == [(6.5, 5.5), (9.5, 5.5)]
    for portal in told["portals"]:
        a, b = portal["bounds"]
        assert a["x"] == b["x"]  # the passage runs east and west
        assert {a["y"], b["y"]} == {5, 6}
        assert portal["closed"]
        assert abs(np.sin(portal["rotation"])) == pytest.approx(1, abs=1e-5)


def test_the_table_knows_its_grid_lights_and_picture(table):
    told, facts = table
    assert told["format"] == 0.3
    assert told["resolution"]["pixels_per_grid"] == 32
    assert told["resolution"]["map_size"] == {"x": 16, "y": 12}  # squares of 2 m
    assert facts["square_m"] == 2
    picture = Image.open(io.BytesIO(base64.b64decode(told["image"])))
    assert picture.format == "PNG"
    assert picture.size == (16 * 32, 12 * 32)
    lights = [(light["position"]["x"], light["position"]["y"]) for light in told["lights"]]
    assert lights == [(4, 5.5), (11, 5)]
    light = np.asarray(picture.convert("RGB")).astype(int).sum(axis=2)
    floors = [light[int(r * 32), int(c * 32)] for c, r in ((3.5, 5.5), (4.5, 6.5), (10.5, 4.5), (11.5, 5.5))]
    around = [light[int(r * 32), int(c * 32)] for c, r in ((3.5, 3.5), (1.5, 5.5), (12.5, 5.5), (10.5, 6.5))]
    assert min(floors) > max(around)  # lit floors within their walls, where the grid says


def test_doors_north_and_south_lie_flat(tmp_path):
    turned = vault()
    layers = {n: replace(layer, data=np.rot90(layer.data).copy()) for n, layer in turned.layers.items()}
    grid = replace(turned.grid, rows=turned.grid.cols, cols=turned.grid.rows)
    from pcgstudio.export.uvtt import portals, walls

    world = replace(turned, grid=grid, layers=layers, instances={}, parts=())
    found = list(portals(world, 2.0))
    assert len(found) == 2
    for portal in found:
        a, b = portal["bounds"]
        assert a["y"] == b["y"]
        assert abs(a["x"] - b["x"]) == 1
    told = {"resolution": {"map_size": {"x": 12, "y": 16}}, "line_of_sight": list(walls(world, 2.0)), "portals": found}
    assert not middle(reached(drawn(told, doors=True), (0, 0)), (5, 12))


def test_a_town_map_has_the_walls_of_its_houses(tmp_path):
    path = export(lopsided(), tmp_path, "uvtt", ".dd2vtt", pixels="16")
    told = json.loads(path.read_text())
    (house,) = told["line_of_sight"]
    square = manifest(path)["square_m"]
    points = np.array([(p["x"], p["y"]) for p in house]) * square
    assert np.allclose(points[:-1].mean(axis=0), (128, NORTH - 96), atol=0.01)
    assert np.linalg.norm(points[1] - points[0]) == pytest.approx(12, abs=0.01)
    assert told["portals"] == []
    picture = Image.open(io.BytesIO(base64.b64decode(told["image"])))
    assert picture.size[0] / picture.size[1] == pytest.approx(EAST / NORTH, rel=0.01)
    colour = np.asarray(picture).astype(int)
    snow = colour[int(0.1 * colour.shape[0]), int(0.15 * colour.shape[1])]
    assert snow.min() > 170  # the picture shows north up


# -- maps --------------------------------------------------------------------------------------------------------------


def test_geotiff_lies_where_it_says(tmp_path):
    world = lopsided()
    path = export(world, tmp_path, "geotiff", ".tif", epsg="32633", east_m="500000", north_m="5200000")
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        assert (page.asarray() == world["height"]).all()
        assert page.dtype == np.float32
        geo = page.geotiff_tags
    assert geo["ModelPixelScale"][:2] == [2.0, 2.0]
    assert geo["ModelTiepoint"] == [0, 0, 0, 500000, 5200000 + NORTH, 0]  # the north-west corner
    assert int(geo["ProjectedCSTypeGeoKey"]) == 32633
    assert int(geo["GTModelTypeGeoKey"]) == 1
    assert int(geo["GTRasterTypeGeoKey"]) == 1
    assert int(geo["ProjLinearUnitsGeoKey"]) == int(geo["VerticalUnitsGeoKey"]) == 9001
    assert manifest(path)["crs"] == "EPSG:32633"


def test_geojson_draws_what_is_there(tmp_path):
    world = island()
    told = json.loads(export(world, tmp_path, "geojson", ".geojson").read_text())
    by_kind = {}
    for feature in told["features"]:
        by_kind.setdefault(feature["properties"]["kind"], []).append(feature)
    cell = world.grid.cell_area_m2
    (lake,) = by_kind["lake"]
    assert lake["properties"]["area_m2"] == (world["water_kind"] == 2).sum() * cell
    sea = sum(f["properties"]["area_m2"] for f in by_kind["sea"])
    assert sea == (world["water_kind"] == 1).sum() * cell
    (river,) = by_kind["river"]
    assert np.allclose(river["geometry"]["coordinates"], world.paths[0].points[:, :2], atol=1e-3)
    for feature in told["features"]:
        if feature["geometry"]["type"] == "Polygon":
            outer, *holes = (np.array(r) for r in feature["geometry"]["coordinates"])
            assert signed(outer) > 0  # as RFC 7946 wants it
            assert all(signed(h) < 0 for h in holes)
            assert all((r[0] == r[-1]).all() for r in (outer, *holes))
    assert "tree" not in by_kind


def signed(ring):
    x, y = ring[:-1].T
    return (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2


def test_geojson_turns_buildings_and_counts_degrees(tmp_path):
    world = lopsided()
    options = {"coordinates": "degrees", "things": "true"}
    told = json.loads(export(world, tmp_path, "geojson", ".geojson", **options).read_text())
    (house,) = [f for f in told["features"] if f["properties"]["kind"] == "building"]
    ring = np.array(house["geometry"]["coordinates"][0]) * 111_320
    assert np.allclose(ring[:-1].mean(axis=0), (128, 96), atol=0.01)
    long_side = ring[1] - ring[0]
    assert np.allclose(long_side / np.linalg.norm(long_side), np.sqrt(0.5), atol=1e-3)  # 45 degrees to the north-east
    assert abs(signed(ring)) == pytest.approx(12 * 6, rel=1e-3)
    trees = [f for f in told["features"] if f["properties"]["kind"] == "tree"]
    assert len(trees) == len(world.instances["tree"])
    assert all(abs(v) < 0.01 for t in trees for v in t["geometry"]["coordinates"])
    rooms = json.loads(export(vault(), tmp_path, "geojson", ".json").read_text())["features"]
    assert {f["properties"]["number"]: f["properties"]["area_m2"] for f in rooms} == {1: 48.0, 2: 16.0}


def test_a_map_without_things_still_exports(tmp_path):
    none = Instances(np.zeros((0, 5), np.float32), np.zeros(0, np.int32), np.zeros((0, 3), np.float32), ("conifer",))
    bare = replace(lopsided(48, 64), instances={"tree": none}, paths=())
    small = {"uvtt": {"pixels": 16}, "obj": {"texture": 0}, "gltf": {"texture": 0}, "unity": {"model": False}}
    for name in ("tmx", "ldtk", "uvtt", "usd", "obj", "gltf", "unity"):
        target = get_target(name)
        path = tmp_path / ("out" if target.is_folder else f"out{target.suffix}")
        target.write(bare, Recipe(), path, target.parsed(small.get(name, {})))
        assert path.exists()
