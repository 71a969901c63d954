"""What an instruction is read as, in the form in which the tests state it."""

from functools import cache

from pcgstudio.agents.briefs.briefing import write_brief
from pcgstudio.agents.plans.planning import choose_extent
from pcgstudio.agents.reader.reading import read


@cache
def brief_of(text):
    """The checks that an instruction becomes, before any plan."""
    reading = read(text)
    return write_brief(reading, choose_extent(reading, None))


def checks(text, metric=None, **arguments):
    """The checks of that metric whose arguments include these."""
    return [
        c for c in brief_of(text).checks
        if metric in (None, c.metric) and arguments.items() <= c.arguments.items()
    ]  # fmt: skip


def one(text, metric, **arguments):
    """The only such check."""
    found = checks(text, metric, **arguments)
    assert len(found) == 1, f"{text!r}: {[(c.metric, c.arguments) for c in brief_of(text).checks]}"
    return found[0]


def bounds(text, metric, **arguments):
    """Relation and value of the only such check."""
    check = one(text, metric, **arguments)
    return check.relation, check.value


def place(text, metric=None, **arguments):
    """The name of the compass place of the only such check that has one."""
    found = [c.region.place for c in checks(text, metric, **arguments) if c.region.kind == "compass"]
    assert len(set(found)) <= 1, f"{text!r}: {found}"
    return found[0] if found else None
