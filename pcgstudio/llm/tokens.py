"""How many tokens a text is, where nobody says."""

from __future__ import annotations

import math

CHARACTERS_PER_TOKEN = 4.0
"""The usual figure for English and for JSON; byte-pair vocabularies differ by about a quarter either way."""
OTHER_CHARACTERS_PER_TOKEN = 1.5
"""Outside ASCII: Chinese takes about one character a token, Cyrillic and Greek about two."""
PICTURE_TOKENS = 765
"""One picture of up to 1024 x 1024 pixels at OpenAI's high detail: 85 and four tiles of 170."""


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a text is: a quarter of its ASCII characters, two thirds of the others.

    Examples
    --------
    >>> estimate_tokens("two lakes in a forest")
    6
    >>> estimate_tokens("")
    0
    """
    plain = sum(map(str.isascii, text))
    return math.ceil(plain / CHARACTERS_PER_TOKEN + (len(text) - plain) / OTHER_CHARACTERS_PER_TOKEN)
