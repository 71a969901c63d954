import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcgstudio import recipe as recipes
from pcgstudio.brief import Brief, Check
from pcgstudio.errors import InputError, RecipeError
from pcgstudio.recipe import FORMAT, Recipe, Step, diff, dumps, load, loads, save
from pcgstudio.region import AllOf, Circle, Compass, Near, Not, Painted

from .toys import everything, register


@pytest.fixture(scope="module", autouse=True)
def toys():
    with pytest.MonkeyPatch.context() as patch:
        register(patch, *everything([]).values())
        yield


def plain(**more):
    return Recipe(name="hill", steps=(Step(id="ground", generator="ground", params={"level_m": 3.0}),), **more)


def tampered(change):
    raw = json.loads(dumps(plain(brief=Brief(instruction="a hill", checks=(Check(metric="count"),)))))
    change(raw)
    return json.dumps(raw)


places = st.one_of(
    st.builds(Compass, place=st.sampled_from(["north", "centre", "edge"]), feather=st.floats(0, 1)),
    st.builds(Circle, centre_m=st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), radius_m=st.floats(1, 1e4)),
    st.builds(lambda f, d: Not(region=Near(feature=f, distance_m=d)), st.text(min_size=1), st.floats(1, 1e4)),
    st.just(AllOf(regions=(Painted(rows=("09", "90")), Compass(place="west")))),
)
ids = st.from_regex(r"\A[A-Za-z0-9_][A-Za-z0-9_ .:-]{0,20}\Z")
parameters = st.one_of(
    st.tuples(st.just("ground"), st.fixed_dictionaries({}, optional={
        "level_m": st.floats(-100, 100), "blend": st.sampled_from(["add", "max"]),
        "kinds": st.lists(st.text(), max_size=3), "half": st.booleans(),
    })),
    st.tuples(st.just("mark"), st.fixed_dictionaries({}, optional={"above_m": st.floats(0, 100)})),
    st.tuples(st.just("tally"), st.just({})),
)  # fmt: skip
steps = st.builds(
    lambda step_id, made, **more: Step(id=step_id, generator=made[0], params=made[1], **more),
    ids, parameters, where=places, enabled=st.booleans(), purpose=st.text(), expects=st.text(),
    locked=st.booleans() | st.lists(st.text(), max_size=2).map(tuple),
)  # fmt: skip
checks = st.builds(
    lambda demand, **more: Check(relation=demand[0], value=demand[1], **more),
    st.tuples(st.sampled_from(["equal", "present"]), st.floats(-1e6, 1e6))
    | st.tuples(st.just("between"), st.tuples(st.floats(0, 1), st.floats(1, 2))),
    metric=st.text(), arguments=st.dictionaries(st.text(), st.text() | st.floats(0, 9)), region=places,
    tolerance=st.floats(0, 9), quote=st.text(), weight=st.floats(0.01, 1),
)  # fmt: skip
any_recipe = st.builds(
    Recipe, name=st.text(min_size=1, max_size=200), seed=st.integers(0, 2**32 - 1),
    extent_m=st.tuples(st.floats(100, 1000), st.floats(100, 1000)), resolution=st.integers(16, 16384),
    steps=st.lists(steps, max_size=3, unique_by=lambda s: s.id).map(tuple),
    brief=st.none() | st.builds(Brief, instruction=st.text(), checks=st.lists(checks, max_size=2).map(tuple)),
    history=st.lists(st.text(), max_size=2).map(tuple),
)  # fmt: skip


def test_a_tuple_is_no_change_when_it_comes_back_as_a_list():
    made = Recipe(steps=(Step(id="ground", generator="ground", params={"kinds": ("a", "b")}),))
    assert diff(made, loads(dumps(made))) == []


@given(any_recipe)
def test_any_recipe_survives_its_file_byte_for_byte(recipe):
    text = dumps(recipe)
    back = loads(text)
    assert back == recipe
    assert dumps(back) == text
    assert diff(recipe, back) == []


