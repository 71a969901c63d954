"""Requests for something that is no map: a text, a program, advice."""

from __future__ import annotations

import re

_KINDLY = r"(?:(?:please|hey|hi|hello|ok|okay|now|so|and|kindly)[ ,]+|(?:can|could|would|will) you (?:please )?)*"
_VERBS = (
    "write|compose|tell|recite|draft|sing|make up|invent|generate|create|give|make|read|translate|summari[sz]e|print"
)
_TEXTS = (
    r"poems?|haikus?|sonnets?|limericks?|ballads?|songs?|lyrics|stor(?:y|ies)|tales?|novels?|essays?|letters?|e-?mails?"
    r"|jokes?|riddles?|speech(?:es)?|articles?|summar(?:y|ies)|blog posts?|paragraphs?|code|scripts?|programs?"
    r"|functions?|algorithms?|advice|tips?|translations?"
)
_ABOUT = r"(?= (?:about|of|on|for|that|in|with|to|which|where|how)\b|[ ,.!?:]*$)"
_TEXT = re.compile(
    rf"^{_KINDLY}(?:{_VERBS}) (?:(?:me|us) )?(?:(?:an?|some|the|my|your) )?(?:[\w-]+ ){{0,2}}?(?:{_TEXTS}){_ABOUT}",
    re.I,
)
_QUESTION = re.compile(
    rf"^{_KINDLY}(?:how (?:do|does|did|can|should|would|many|much|far|high|deep|old|long)"
    r"|what(?:'s| is| are| was| does)|why|who|whose|when (?:is|was|did|do|does)"
    r"|where (?:is|are|do|does|can)|should i|do you|are you)\b[^.!]*\?\s*$",
    re.I,
)
_MAPS = re.compile(r"\b(?:maps?|worlds?|levels?|landscapes?|terrains?|scenes?|dungeons?|heightmaps?)\b", re.I)


def asks_for_no_map(text: str) -> bool:
    """Whether a first sentence asks for a text, a program or an answer, whatever landforms it speaks of.

    Parameters
    ----------
    text : str
        The instruction. One that names a map, a world, a level or the like is taken to ask for it.
    """
    plain = " ".join(text.split())
    return bool(_TEXT.match(plain) or _QUESTION.match(plain)) and not _MAPS.search(plain)
