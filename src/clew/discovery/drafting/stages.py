"""Which events are stages: had by many, in an order that most subjects keep, and no mere chatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from clew.discovery.drafting.event_words import ACCEPTED, ends_by_word, is_bad_end, says, spoken_kind
from clew.discovery.drafting.figures import EventFigures, Figures
from clew.discovery.drafting.orders import Following, Precedence, following_of, in_order, precedence_of

RARE = 0.02  # share of subjects below which an event is no stage
RARE_END = 0.005  # an end may be rarer
FEWEST = 3  # events beside touches from which the touches can be told from the milestones
OFTEN = 4  # times in the typical subject from which an event is chatter, unless most have it once
AGREED, AGREED_EACH = 0.65, 0.9  # how one-sided the order with other events must be; 0.5 is none. Of what comes
# once, and, in proportion, of what always comes again
ANSWERS = 0.8  # share of a receipt's occurrences that come straight after what it mostly follows
OTHERS = 0.1  # share of a receipt's occurrences that are of another team than most
LAST, SURELY_LAST = 0.4, 0.8  # share of its occurrences after which nothing follows: with an ending word, without


@dataclass(frozen=True)
class Left:
    """An event that is no stage, and why.

    offered  it may be a touchpoint        many  a subject has several: the first may still open a stage
    rare     few have it in the part that is looked at; all other reasons hold for every part
    """

    figures: EventFigures
    reason: str
    offered: bool = False
    many: bool = False
    rare: bool = False


@dataclass(frozen=True)
class Chosen:
    """Columns of stages in order and of ends, and all that was left out.

    forced     stages because somebody says so; they come first
    following  what follows what among stages and ends, precedence the order among stages and what is offered
    """

    figures: Figures
    kind: str
    stages: tuple[int, ...]
    ends: tuple[int, ...]
    forced: tuple[int, ...]
    left: dict[int, Left]
    following: Following
    precedence: Precedence

    def of(self, column: int) -> EventFigures:
        return self.figures.each[column]


@dataclass
class _Choice:
    figures: Figures
    kind: str
    forced: tuple[int, ...]
    left: dict[int, Left] = field(default_factory=dict)

    def leave(self, column: int, reason: str, *, offered: bool = False, many: bool = False, rare: bool = False) -> None:
        self.left[column] = Left(self.figures.each[column], reason, offered, many, rare)


def choose(
    figures: Figures,
    kind: str,
    *,
    starts: Sequence[str] = (),
    ends: Sequence[str] = (),
    life: Chosen | None = None,
) -> Chosen:
    """Choose stages and ends.

    starts, ends  events that are the first stage, or an end, because somebody says so
    life          what was chosen of whole lives, where the figures are of a part: what is no stage there is none here
    """
    forced = tuple(figures.index[name] for name in starts if name in figures.index)
    said = [figures.index[name] for name in ends if name in figures.index and name not in starts]
    choice = _Choice(figures, kind, forced)
    usual = sorted({*_usual(choice, _known(life)), *forced} - set(said))
    following = following_of(figures, [*usual, *said])
    found = [column for column in usual if column not in forced and _ends(figures.each[column], column, following)]
    if said:  # what else ends a run is only what nobody wants
        found = [column for column in found if is_bad_end(figures.each[column].name)]
    stages = _not_rare(choice, [column for column in usual if column not in found], said)
    stages = stages or _one_at_least(choice, [*said, *found])
    stages = _no_receipts(choice, stages, following)
    offered = [column for column, left in choice.left.items() if left.offered or left.many]
    precedence = precedence_of(figures, sorted({*stages, *said, *found, *offered}))
    stages = _with_an_order(choice, stages, precedence)
    ranked = in_order(stages, precedence.before)
    ranked = [*(one for one in ranked if one in forced), *(one for one in ranked if one not in forced)]
    last = sorted(set(found) - set(stages), key=lambda column: (-figures.each[column].subjects, column))
    all_ends = tuple(column for column in dict.fromkeys((*said, *last)) if column not in stages)
    following = following_of(figures, sorted({*ranked, *all_ends}))
    return Chosen(figures, kind, tuple(ranked), all_ends, forced, choice.left, following, precedence)


def _known(life: Chosen | None) -> Mapping[str, Left]:
    return {left.figures.name: left for left in life.left.values() if not left.rare} if life else {}


def _usual(choice: _Choice, known: Mapping[str, Left]) -> list[int]:
    """Columns of events that may be a stage or an end."""
    figures, usual = choice.figures, []
    any_named = any(one.alone < one.occurrences for one in figures.each)
    for column, one in enumerate(figures.each):
        often = one.median >= OFTEN and 2 * one.once < one.subjects
        if column in choice.forced:
            continue
        if one.name in known:
            choice.left[column] = replace(known[one.name], figures=one)
        elif one.subjects < (RARE_END if ends_by_word(one.name) else RARE) * figures.units:
            choice.leave(column, "too rare", rare=True)
        elif one.thing:
            reason = f"belongs to each {one.thing}: clew discover --subject {one.thing}"
            choice.leave(column, reason, many=one.median > 1)
        elif often and any_named and one.alone > 0.99 * one.occurrences:
            choice.leave(column, "noise of a system: no user, team, contact or channel stands with it")
        elif often:
            typical = spoken_kind(choice.kind, 1)
            choice.leave(column, f"too often: {one.median} in the typical {typical}", offered=True, many=True)
        else:
            usual.append(column)
    touches = [c for c in usual if _comes_again(figures.each[c])]
    if len(usual) - len(touches) < FEWEST <= len(touches):
        return usual  # a log of nothing but touches: their order must tell
    for column in touches:
        one = figures.each[column]
        again = f"{one.subjects - one.once:,} of {one.subjects:,} have it again"
        choice.leave(column, f"a touch that comes again: {again}", offered=True, many=one.median > 1)
    return [column for column in usual if column not in touches]


def _comes_again(one: EventFigures) -> bool:
    """Whether an event goes through a channel and most who have it have it again."""
    return 2 * one.met > one.occurrences and 2 * one.once < one.subjects


def _ends(one: EventFigures, column: int, following: Following) -> bool:
    """Whether an event comes last, by its name or nearly always, and few subjects begin with it."""
    share = int(following.last[column]) / max(one.occurrences, 1)
    begins = 2 * int(following.first[column]) >= one.subjects
    return not begins and share >= (LAST if ends_by_word(one.name) else SURELY_LAST)


def _not_rare(choice: _Choice, stages: Sequence[int], said: Sequence[int]) -> list[int]:
    """Leave out what few have; where somebody says what ends a run, few of those who came there."""
    had, units = _had(choice.figures, said)
    rare = [column for column in stages if had[column] < RARE * units and column not in choice.forced]
    for column in rare:
        choice.leave(column, "too rare" + (" among those who came to the end" if said else ""), rare=True)
    return [column for column in stages if column not in rare]


def _had(figures: Figures, said: Sequence[int]) -> tuple[Sequence[int], int]:
    """(subjects with each event, subjects) among those that have one of these ends, among all where none is said."""
    if not said:
        return [one.subjects for one in figures.each], figures.units
    had, units = np.zeros(len(figures.each), np.int64), 0
    for part in figures.places:
        came = part.last(*said) >= 0
        had += [np.count_nonzero(part.times(column)[came]) for column in range(len(had))]
        units += int(came.sum())
    return had.tolist(), units


def _one_at_least(choice: _Choice, ends: Sequence[int]) -> list[int]:
    """Where nothing is left for a stage, the event that most subjects have."""
    each = choice.figures.each
    free = [column for column in range(len(each)) if column not in ends] or list(ends)
    best = max(free, key=lambda column: (each[column].subjects, -column))
    choice.left.pop(best, None)
    return [best]


def _no_receipts(choice: _Choice, stages: Sequence[int], following: Following) -> list[int]:
    """Leave out what only says that a team has taken something over: several events lead to it, in several teams."""
    kept = []
    for column in stages:
        word = says(choice.figures.each[column].name, ACCEPTED)
        if word and column not in choice.forced and _answers_several(choice.figures, column, following):
            choice.leave(
                column, f"no stage of its own: '{word}' answers several others, in several teams", offered=True
            )
        else:
            kept.append(column)
    return kept


def _answers_several(figures: Figures, column: int, following: Following) -> bool:
    one, into = figures.each[column], following.follows[:, column]
    led = [other for other in np.flatnonzero(into).tolist() if 2 * into[other] >= figures.each[other].occurrences]
    comes = sum(int(into[other]) for other in led)
    return len(led) > 1 and comes >= ANSWERS * one.occurrences and one.by_others >= OTHERS * one.occurrences


def _with_an_order(choice: _Choice, stages: Sequence[int], precedence: Precedence) -> list[int]:
    """Leave out, one after another, what comes as often before the others as after them.

    The more often an event recurs, the less its first one says: its order must then be the more one-sided.
    """
    kept = list(stages)
    while len(kept) > 2:
        agreement = precedence.agreement(kept)
        free = [(agreement[column] - _needed(choice.figures.each[column]), column) for column in kept]
        short, worst = min((one for one in free if one[1] not in choice.forced), default=(0.0, -1))
        if short >= 0:
            break
        kept.remove(worst)
        one, sided = choice.figures.each[worst], f"{agreement[worst]:.0%} have it on the same side of the others"
        recurs = (
            f"{one.subjects - one.once:,} of {one.subjects:,} have it again, and " if one.once < one.subjects else ""
        )
        choice.leave(worst, f"no order: {recurs}only {sided}", offered=True)
    return kept


def _needed(one: EventFigures) -> float:
    """How one-sided the order of an event with the others must be."""
    return AGREED + (AGREED_EACH - AGREED) * (1 - one.once / max(one.subjects, 1))
