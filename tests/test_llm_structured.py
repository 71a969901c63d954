"""The strict form of a type, and back; reading JSON out of anything."""

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from pcgstudio.brief import Brief, Check
from pcgstudio.llm.schema import natural_schema, outline, strict_schema
from pcgstudio.llm.structured import UnreadableError, read, without_thoughts
from pcgstudio.llm.tokens import estimate_tokens
from pcgstudio.recipe import Recipe, Step
from pcgstudio.region import Circle, Compass, Not


class Round(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["round"] = "round"
    radius: float = Field(gt=0)


class Long(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["long"] = "long"
    ends: tuple[float, float]
    inner: "Shape | None" = None


Shape = Annotated[Round | Long, Field(discriminator="kind")]


class Everything(BaseModel):
    """All that strict schemas do not know."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=20, description="What it is called.")
    amounts: dict[str, float] = {}
    free: dict[str, Any] = {}
    shapes: list[Shape] = []
    note: str | None = None
    odd: int | None = 7
    mixed: tuple[str, int] | float = 0.0


TYPES = [Everything, Brief, Recipe, Check, Step]


def _nodes(node):
    if isinstance(node, dict):
        yield node
        for one in node.values():
            yield from _nodes(one)
    elif isinstance(node, list):
        for one in node:
            yield from _nodes(one)


@pytest.mark.parametrize("kind", TYPES, ids=lambda t: t.__name__)
def test_a_strict_schema_holds_nothing_that_is_refused(kind):
    schema = strict_schema(kind)
    assert schema["type"] == "object"
    known = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "description", "$ref",
             "$defs", "minItems", "maxItems"}  # fmt: skip
    for node in _nodes({k: v for k, v in schema.items() if k != "$defs"}):
        if "type" in node and isinstance(node["type"], str):
            assert set(node) <= known
    for node in _nodes(schema):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        if node.get("type") == "array":
            assert node["items"]
        if "$ref" in node and isinstance(node["$ref"], str):
            assert list(node) == ["$ref"]
            assert node["$ref"].removeprefix("#/$defs/") in schema["$defs"]
        assert not {"oneOf", "allOf", "prefixItems", "default", "discriminator", "const"} & set(node)


def test_the_sdk_finds_nothing_to_mend():
    from openai.lib._pydantic import _ensure_strict_json_schema

    schema = strict_schema(Everything)
    mended = _ensure_strict_json_schema(json.loads(json.dumps(schema)), path=(), root=schema)
    assert mended == schema


_names = st.text("abc", min_size=1, max_size=3)
_plain = st.none() | st.booleans() | st.integers(-5, 5) | st.text("xyz", max_size=4)
_values = st.recursive(_plain, lambda v: st.lists(v, max_size=3) | st.dictionaries(_names, v, max_size=3), max_leaves=6)
_round = st.builds(Round, radius=st.floats(0.1, 9))
_shapes = st.recursive(
    _round,
    lambda s: st.builds(Long, ends=st.tuples(st.floats(0, 9), st.floats(0, 9)), inner=st.none() | s),
    max_leaves=4,
)
_things = st.builds(
    Everything, name=_names, amounts=st.dictionaries(_names, st.floats(0, 9), max_size=3),
    free=st.dictionaries(_names, _values, max_size=3), shapes=st.lists(_shapes, max_size=3),
    note=st.none() | _names, odd=st.none() | st.integers(0, 9),
    mixed=st.floats(0, 9) | st.tuples(_names, st.integers(0, 9)),
)  # fmt: skip


@given(_things)
@settings(max_examples=150, deadline=None)
def test_an_answer_in_either_form_is_the_same(thing):
    natural = thing.model_dump(mode="json")
    assert read(json.dumps(natural), Everything) == thing
    strict = {**natural, "amounts": _entries(natural["amounts"]), "free": [
        {"name": k, "value": _any_entries(v)} for k, v in natural["free"].items()
    ]}  # fmt: skip
    assert read(json.dumps(strict), Everything) == thing


def _entries(value):
    return [{"name": k, "value": v} for k, v in value.items()]


def _any_entries(value):
    if isinstance(value, dict):
        return {"entries": [{"name": k, "value": _any_entries(v)} for k, v in value.items()]}
    return [_any_entries(v) for v in value] if isinstance(value, list) else value


def test_null_means_as_usual():
    assert read('{"name": "x", "amounts": null, "shapes": null, "mixed": null, "note": null}', Everything).amounts == {}
    assert read('{"name": "x", "odd": null}', Everything).odd is None


def test_a_step_and_a_check_come_back_from_the_strict_form():
    text = json.dumps({
        "id": "hills", "generator": "hills",
        "params": [{"name": "count", "value": 3}, {"name": "at", "value": [[1, 2]]}],
        "where": {"kind": "not", "region": {"kind": "compass", "place": "north", "depth": None, "feather": None}},
        "enabled": None, "locked": None, "purpose": None, "expects": None,
    })  # fmt: skip
    step = read(text, Step)
    assert step.params == {"count": 3, "at": [[1, 2]]}
    assert step.where == Not(region=Compass(place="north"))
    text = json.dumps({
        "metric": "count", "arguments": [{"name": "feature", "value": "lake"}], "relation": "between", "value": [3, 5],
        "region": {"kind": "circle", "centre_m": [1, 2], "radius_m": 3, "feather_m": None}, "tolerance": None,
        "unit": None, "quote": None, "weight": None,
    })  # fmt: skip
    check = read(text, Check)
    assert (check.arguments, check.value, check.weight) == ({"feature": "lake"}, (3, 5), 1)
    assert check.region == Circle(centre_m=(1, 2), radius_m=3)


def test_the_form_in_words_is_a_third_of_the_json():
    form = outline(natural_schema(Everything))
    assert "name: string,  // What it is called.; at least 1 characters, at most 20 characters" in form
    assert "ends: [number, number]," in form
    assert 'kind: "round",' in form
    assert "shapes?: (Round | Long)[]," in form
    assert "amounts?: {[name: string]: number}," in form
    assert "ends: [number, number]," in outline(strict_schema(Everything))
    for kind in (Brief, Recipe):
        schema = natural_schema(kind)
        assert estimate_tokens(outline(schema)) < estimate_tokens(json.dumps(schema)) / 3


def test_the_first_object_that_fits_is_taken():
    text = 'Not {"kind": "round", "radius": -1} and not {} but {"kind": "round", "radius": 2}, never {"radius": 3}.'
    assert read(text, Round).radius == 2


def test_what_is_wrong_is_short_and_names_paths():
    shapes = [{"kind": "round", "radius": -i} for i in range(40)]
    with pytest.raises(UnreadableError) as caught:
        read(json.dumps({"name": "x" * 500, "shapes": shapes}), Everything)
    lines = caught.value.problem.splitlines()
    assert caught.value.found
    assert len(lines) == 6
    assert lines[0].startswith('- name: String should have at most 20 characters (got "xxx')
    assert lines[1].startswith("- shapes.0.round.radius: Input should be greater than 0 (got 0)")
    assert lines[-1] == "- and 36 more like these"
    assert max(map(len, lines)) < 300


@pytest.mark.parametrize("text", ["", "no", "[]", "null", "9" * 5000, "\ud800", '"' * 99])
def test_what_is_no_json_is_said_to_be_none(text):
    with pytest.raises(UnreadableError, match="there is no JSON object in it") as caught:
        read(text, Round)
    assert not caught.value.found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "Expecting property name"),
        ('{"radius": 1', "Expecting ',' delimiter after \"{"),
        ('{"a":' * 5000, "nested too deeply"),
        ('{"radius": Infinity}', "Infinity is not a number"),
    ],
)
def test_broken_json_is_said_to_be_broken(text, told):
    with pytest.raises(UnreadableError, match="the JSON is broken") as caught:
        read(text, Round)
    assert told in caught.value.problem
    assert len(caught.value.problem) < 200


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_reader(text):
    try:
        read(text, Round)
    except UnreadableError as error:
        assert error.problem  # noqa: PT017 - any end but this one is a crash
    assert isinstance(without_thoughts(text), str)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>a</think>b", "b"),
        ("a</think>b", "b"),
        ("<think>a", ""),
        ("x<think>a</think>y<thinking>b</thinking>z", "xyz"),
        ("[THINK]a[/THINK]b", "b"),
        ("<|channel|>final<|message|>b<|return|>", "b"),
        ("plain", "plain"),
    ],
)
def test_thoughts_are_left_out(text, left):
    assert without_thoughts(text) == left


def test_thoughts_inside_an_answer_stay():
    assert read('{"name": "<think>"}', Everything).name == "<think>"


@pytest.mark.parametrize(("text", "low", "high"), [("two lakes in a forest", 4, 8), ("湖" * 30, 15, 45), ("", 0, 0)])
def test_tokens_are_estimated_from_characters(text, low, high):
    assert low <= estimate_tokens(text) <= high
