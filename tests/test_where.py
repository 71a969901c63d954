"""Places as words: what a model may write, what it reads back, and what it is told where it is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcgstudio.agents.where import KEPT, feature_called, parse_where, say_where
from pcgstudio.errors import InputError
from pcgstudio.region import (
    EVERYWHERE,
    AllOf,
    AnyOf,
    Band,
    Between,
    Circle,
    Compass,
    Level,
    Near,
    Not,
    Of,
    Painted,
    Polygon,
    Range,
    Ring,
    SideOf,
)

LAKE = Of(feature="lake")
PAINTED = Painted(rows=("09", "90"))

MEANT = {
    "": EVERYWHERE,
    "everywhere": EVERYWHERE,
    "North": Compass(place="north"),
    "centre depth 0.2": Compass(place="centre", depth=0.2),
    "on the lakes": LAKE,
    "inside crater": Of(feature="crater", filled=True),
    "near crater lake within 80 m": Near(feature="crater lake", distance_m=80),
    "northwest of hill": SideOf(feature="hill", side="northwest"),
    "between hill and lake": Between(first="hill", second="lake"),
    "top level": Level(which="top"),
    "slope below 12": Range(layer="slope", maximum=12),
    "height 40 to 90": Range(layer="height", minimum=40, maximum=90),
    "not on lake": Not(region=LAKE),
    "north and not (on lake or top level)": AllOf(
        regions=(Compass(place="north"), Not(region=AnyOf(regions=(LAKE, Level(which="top")))))
    ),
    "circle 300, 500, 80m": Circle(centre_m=(300, 500), radius_m=80),
    "ring inner 0.2 outer 0.4": Ring(inner=0.2, outer=0.4),
    "band toward east width 0.2": Band(toward="east", width=0.2),
    "polygon 0 0 100 0 50 80": Polygon(points_m=((0, 0), (100, 0), (50, 80))),
}


@pytest.mark.parametrize("text", MEANT)
def test_words_mean_a_place(text):
    assert parse_where(text) == MEANT[text]


WRONG = {
    "norht": "did you mean 'north'",
    "near dragon": "no installed generator makes the feature 'dragon'",
    "near lake within": "needs a number",
    "(north": "never closed",
    "north )": "is not expected",
    "between hill": "two features",
    "centre of lake": "a side such as",
    "band toward up": "is no place",
    "north depth 7": "is no place",
    KEPT: "has none yet",
    "; rm -rf /": "begins no place",
    "not " * 100 + "north": "",
    "north and " * 150 + "north": "too long",
}


@pytest.mark.parametrize("text", WRONG)
def test_words_that_are_no_place_are_told_in_one_sentence(text):
    if not WRONG[text]:
        assert parse_where(text)
        return
    with pytest.raises(InputError, match=r".") as caught:
        parse_where(text)
    assert WRONG[text] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_said_is_kept():
    assert say_where(PAINTED) == KEPT
    assert parse_where(KEPT, PAINTED) == PAINTED
    assert say_where(Not(region=PAINTED)) == KEPT


def test_a_feature_is_known_by_its_plural_and_its_other_words():
    assert feature_called("Lakes") == "lake"
    assert feature_called("ponds") == "lake"


SHARES = st.floats(0.01, 1).map(lambda v: round(v, 3))
METRES = st.floats(1, 5000).map(lambda v: round(v, 2))
FEATURES = st.sampled_from(["lake", "crater lake", "hill", "forest"])
ATOMS = st.one_of(
    st.just(EVERYWHERE),
    st.builds(Compass, place=st.sampled_from(["north", "southwest", "centre", "edge"]), depth=SHARES, feather=SHARES),
    st.builds(Circle, centre_m=st.tuples(METRES, METRES), radius_m=METRES, feather_m=METRES),
    st.builds(Near, feature=FEATURES, distance_m=METRES),
    st.builds(Of, feature=FEATURES, filled=st.booleans()),
    st.builds(Between, first=FEATURES, second=FEATURES, slack=SHARES),
    st.builds(SideOf, feature=FEATURES, side=st.sampled_from(["north", "southeast"])),
    st.builds(Range, layer=st.just("slope"), minimum=METRES),
    st.builds(Level, which=st.sampled_from(["top", "bottom"])),
)
REGIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(Not, region=inner),
        st.builds(AllOf, regions=st.tuples(inner, inner)),
        st.builds(AnyOf, regions=st.tuples(inner, inner, inner)),
    ),
    max_leaves=6,
)


@given(REGIONS)
def test_what_is_said_is_read_back(region):
    assert parse_where(say_where(region)) == region