def test_it_survives_the_disk_and_is_found_inside_a_bundle(tmp_path):
    recipe = plain(seed=7)
    save(recipe, tmp_path / "new" / "recipe.pcg.json")
    assert load(tmp_path / "new" / "recipe.pcg.json") == recipe
    assert load(tmp_path / "new") == recipe
    assert (tmp_path / "new" / "recipe.pcg.json").read_bytes().endswith(b"}\n")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r.update(sead=1), "unknown key 'sead'; did you mean 'seed'?"),
        (lambda r: r["steps"][0].update(purpse="x"), "unknown key 'steps.0.purpse'; did you mean 'purpose'?"),
        (lambda r: r["brief"].update(instructions="x"), "did you mean 'instruction'?"),
        (lambda r: r["steps"][0]["params"].update(levle_m=1), "unknown key 'levle_m'; did you mean 'level_m'?"),
        (lambda r: r["steps"][0].update(generator="gruond"), "did you mean 'ground'?"),
        (lambda r: r.update(qqqq=1), "known: format, name, seed"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_known_one(change, told):
    with pytest.raises(RecipeError) as caught:
        loads(tampered(change), "map.pcg.json")
    assert told in str(caught.value)
    assert "'map.pcg.json'" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r["steps"][0].update(where={"kind": "compass", "place": "north", "dept": 0.2}), "'depth'"),
        (lambda r: r["brief"]["checks"][0].update(metrik="x"), "'metric'"),
    ],
)
def test_the_nearest_key_is_named_inside_regions_and_checks_too(change, told):
    with pytest.raises(RecipeError, match=told):
        loads(tampered(change))


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("place", ['"level_m": 3.0', '"seed": 0'])
def test_what_is_no_number_is_refused(word, place):
    text = dumps(plain())
    assert place in text
    with pytest.raises(RecipeError):
        loads(text.replace(place, f"{place.split(':')[0]}: {word}"))


@pytest.mark.parametrize("version", [0, 2, 99, None, "1", "x", [], 1.5])
def test_another_version_is_refused_by_name(version):
    with pytest.raises(RecipeError, match=f"this program reads {FORMAT}; update pcgstudio"):
        loads(tampered(lambda r: r.update(format=version)))


def test_a_missing_version_is_another_version():
    with pytest.raises(RecipeError, match="format None"):
        loads(tampered(lambda r: r.pop("format")))


def test_older_formats_are_migrated_step_by_step(monkeypatch):
    def from_minus_1(raw):
        return {"format": 0, "title": raw["label"], "seed": raw["seed"]}

    def from_0(raw):
        return {"format": 1, "name": raw["title"], "seed": raw["seed"]}

    monkeypatch.setattr(recipes, "MIGRATIONS", {-1: from_minus_1, 0: from_0})
    assert loads('{"format": -1, "label": "old", "seed": 5}') == Recipe(name="old", seed=5)
    assert loads('{"format": 0, "title": "newer", "seed": 1}').name == "newer"
    assert loads(dumps(plain())) == plain()


@pytest.mark.parametrize(
    ("change", "value"),
    [
        (lambda r: r.update(seed=-1), "-1"),
        (lambda r: r.update(seed=2**32), "4294967296"),
        (lambda r: r.update(seed="many"), "many"),
        (lambda r: r.update(name=""), "name"),
        (lambda r: r.update(resolution=4), "resolution = 4"),
        (lambda r: r.update(resolution=10**9), "1000000000"),
        (lambda r: r.update(extent_m=[1000]), "extent_m"),
        (lambda r: r.update(extent_m=[5, 1000]), "between 10 m and 200,000 m"),
        (lambda r: r.update(extent_m=[1e9, 1000]), "between 10 m and 200,000 m"),
        (lambda r: r.update(extent_m=[1700, 100]), "16 times"),
        (lambda r: r.update(steps={}), "steps"),
        (lambda r: r.update(steps=[5]), "steps.0"),
        (lambda r: r["steps"][0].update(id=""), "steps.0.id"),
        (lambda r: r["steps"][0].update(id="../x"), "../x"),
        (lambda r: r["steps"][0].update(generator="moon"), "moon"),
        (lambda r: r["steps"][0]["params"].update(level_m=101), "level_m = 101"),
        (lambda r: r["steps"][0]["params"].update(level_m="deep"), "level_m = 'deep'"),
        (lambda r: r["steps"][0]["params"].update(blend="mush"), "blend = 'mush'"),
        (lambda r: r["steps"][0].update(params=[]), "params"),
        (lambda r: r["steps"][0].update(where={"kind": "moon"}), "moon"),
        (lambda r: r["steps"][0].update(where={"kind": "circle", "centre_m": [0, 0], "radius_m": 0}), "radius_m = 0"),
        (lambda r: r["steps"][0].update(enabled="perhaps"), "perhaps"),
        (lambda r: r["brief"]["checks"][0].update(relation="like"), "like"),
        (lambda r: r["brief"]["checks"][0].update(weight=2), "weight = 2"),
        (lambda r: r.update(name="\ud800"), "name"),
    ],
)
def test_tampered_values_are_refused_in_one_sentence_that_names_them(change, value):
    with pytest.raises(RecipeError) as caught:
        loads(tampered(change))
    assert value in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_steps_of_one_name_are_refused():
    def twice(raw):
        raw["steps"] *= 2

    with pytest.raises(RecipeError, match="two steps are called 'ground'"):
        loads(tampered(twice))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '"x"', "[" * 100_000, "{'a': 1}", "\x00", '{"format": 1'])
