"""What the controller says: English as it stands, and what it is made of, for the view to translate. Without Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence


class Message(str):
    """A text of the controller.

    Parameters
    ----------
    template : str
        English, with ``%1``, ``%2`` ... in the places of the values.
    *values : object
        Told by ``str``; a value may be a message itself, or a `units.Length`.

    Examples
    --------
    >>> said = Message("Saved to %1.", "island.pcg.json")
    >>> said, said.template
    ('Saved to island.pcg.json.', 'Saved to %1.')
    """

    __slots__ = ("template", "values")

    template: str
    values: tuple[object, ...]

    def __new__(cls, template: str, *values: object) -> Message:
        """Fill the template in."""
        made = super().__new__(cls, filled(template, [str(v) for v in values]))
        made.template, made.values = template, values
        return made


def filled(template: str, values: Sequence[str]) -> str:
    """Return a template with its places filled; what stands in a value is not taken for a place.

    Examples
    --------
    >>> filled("%2 of %1", ["%2", "one"])
    'one of %2'
    """
    return re.sub(r"%(\d)", lambda at: values[int(at[1]) - 1] if 0 < int(at[1]) <= len(values) else at[0], template)
