"""What an instruction is read as: things, places, relations, negation, hedges, typos, and what is not understood."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcgstudio.agents.reader.reading import read
from pcgstudio.agents.words.lexicon import lexicon

from .asked import bounds, brief_of, checks, one, place


def features(text):
    """The features that a text asks for, in order."""
    return [d.feature for d in read(text).demands if not d.absent]


def absent(text):
    return {d.feature for d in read(text).demands if d.absent}


# -- places ------------------------------------------------------------------------------------------------------------

PLACES = {
    "a lake in the north": "north",
    "a lake to the north": "north",
    "a lake on the north side": "north",
    "a lake in the northern half": "north",
    "a lake in the northern part of the map": "north",
    "a northern lake": "north",
    "a lake in the northwest": "northwest",
    "a lake in the north west corner": "northwest",
    "a lake in the south-east corner": "southeast",
    "a lake in the bottom left": "southwest",
    "a lake on the left": "west",
    "a lake in the top right corner": "northeast",
    "a lake in the centre": "centre",
    "a lake in the center": "centre",
    "a central lake": "centre",
    "in the north there is a lake": "north",
    "In the North, a lake.": "north",
    "on the west side is a lake": "west",
    "the northern half has a lake": "north",
    "to the south lies a lake": "south",
    "it is in the east, the lake": None,
}


@pytest.mark.parametrize("text", [t for t, p in PLACES.items() if p])
def test_places(text):
    assert place(text, feature="lake") == PLACES[text]
    assert not brief_of(text).not_understood


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a lake in the middle of the map", "centre"),
        ("a hill at the edge of the map", "edge"),
    ],
)
def test_places_of_the_map(text, where):
    assert place(text) == where


def test_a_place_holds_for_what_is_joined_by_and():
    text = "in the northern half there are two lakes and a hill"
    assert place(text, feature="lake") == place(text, feature="hill") == "north"


def test_a_place_ends_with_its_sentence():
    text = "In the north there is a forest. A lake."
    assert place(text, feature="forest") == "north"
    assert place(text, feature="lake") is None


def test_each_thing_has_its_own_place():
    text = "five hills in the south and two lakes in the north"
    assert place(text, feature="hill") == "south"
    assert place(text, feature="lake") == "north"
    assert bounds(text, "count", feature="hill") == ("equal", 5)
    assert bounds(text, "count", feature="lake") == ("equal", 2)


def test_halves_of_different_ground():
    text = "the western half is forest, the eastern half is desert"
    assert place(text, feature="forest") == "west"
    assert place(text, feature="desert") == "east"


def test_one_here_and_one_there():
    text = "two lakes, one in the east and one in the west"
    counts = {c.region.place if c.region.kind == "compass" else "": c.value for c in checks(text, "count")}
    assert counts == {"": 2, "east": 1, "west": 1}


SIDES = {
    "a town with a lake to the south of it": ("lake", "town", "south"),
    "a castle with farmland to the north of it": ("farmland", "castle", "north"),
    "a town with 40 houses and a river to the south of it": ("river", "town", "south"),
    "a village with a hill to its east": ("hill", "village", "east"),
    "a lake. North of it stands a tower": ("watchtower", "lake", "north"),
    "a town. To the west of the town lies a forest": ("forest", "town", "west"),
    "a lake and to the east of it a village": ("village", "lake", "east"),
    "a river with a village on its west bank": ("village", "river", "west"),
}


@pytest.mark.parametrize("text", SIDES)
def test_a_side_of_it_is_a_side_of_the_thing_and_not_of_the_map(text):
    feature, other, side = SIDES[text]
    assert not brief_of(text).not_understood
    told = [c.region for c in checks(text) if c.region.kind == "side_of" and c.arguments["feature"] == feature]
    assert [(r.feature, r.side) for r in told] == [(other, side)]


def test_what_stands_before_its_noun_is_about_what_was_spoken_of():
    around = one("There is a village by a lake. Around it lies a forest", "surrounded")
    assert (around.arguments["feature"], around.arguments["by"]) == ("village", "forest")
    near = [c for c in checks("a hill. Next to it stands a village") if c.metric == "parts_near"]
    assert near[0].arguments["to"] == "hill"


# -- relations ---------------------------------------------------------------------------------------------------------


def test_near():
    check = one("a lake near the mountain", "parts_near", feature="lake")
    assert check.arguments["to"] == "mountain"
    assert 0 < check.arguments["distance_m"] < 300
    assert checks("a lake near the mountain", "count", feature="mountain"), "a mountain must be there to be near to"


@pytest.mark.parametrize("words", ["next to", "beside", "by", "close to", "at the foot of"])
def test_other_words_for_near(words):
    assert one(f"a lake {words} the mountain", "parts_near", feature="lake").arguments["to"] == "mountain"


@pytest.mark.parametrize(
    "text", ["a lake surrounded by forest", "forest around the lake", "around the lake there is a forest"]
)
def test_surrounded(text):
    arguments = one(text, "surrounded").arguments
    assert (arguments["feature"], arguments["by"]) == ("lake", "forest")
    assert 50 < arguments["reach_m"] < 150, "a wood far off does not surround"


def test_along_is_nearer_than_near():
    near, along = (one(f"hills {w} the river", "parts_near").arguments["distance_m"] for w in ("near", "along"))
    assert along < near


def test_between_two_things():
    check = one("a lake between the mountain and the volcano", "parts_inside")
    assert (check.region.kind, check.region.first, check.region.second) == ("between", "mountain", "volcano")


def test_on_a_side_of_something():
    check = one("a lake north of the volcano", "parts_inside", feature="lake")
    assert (check.region.kind, check.region.feature, check.region.side) == ("side_of", "volcano", "north")
    assert one("a lake to the east of the volcano", "parts_inside", feature="lake").region.side == "east"


def test_far_from():
    assert one("hills far from the sea", "distance", feature="hill", to="sea").relation == "at_least"


def test_rivers_from_and_to():
    text = "two rivers from the mountains to the sea"
    assert bounds(text, "count", feature="river") == ("equal", 2)
    assert one(text, "paths_from", end="source").arguments["to"] == "mountain"
    assert one(text, "paths_from", end="mouth").arguments["to"] == "sea"


@pytest.mark.parametrize("text", ["a mountain with a lake next to it", "a mountain; there is a lake near the mountain"])
def test_what_is_named_again_is_the_same_thing(text):
    assert one(text, "parts_near", feature="lake").arguments["to"] == "mountain"
    assert len(checks(text, "count", feature="mountain")) == 1


@pytest.mark.parametrize("text", ["a volcano; there is a lake near it", "a volcano and a lake near it"])
def test_a_pronoun_is_what_was_named_before(text):
    assert one(text, "parts_near", feature="lake").arguments["to"] == "volcano"


def test_only_there():
    check = one("rocks only on the mountain", "share_inside", feature="rock")
    assert check.region.feature == "mountain"
    assert check.bounds()[0] > 0.9
    elsewhere = one("rocks only in areas not occupied by the mountain", "share_inside", feature="rock")
    assert elsewhere.region.kind == "not"


def test_nothing_stands_on_itself():
    assert not checks("a hill without a lake on it", "parts_inside", feature="hill")


# -- nouns that go together --------------------------------------------------------------------------------------------


def test_a_sort_of_forest():
    for text, tree in (("a pine forest", "pine"), ("an oak forest", "oak"), ("a palm grove", "palm")):
        assert one(text, "mix").arguments == {"feature": tree, "of": "tree"}
        assert features(text) == ["forest"]


def test_a_mountain_lake_is_a_lake_at_a_mountain():
    assert one("a mountain lake", "parts_near", feature="lake").arguments["to"] == "mountain"
    assert bounds("a mountain lake", "count", feature="lake") == ("equal", 1)


def test_one_mountain_is_enough_for_a_mountain_lake():
    assert one("a mountain lake", "count", feature="mountain").passes(1)


def test_words_that_imply_a_feature():
    assert "forest" in features("a wooded hill")
    assert "mountain" in features("a mountainous island")
    assert "snow" in features("snowy mountains")
    assert absent("a treeless island") == {"tree"}


# -- absence -----------------------------------------------------------------------------------------------------------

ABSENT = {
    "a hill and no lakes": {"lake"},
    "a hill without lakes": {"lake"},
    "a hill with no lake": {"lake"},
    "a hill, but no lake": {"lake"},
    "a hill. I do not want any lakes.": {"lake"},
    "a hill without any trees": {"tree"},
    "a hill, no trees or rocks": {"tree", "rock"},
    "a hill without rivers or lakes": {"river", "lake"},
    "a hill, neither lakes nor rivers": {"river", "lake"},
    "a hill, no lake, no river and no trees": {"river", "lake", "tree"},
}


@pytest.mark.parametrize("text", ABSENT)
def test_absence(text):
    assert absent(text) == ABSENT[text]
    assert features(text) == ["hill"]
    for name in ABSENT[text]:
        assert [c.relation for c in brief_of(text).checks if c.arguments.get("feature") == name] == ["absent"]
    assert brief_of(text).complete


def test_no_trees_and_rocks_is_said_to_be_open():
    found = brief_of("a hill, no trees and rocks")
    assert any("no trees and rocks" in c and "two ways" in c for c in found.contradictions)
    assert not found.complete


def test_a_denied_list():
    text = "a map without hills, lakes or rivers"
    assert absent(text) == {"hill", "lake", "river"} or not brief_of(text).complete


def test_what_cannot_be_made_may_be_unwanted():
    found = brief_of("a hill, no palaces")
    assert found.complete
    assert any("palaces" in line for line in found.interpretations)


def test_only_there_is_none():
    check = one("no hills in the north", "share", feature="hill")
    assert (check.relation, check.region.place) == ("absent", "north")


# -- wishes, moods, typos ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["a hill, maybe with a lake", "a hill. Perhaps a lake.", "a hill. It would be nice to have a lake.",
             "a hill. If possible a lake."],
)  # fmt: skip
def test_a_hedge_makes_a_wish(text):
    assert one(text, "count", feature="lake").weight < 1
    assert one(text, "count", feature="hill").weight == 1


def test_a_hedge_ends_with_its_sentence():
    assert one("Perhaps a volcano. Two lakes.", "count", feature="lake").demanded


def test_a_hedged_place():
    assert not one("two lakes, ideally in the north", "parts_inside", feature="lake").demanded


def test_moods_are_atmosphere():
    found = brief_of("an epic serene island, haunted and gloomy")
    assert {"epic", "serene", "haunted"} <= set(found.atmosphere)
    assert found.not_understood == ()


TYPOS = {"a moutain": "mountain", "a volcanoe": "volcano", "two mountians": "mountain", "an iland": "island"}


@pytest.mark.parametrize("text", TYPOS)
def test_typos(text):
    assert TYPOS[text] in features(text)


def test_a_corrected_typo_is_said():
    assert any("mountian" in line and "mountain" in line for line in brief_of("a mountian").interpretations)


@pytest.mark.parametrize("typo", ["moutain", "iland"])
def test_a_usual_typo_is_said_too(typo):
    assert any(typo in line for line in brief_of(f"a {typo}").interpretations)


def test_a_vulcano_is_a_volcano():
    assert features("a vulcano") == ["volcano"]


def test_a_dessert_is_a_desert():
    assert features("a dessert with two hills") == ["desert", "hill"]


def test_a_forrest_is_a_forest():
    assert features("a forrest") == ["forest"]


def test_planes_are_plains():
    assert features("an island with planes") == ["island", "plain"]


def test_what_is_left_open_is_no_check():
    found = brief_of("two hills, where is up to you")
    assert [c.metric for c in found.checks] == ["count"]
    assert found.complete
    assert any("up to you" in line for line in found.interpretations)


# -- nothing is dropped ------------------------------------------------------------------------------------------------


def test_what_nothing_can_make_is_named():
    found = brief_of("a hill with a palace and a dam")
    assert len(found.not_measurable) == 2
    assert any("palace" in line for line in found.not_measurable)
    assert not found.complete


def test_unknown_words_are_listed():
    found = brief_of("a hill with a zzyzx and frobnication")
    assert {"zzyzx", "frobnication"} <= set(found.not_understood)
    assert not found.complete


def test_small_talk_is_no_content():
    assert brief_of("Hi! Could you please make me a map with two hills? Thank you.").complete


def test_text_in_another_language_is_not_understood():
    assert len(brief_of("ein Berg mit zwei Seen").not_understood) >= 3
    assert read("ein Berg mit zwei Seen").empty


@pytest.mark.parametrize("text", ["three islands, all of them with beaches", "a forest all around the lake"])
def test_all_is_not_always_a_share(text):
    """What is said of every island is not said of all land."""
    assert not any(c.bounds()[0] > 0.5 for c in checks(text, "share"))
    assert not any("share" in line for line in brief_of(text).not_measurable)


def test_only_content_words_are_listed():
    assert brief_of("a hill with a floogle").not_understood == ("floogle",)


GARBLED = st.text(alphabet=string.ascii_lowercase, min_size=4, max_size=9)


def unknown(word):
    """Whether the lexicon neither knows a word nor takes it for a typo."""
    return all(not w.kinds for w in lexicon().split(word))


KNOWN = sorted(w for w in lexicon().phrases if w.isalpha() and w.isascii())


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(KNOWN), GARBLED, st.sampled_from([",", ".", "3", "40%", "and"])), max_size=9))
def test_every_unknown_word_is_listed(words):
    text = " ".join(words)
    told = read(text)
    listed = " ".join([*told.not_understood, *told.atmosphere]).split()  # "a noir mood" is named as a mood
    for word in words:
        if word.isalpha() and unknown(word):
            assert word in listed, f"{text!r} lists {listed}"


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(KNOWN), max_size=14).map(" ".join)))
def test_reading_never_fails_and_quotes_what_was_said(text):
    folded = " ".join(text.split())
    reading = read(text)
    for demand in reading.demands:
        assert reading.quoted(demand) in folded
        assert reading.quoted(demand)
    for check in brief_of(text).checks:
        assert check.quote, f"{check.metric} of {text!r} has no quote"
        for piece in check.quote.split(" + "):
            assert piece in folded, f"{piece!r} is not in {folded!r}"
