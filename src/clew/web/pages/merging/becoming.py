"""What two accounts become as one: which value wins and why, what is added up. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clew.clock import ALWAYS
from clew.texts import gettext as _
from clew.texts import ngettext
from clew.web.queries.duplicates import Said, Side


@dataclass(frozen=True)
class Value:
    """An attribute of which both say something else.

    at     since when each value holds, None where it has no date
    wins   the value that holds for both afterwards        why  in words
    """

    name: str
    left: str
    right: str
    left_at: int | None
    right_at: int | None
    wins: str
    why: str


def values_of(left: Mapping[str, Said], right: Mapping[str, Said]) -> list[Value]:
    """Compare what sources say of both; the later word wins, as within one account."""
    names = [name for name in left if name in right and left[name].value != right[name].value]
    return [_value(name, left[name], right[name]) for name in sorted(names)]


def _value(name: str, left: Said, right: Said) -> Value:
    later = left if left.at > right.at else right
    if left.at == right.at:
        wins, why = "", _("both were told of one moment; the order of sources decides")
    elif min(left.at, right.at) == ALWAYS:
        wins, why = later.value, _("it has a date, the other has none")
    else:
        wins, why = later.value, _("it is the later word")
    return Value(name, left.value, right.value, _dated(left.at), _dated(right.at), wins, why)


def _dated(at: int) -> int | None:
    return None if at == ALWAYS else at


def sums_of(left: Side, right: Side, titles: Mapping[str, str]) -> list[str]:
    """Say what is added up.

    titles  of journeys, by name
    """
    events = left.header.touches + right.header.touches
    told = [ngettext("%(n)s event in one timeline", "%(n)s events in one timeline", events) % {"n": f"{events:,}"}]
    told += _runs(left, right, titles)
    promises = sum(one.waits for side in (left, right) for one in side.promises)
    answers, people = left.answers + right.answers, left.people + right.people
    if promises:
        told.append(ngettext("%(n)s open promise", "%(n)s open promises", promises) % {"n": promises})
    if answers:
        told.append(ngettext("%(n)s answer on file", "%(n)s answers on file", answers) % {"n": answers})
    if people:
        told.append(ngettext("up to %(n)s person", "up to %(n)s people", people) % {"n": people})
    return told


def _runs(left: Side, right: Side, titles: Mapping[str, str]) -> Iterator[str]:
    """Runs are folded anew from the events of both: where the account itself runs, two may become one."""
    for journey in sorted({*left.runs, *right.runs}):
        count = sum(side.runs.get(journey, (0, 0))[0] for side in (left, right))
        both = journey in left.runs and journey in right.runs
        told = {"journey": titles.get(journey, journey), "n": count}
        if both:
            yield _("%(journey)s: %(n)s runs, folded anew from the events of both; two of them may become one") % told
        else:
            yield ngettext("%(journey)s: %(n)s run", "%(journey)s: %(n)s runs", count) % told
