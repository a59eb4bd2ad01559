"""No hidden figure can be worked out: of all small worlds, those that look the same differ in what they hide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import product

from clew.access.model import Actor, Role
from clew.access.policy import LEAST_ACCOUNTS, may_see_groups
from clew.web.queries.journeys import JourneyFigures, StageCount, journey_figures, together
from clew.web.queries.runs import EndedCount

VERA = Actor("user", "user:4", role=Role.VIEWER, user=4)
MIA = Actor("user", "user:3", role=Role.MEMBER, user=3)
Hidden = dict[tuple[str, str], int]
World = tuple[Sequence[StageCount], Sequence[EndedCount]]


def stage(name: str, late: int, timely: int) -> StageCount:
    """A stage where each account has one run."""
    return StageCount(name, late + timely, late + timely, late, late, timely)


def hidden_in(world: World, shown: JourneyFigures) -> Hidden:
    """What a world holds where nothing is shown."""
    counts, ended = world
    found: Hidden = {}
    for count in counts:
        figures = shown.stages[count.stage]
        if figures.open is None:
            found["open", str(count.stage)] = count.open
        if figures.late is None:
            found["late", str(count.stage)] = count.late
    return found | {("ended", one.outcome): one.runs for one in ended if shown.ended[one.outcome] is None}


def check(worlds: Iterable[World], *of: str) -> None:
    alike: dict[str, list[Hidden]] = defaultdict(list)
    for counts, ended in worlds:
        shown = journey_figures(VERA, counts, ended)
        alike[repr((shown, together([shown.open, shown.late])))].append(hidden_in((counts, ended), shown))
    assert len(alike) > 1
    for looks, hidden in alike.items():
        for figure in [one for one in hidden[0] if one[0] in of]:
            assert len({one[figure] for one in hidden}) > 1, (looks, figure)


def test_runs_of_stages() -> None:
    worlds = product(range(8), repeat=3)
    check((([stage(str(at), 0, count) for at, count in enumerate(world)], ()) for world in worlds), "open")


def test_late_runs_of_stages() -> None:
    parts = list(product(range(7), repeat=2))
    check(
        (([stage("a", *first), stage("b", *second)], ()) for first, second in product(parts, repeat=2)), "open", "late"
    )


def test_runs_that_ended() -> None:
    names = ("lost", "won", "moved")
    worlds = product(range(8), repeat=3)
    check((((), [EndedCount(*one) for one in zip(names, world, world, strict=True)]) for world in worlds), "ended")


def test_groups_beside_their_exact_total() -> None:
    """The rule itself, with the total beside it as nobody but this test shows it."""
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for world in product(range(1, 8), repeat=6):
        seen = may_see_groups(VERA, world)
        if not any(seen):
            continue  # where all are hidden the total is too
        shown = tuple(count if one else None for count, one in zip(world, seen, strict=True))
        alike[shown, sum(world)].append(world)
    for (shown, _), worlds in alike.items():  # type: ignore[misc]
        for place, count in enumerate(shown):
            assert count is not None or len({world[place] for world in worlds}) > 1, worlds


def test_no_difference_of_figures_that_are_shown_is_of_few_accounts() -> None:
    for late, timely in product(range(9), repeat=2):
        figures = journey_figures(VERA, [stage("a", late, timely)], ()).stages["a"]

        if figures.open is not None and figures.late is not None:
            assert all(part == 0 or part >= LEAST_ACCOUNTS for part in (late, timely))


def test_runs_of_one_account_are_not_many_accounts() -> None:
    """Seven late runs of one account, beside six accounts in time."""
    shown = journey_figures(VERA, [StageCount("a", 13, 7, 7, 1, 6)], [EndedCount("won", 9, 2)])

    assert (shown.stages["a"].open, shown.stages["a"].late, shown.ended["won"]) == (13, None, None)
    assert not shown.late.whole


def test_who_sees_accounts_sees_every_figure() -> None:
    for late, timely in product(range(4), repeat=2):
        shown = journey_figures(MIA, [stage("a", late, timely)], [EndedCount("won", 1, 1)])

        assert (shown.stages["a"].open, shown.stages["a"].late) == (late + timely, late)
        assert shown.open.whole
        assert shown.late.whole
        assert shown.ended == {"won": 1}
