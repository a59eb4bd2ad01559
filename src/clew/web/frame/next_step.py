"""What a page answers first: the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next, or that there is none.

    says    a sentence: what is so
    do      words of the button, "" where there is nothing to do
    href    where it leads
    kind    shape beside the sentence: good | bad | waiting
    """

    says: str
    do: str = ""
    href: str = ""
    kind: str = "waiting"
