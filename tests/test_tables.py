"""What the tables for people who come from other tools name must exist."""

import re
from pathlib import Path

import pytest

from pcgstudio.generator import load_generators
from pcgstudio.params import parameters

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.mark.parametrize("page", ["tileworldcreator.md", "other-tools.md"])
def test_every_name_in_code_is_a_generator_a_parameter_or_an_option(page):
    known = set(load_generators()) | {"mask_a", "mask_h", "mask_*"}
    for one in load_generators().values():
        known |= {p.name for p in parameters(one.params)} | {o for p in parameters(one.params) for o in p.options}
    named = set(re.findall(r"`([^`]+)`", (DOCS / page).read_text()))
    assert {n for n in named if not n.startswith("pcgstudio ")} <= known


def test_options_that_are_named_belong_to_the_generator_of_their_row():
    """Of the words behind "with `parameter`", those that look like options are options of that parameter."""
    text = (DOCS / "tileworldcreator.md").read_text()
    found = re.findall(r"`(\w+)` with `(\w+)` ([a-z_, ]+?)(?: or ([a-z_]+))?[ |;(,]", text)
    assert len(found) >= 10
    for name, parameter, *words in found:
        options = {p.name: p.options for p in parameters(load_generators()[name].params)}[parameter]
        said = {w for word in words for w in re.split(r"[ ,]+", word) if w}
        assert said & set(options), f"{name} has no {parameter} {said}"