def test_what_is_no_recipe_is_refused(text):
    with pytest.raises(RecipeError) as caught:
        loads(text)
    assert len(str(caught.value)) < 300


def test_missing_and_binary_files_are_refused_with_a_cure(tmp_path):
    with pytest.raises(RecipeError, match="make one with: pcgstudio generate"):
        load(tmp_path / "none.pcg.json")
    with pytest.raises(RecipeError, match=r"recipe\.pcg\.json"):
        load(tmp_path)
    (tmp_path / "x").write_bytes(b"\xff\xfe\x00\x9f")
    with pytest.raises(RecipeError, match="cannot be read as text"):
        load(tmp_path / "x")


@pytest.mark.parametrize("broken", ["replace", "fsync"])
def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, broken):
    file = tmp_path / "map.pcg.json"
    save(plain(seed=1), file)
    before = file.read_bytes()

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, broken, full)
    with pytest.raises(InputError, match="No space left on device; choose another place"):
        save(plain(seed=2), file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_saving_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        save(plain(), tmp_path / "file" / "map.pcg.json")


def test_the_diff_says_each_change_in_one_line():
    old = Recipe(
        steps=(
            Step(id="ground", generator="ground", params={"level_m": 3.0}),
            Step(id="marks", generator="mark"),
            Step(id="dice", generator="dice"),
        )
    )
    new = Recipe(
        seed=5,
        extent_m=(500, 250),
        steps=(
            Step(id="dice", generator="dice", enabled=False),
            Step(id="ground", generator="ground", params={"level_m": 4.0, "half": True}, where=Compass(place="north")),
            Step(id="sea", generator="mark", params={"above_m": 2.0}),
        ),
    )
    assert diff(old, new) == [
        "seed: 0 -> 5",
        "extent_m: (1024.0, 1024.0) -> (500.0, 250.0)",
        "- marks (mark)",
        "dice.enabled: True -> False",
        'ground.where: {"kind": "everywhere"} -> {"place": "north"}',
        "ground.level_m: 3.0 -> 4.0",
        "ground.half: False -> True",
        "+ sea (mark): above_m = 2.0",
        "order: dice, ground, sea",
    ]


def test_the_diff_is_empty_where_the_same_map_is_built():
    silent = Recipe(steps=(Step(id="g", generator="ground"),))
    told = Recipe(steps=(Step(id="g", generator="ground", params={"level_m": 1.0}, purpose="a plain"),))
    assert diff(silent, told) == []
    assert diff(told, told.model_copy(update={"history": ("made",), "brief": Brief(instruction="a plain")})) == []


def test_locks_hold_the_step_or_single_parameters():
    step = Step(id="g", generator="ground", locked=("level_m",))
    assert (step.locks("level_m"), step.locks("half")) == (True, False)
    assert Step(id="g", generator="ground", locked=True).locks("half")
    assert not Step(id="g", generator="ground").locks("half")


def test_editing_makes_a_new_recipe():
    recipe = plain()
    changed = recipe.with_step(recipe.step("ground").changed(half=True))
    assert changed.step("ground").params == {"level_m": 3.0, "half": True}
    assert recipe.step("ground").params == {"level_m": 3.0}
    assert diff(recipe, changed) == ["ground.half: False -> True"]


def test_the_grid_follows_extent_and_resolution():
    recipe = Recipe(extent_m=(2000, 1000), resolution=100)
    assert recipe.grid().shape == (50, 100)
    assert recipe.grid(40).shape == (20, 40)
