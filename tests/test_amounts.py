"""Numbers, ranges, shares, lengths and sizes of maps, as the checks that they become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .asked import bounds, brief_of, checks, one

COUNTS = {
    "three lakes": ("equal", 3),
    "3 lakes": ("equal", 3),
    "exactly 3 lakes": ("equal", 3),
    "tow lakes": ("equal", 2),
    "twelve lakes": ("equal", 12),
    "a dozen lakes": ("equal", 12),
    "a lake": ("equal", 1),
    "a single lake": ("equal", 1),
    "just one lake": ("equal", 1),
    "a couple of lakes": ("equal", 2),
    "a pair of lakes": ("equal", 2),
    "both lakes": ("equal", 2),
    "one or two lakes": ("between", (1, 2)),
    "two or three lakes": ("between", (2, 3)),
    "a few lakes": ("between", (2, 5)),
    "a handful of lakes": ("between", (3, 6)),
    "several lakes": ("between", (3, 8)),
    "3 to 5 lakes": ("between", (3, 5)),
    "3-5 lakes": ("between", (3, 5)),
    "five to three lakes": ("between", (3, 5)),
    "between 3 and 5 lakes": ("between", (3, 5)),
    "between three and five lakes": ("between", (3, 5)),
    "about four lakes": ("between", (3, 5)),
    "four or so lakes": ("between", (3, 5)),
    "at least three lakes": ("at_least", 3),
    "three or more lakes": ("at_least", 3),
    "no fewer than three lakes": ("at_least", 3),
    "more than three lakes": ("at_least", 4),
    "many lakes": ("at_least", 6),
    "lots of lakes": ("at_least", 6),
    "some lakes": ("at_least", 2),
    "lakes": ("at_least", 2),
    "at most three lakes": ("at_most", 3),
    "up to three lakes": ("at_most", 3),
    "no more than three lakes": ("at_most", 3),
    "fewer than three lakes": ("at_most", 2),
}


@pytest.mark.parametrize("text", COUNTS)
def test_counts(text):
    relation, value = bounds(text, "count", feature="lake")
    assert (relation, value) == COUNTS[text]
    assert one(text, "count").quote == text
    assert brief_of(text).complete


def test_thousands_and_hundreds():
    assert bounds("1,500 trees", "count", feature="tree") == ("equal", 1500)
    assert bounds("a hundred trees", "count", feature="tree") == ("equal", 100)
    assert bounds("two hundred rocks", "count", feature="rock") == ("equal", 200)
    assert bounds("hundreds of rocks", "count", feature="rock") == ("at_least", 200)


@given(st.integers(2, 60), st.sampled_from(["lakes", "hills", "islands", "rooms", "rocks"]))
def test_any_number_in_digits_is_demanded_exactly(number, noun):
    relation, value = bounds(f"{number} {noun}", "count", feature=noun[:-1])
    assert (relation, value) == ("equal", number)
    check = one(f"{number} {noun}", "count")
    assert check.passes(number)
    assert not check.passes(number + 1)


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_range_has_its_ends_in_order(a, b):
    low, high = sorted((a, b))
    relation, value = bounds(f"between {a} and {b} hills", "count", feature="hill")
    assert (relation, value) == ("between", (low, high))


SHARES = {
    "30% of the map is sea": ("sea", "map", "equal", 0.3),
    "30 percent of the map is sea": ("sea", "map", "equal", 0.3),
    "30% of the map is water": ("water", "map", "equal", 0.3),
    "30% forest": ("forest", "land", "equal", 0.3),
    "forest covers 30% of the land": ("forest", "land", "equal", 0.3),
    "forest covers 30% of the map": ("forest", "map", "equal", 0.3),
    "half of the map is sea": ("sea", "map", "between", (0.45, 0.55)),
    "a quarter of the island is forest": ("forest", "land", "between", (0.2, 0.3)),
    "a third of the land is desert": ("desert", "land", "between", (0.283, 0.383)),
    "two thirds of the land is forest": ("forest", "land", "between", (0.617, 0.717)),
    "two-thirds of the land is forest": ("forest", "land", "between", (0.617, 0.717)),
    "three quarters of the land is forest": ("forest", "land", "between", (0.7, 0.8)),
    "at least 30% of the land is forest": ("forest", "land", "at_least", 0.3),
    "more than half of the map is sea": ("sea", "map", "at_least", 0.5),
    "up to 20% of the land is desert": ("desert", "land", "at_most", 0.2),
    "20 to 30% of the land is desert": ("desert", "land", "between", (0.2, 0.3)),
    "mostly desert": ("desert", "land", "at_least", 0.55),
    "70% land": ("land", "map", "equal", 0.7),
    "a lake covering 10% of the map": ("lake", "map", "equal", 0.1),
}


@pytest.mark.parametrize("text", SHARES)
def test_shares(text):
    feature, of, relation, value = SHARES[text]
    check = one(text, "share", feature=feature)
    assert check.relation == relation
    assert check.value == pytest.approx(value, abs=1e-6)
    assert check.arguments["of"] == of
    assert check.unit == "share"
    assert brief_of(text).complete


def test_shares_that_make_up_a_whole_map_are_all_of_the_map():
    for feature, share in (("sea", 0.3), ("forest", 0.3), ("desert", 0.4)):
        check = one("30% ocean, 30% forest, 40% desert", "share", feature=feature)
        assert (check.value, check.arguments["of"]) == (pytest.approx(share), "map")


LENGTHS = {
    "a mountain 300 m high": ("mountain", "height", "equal", 300),
    "a 300 m high mountain": ("mountain", "height", "equal", 300),
    "a 300 metre tall mountain": ("mountain", "height", "equal", 300),
    "a mountain with a height of 300 metres": ("mountain", "height", "equal", 300),
    "the mountain should be 300 metres high": ("mountain", "height", "equal", 300),
    "a mountain that is 0.3 km tall": ("mountain", "height", "equal", 300),
    "a 1000 ft high mountain": ("mountain", "height", "equal", 304.8),
    "a mountain at least 300 m high": ("mountain", "height", "at_least", 300),
    "a mountain about 300 m high": ("mountain", "height", "between", (264, 336)),
    "a mountain between 200 and 300 m high": ("mountain", "height", "between", (200, 300)),
    "mountains 200-300 m high": ("mountain", "height", "between", (200, 300)),
    "an island 800 m across": ("island", "width", "equal", 800),
    "a lake 20 m deep": ("lake", "depth", "equal", 20),
    "a river 12 m wide": ("river", "width", "equal", 12),
}


@pytest.mark.parametrize("text", LENGTHS)
def test_lengths_are_metres(text):
    feature, metric, relation, value = LENGTHS[text]
    check = one(text, metric, feature=feature)
    assert check.relation == relation
    assert check.value == pytest.approx(value)
    assert check.unit == "m"


def test_two_lengths_of_one_thing():
    text = "a plateau 100 m high and 400 m wide"
    assert bounds(text, "height", feature="plateau") == ("equal", 100)
    assert bounds(text, "width", feature="plateau") == ("equal", 400)


MAPS = {
    "a map of 2 x 3 km with a lake": (2000, 3000),
    "a 2km by 3km map with a lake": (2000, 3000),
    "a 2 × 3 km map with a lake": (2000, 3000),
    "a map, 1500 x 1000 m, with three lakes": (1500, 1000),
    "a 5 km map with a hill": (5000, 5000),
    "a map 1 km wide with a hill": (1000, 1000),
}


@pytest.mark.parametrize("text", MAPS)
def test_sizes_of_the_map(text):
    asked = {c.arguments["side"]: c.value for c in checks(text, "extent")}
    assert (asked["east"], asked["north"]) == MAPS[text]
    assert brief_of(text).complete


def test_the_size_of_a_map_named_last():
    assert {c.value for c in checks("a lake on a map 2 km wide", "extent")} == {2000}
    assert not checks("a lake on a map 2 km wide", "width")


def test_adjectives_ask_for_the_middle_between_neighbours():
    plain, high = "a mountain", one("a high mountain", "height", feature="mountain")
    assert not checks(plain, "height")
    assert high.relation == "at_least"
    assert one("a low mountain", "height").relation == "at_most"
    assert one("a low mountain", "height").value < high.value


def test_dense_and_sparse_do_not_exclude_themselves():
    for text in ("a dense forest", "a sparse forest"):
        low = max((c.bounds()[0] for c in checks(text, "share", feature="forest")), default=0)
        high = min((c.bounds()[1] for c in checks(text, "share", feature="forest")), default=1)
        assert low <= high, f"{text!r} asks for at least {low} and at most {high}"
