"""Adjectives demand quantiles of what the generators make: read from the asset, scaled, and left alone elsewhere."""

import json
from importlib.resources import files

import pytest

from pcgstudio.agents.words.degrees import degree
from pcgstudio.agents.words.lexicon import lexicon
from pcgstudio.agents.words.meaning import Threshold, described, threshold
from pcgstudio.generator import load_features
from pcgstudio.measure import METRICS
from pcgstudio.params import Parameter

from .asked import bounds, brief_of

SAMPLED = json.loads(files("pcgstudio.assets").joinpath("adjectives.json").read_text(encoding="utf-8"))["features"]


def quantile(feature, metric, share):
    return SAMPLED[feature]["metrics"][metric]["quantiles"][str(share)]


@pytest.mark.parametrize(("text", "feature", "metric", "relation", "share"), [
    ("a high mountain", "mountain", "height", "at_least", 66),
    ("a towering mountain", "mountain", "height", "at_least", 95),
    ("a low mountain", "mountain", "height", "at_most", 34),
    ("a wide valley", "valley", "width", "at_least", 66),
    ("a deep lake", "lake", "depth", "at_least", 66),
    ("a small island", "island", "share", "at_most", 34),
    ("a tiny island", "island", "share", "at_most", 5),
    ("a hot desert with a wide canyon", "canyon", "width", "at_least", 66),
])  # fmt: skip
def test_a_word_demands_its_quantile(text, feature, metric, relation, share):
    told, value = bounds(text, metric, feature=feature)
    assert told == relation
    assert value == pytest.approx(quantile(feature, metric, share), rel=0.06)


def test_a_dense_wood_is_more_than_a_large_one():
    dense, large = (max(c.value for c in brief_of(t).checks if c.metric == "share")
                    for t in ("a dense forest", "a large forest"))  # fmt: skip
    assert (dense, large) == (quantile("forest", "share", 80), quantile("forest", "share", 66))


def test_lengths_grow_with_the_map_and_shares_do_not():
    small, large = (
        next(c.value for c in brief_of(f"{text}").checks if c.metric == "height")
        for text in ("a high mountain", "a 4 km wide map with a high mountain")
    )
    assert large == pytest.approx(4000 / 1024 * small, rel=0.01)
    assert bounds("a 4 km wide map with a small island", "share", feature="island")[1] == pytest.approx(
        quantile("island", "share", 34)
    )


def test_quantiles_rise_and_are_of_metrics_that_exist():
    assert len(SAMPLED) > 30
    for feature, told in SAMPLED.items():
        assert feature in load_features()
        for name, metric in told["metrics"].items():
            assert name in METRICS
            values = [metric["quantiles"][q] for q in sorted(metric["quantiles"], key=int)]
            assert values == sorted(values)
            assert values[0] < values[-1]


def test_what_is_written_is_of_the_words_as_they_are_declared_today():
    """A word whose declared value has changed is not found any more: sample again then."""
    stale = []
    for feature, told in SAMPLED.items():
        for key, one in told["degrees"].items():
            meaning = described(feature, one["word"])
            driven, _, declared = key.rpartition(" ")
            ruled = f"{feature} {one['word']}" in lexicon().vocabulary["adjective_checks"]
            of_parameter = meaning is not None and meaning[0].name == driven and not ruled
            if of_parameter and f"{float(meaning[1]):g}" != declared:
                stale.append(f"{one['word']} {feature}")
    assert not stale


def test_a_generator_that_was_not_sampled_keeps_its_declared_values():
    one = Parameter("tallness", "float", 100.0, "", aspect="height", adjectives={"low": 50, "": 100, "high": 200})
    assert degree("somebody else's tower", "tallness", 200) is None
    assert threshold("somebody else's tower", (one, 200), "high", 1.0) == Threshold("at_least", 150)
    assert threshold("mountain", (one, 200), "high", 1.0) == Threshold("at_least", 150)
