"""What Today shows: sections of lines, never more than a handful in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

MOST = 15  # lines in all; the rest is a count


@dataclass(frozen=True)
class Line:
    """One thing that waits, or is so.

    kind   shape: late | bad | waiting | good | same | none       word  what it is: "Handoff", "Gone silent"
    name   of the account or journey it is about, where  its page; "" where it is about none
    says   a sentence                       left  how much time is left, or what is at stake, in words
    over   whether that time is up          do    words of the one action, "" for none; href where it leads
    source what it rests on: names of sources
    """

    kind: str
    word: str
    says: str
    where: str = ""
    name: str = ""
    left: str = ""
    do: str = ""
    href: str = ""
    source: str = ""
    over: bool = False


@dataclass(frozen=True)
class Section:
    """Lines of one kind.

    name   anchor                             total  how many there are, shown or not
    lines  the most urgent first              rest   words for those that are not shown: "handoffs more"
    href   where all of them are              calm   what to say where there is none, "" to leave the section out
    """

    name: str
    title: str
    lines: Sequence[Line] = field(default_factory=tuple)
    total: int = 0
    href: str = ""
    calm: str = ""

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


def cut(sections: Sequence[Section], most: int = MOST) -> list[Section]:
    """Leave so many lines in all: a fair share for every section first, then what is left from above.

    Sections with nothing to show and nothing to say are left out.
    """
    shown = [one for one in sections if one.lines or one.calm]
    filled = [one for one in shown if one.lines]
    fair = max(most // max(len(filled), 1), 1)
    room = [min(len(one.lines), fair) for one in filled]
    left = max(most - sum(room), 0)
    for place, one in enumerate(filled):
        more = min(len(one.lines) - room[place], left)
        room[place], left = room[place] + more, left - more
    kept = {one.name: replace(one, lines=one.lines[:count]) for one, count in zip(filled, room, strict=True)}
    return [kept.get(one.name, one) for one in shown]
