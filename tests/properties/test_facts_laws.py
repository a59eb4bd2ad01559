"""Laws of facts and findings: buckets change nothing, shares stay in 0..1, chance alone makes no contrast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.conditions.model import Event
from clew.diagnosis.comparing.contrasts import LEVEL, scan
from clew.diagnosis.comparing.courses import courses_of
from clew.diagnosis.findings.contrasts import contrast_findings
from clew.diagnosis.measured import FACTS, Measured, measured
from clew.diagnosis.model import Measure
from clew.engine.fold import fold
from clew.errors import BadRequest
from clew.journeys.model import Again, AgainKind, End, Journey, Stage, Subject
from clew.meanings.model import Meanings, Requests, ScoreMeaning, Sent
from clew.questions.ground import Ground
from clew.signals.sight import Sight
from clew.stats.resampling import resample_clusters, share_of_sums
from clew.testing import MemoryView, memory_log
from tests.properties.small_worlds import FIRM, Chance

MEANINGS = Meanings(
    revenue="tier",
    customers=Event(("a",)),
    lost=Event(("e",)),
    renewed=Event(("b",)),
    expanded=Event(("c",)),
    loud=Event(("d",)),
    sent=Sent(Event(("a", "b"))),
    requests=Requests("ticket", Event(("a",)), answered=Event(("b",))),
    scores={"nps": ScoreMeaning("nps", "nps", 9, 6)},
)


def look(view: MemoryView, journey: Journey, meanings: Meanings = MEANINGS) -> Measured:
    ground = Ground(fold(view, journey, FIRM), FIRM)
    return measured(Sight(view, FIRM, meanings, {journey.name: ground}))


def small(seed: int) -> tuple[MemoryView, Journey]:
    """A random small world and a journey that can be walked; the seed moves on where one cannot."""
    while True:
        chance = Chance(seed)
        journey, world = chance.journey(), chance.world()
        try:
            fold(world.view(), journey, FIRM)
        except BadRequest:
            seed += 1_000_003
            continue
        return world.view(), journey


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(2, 7))
def test_any_number_of_buckets_gives_the_same_facts_and_findings(seed: int, buckets: int) -> None:
    view, journey = small(seed)

    assert look(view.cut(buckets=buckets), journey) == look(view, journey)


def firm_of(accounts: int, seed: int, *, buckets: int = 1) -> Sight:
    """A firm large enough for every fact: touches, users, teams, revenue, tickets, losses, two segments."""
    rng = np.random.default_rng(seed)
    events, attributes = [], []
    for n in range(accounts):
        for at in np.sort(rng.integers(0, 400, rng.integers(3, 30))).tolist():
            words = {
                "team": ["x", "y", "z"][rng.integers(3)],
                "user": ["ida", "ole"][rng.integers(2)],
                "channel": ["mail", "call"][rng.integers(2)],
                "contact": int(10 * n + rng.integers(4)),
                "ticket": f"{n}-{rng.integers(3)}",
                "value": int(rng.integers(1, 100)),
            }
            events.append((f"a{n}", 1_767_225_600_000_000 + at * 86_400_000_000, "abcde"[rng.integers(5)], words))
        attributes.append((f"a{n}", "tier", ["10", "20", "400"][rng.integers(3)]))
    view = memory_log(events, attributes, subjects=("ticket",), buckets=buckets)
    stages = tuple(Stage(name, Event((name,))) for name in "ab")
    journeys = (
        Journey("one", "One", "v", Subject(), stages, ends=(End("done", Event(("e",))),)),
        Journey("each", "Each", "v", Subject("ticket", "ticket"), stages, again=Again(AgainKind.EACH_TRIGGER)),
    )
    return Sight(view, FIRM, MEANINGS, {each.name: Ground(fold(view, each, FIRM), FIRM) for each in journeys})


@pytest.mark.parametrize("seed", [3, 11])
def test_buckets_change_nothing_where_every_fact_has_a_value(seed: int) -> None:
    one, several = measured(firm_of(60, seed)), measured(firm_of(60, seed, buckets=5))

    assert one == several
    assert sum(fact.value is not None for fact in one.facts.values()) > 20


@settings(max_examples=12)
@given(st.integers(0, 10**6))
def test_facts_lie_inside_their_intervals_and_shares_between_0_and_1(seed: int) -> None:
    found = measured(firm_of(40, seed)).facts

    assert tuple(found) == FACTS
    for fact in found.values():
        assert fact.sentence
        if fact.value is None:
            assert (fact.low, fact.high) == (None, None)
            continue
        ends = (fact.low if fact.low is not None else fact.value, fact.high if fact.high is not None else fact.value)
        assert ends[0] <= fact.value <= ends[1], fact
        if fact.measure is Measure.SHARE:
            assert ends[0] >= 0, fact
            assert ends[1] <= 1, fact


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=10, max_size=40), st.randoms())
def test_a_resampled_share_does_not_depend_on_the_order_of_accounts(pairs: list[tuple[int, int]], dice: object) -> None:
    part, whole = (np.array(column, float) for column in zip(*[(min(a, b), b) for a, b in pairs], strict=True))
    order = np.random.default_rng(len(pairs)).permutation(len(pairs))

    assert share_of_sums(part[order], whole[order]) == share_of_sums(part, whole)


def test_a_resampled_share_agrees_with_drawing_accounts_one_by_one() -> None:
    rng = np.random.default_rng(5)
    whole = rng.integers(1, 20, 120).astype(float)
    part = np.floor(whole * rng.random(120))

    drawn = resample_clusters(np.arange(120), lambda rows: float(part[rows].sum() / whole[rows].sum()), seed=9)
    found = share_of_sums(part, whole)

    assert found.value == drawn.value
    assert found.low == pytest.approx(drawn.low, abs=0.01)
    assert found.high == pytest.approx(drawn.high, abs=0.01)


@given(st.integers(1, 60))
def test_a_share_of_none_or_all_has_an_interval_that_narrows_with_accounts(accounts: int) -> None:
    few, many = (share_of_sums(np.zeros(n), np.full(n, 5.0)) for n in (accounts + 9, accounts + 10))

    assert few.low == many.low == 0
    assert 0 < many.high < few.high


def nothing_differs(seed: int, *, runs: int = 1, dimensions: int = 8) -> Sight:
    """Three hundred accounts whose attributes, team and channel have nothing to do with how far they come.

    With several runs an account wins all of them or none: its runs are no independent witnesses.
    """
    rng = np.random.default_rng(seed)
    events, attributes = [], []
    for n in range(300 if runs == 1 else 120):
        first = {"team": "xyz"[rng.integers(3)], "channel": ["mail", "call"][rng.integers(2)]}
        won = rng.random() < 0.3
        for run in range(runs):
            at = 1_767_225_600_000_000 + int(rng.integers(0, 60) + 70 * run) * 86_400_000_000
            events.append((f"a{n}", at, "lead", first))
            events += [(f"a{n}", at + 86_400_000_000, "won", {})] if won else []
        attributes += [(f"a{n}", f"d{k}", f"v{rng.integers(2 + k % 4)}", {"at": 0}) for k in range(dimensions)]
    journey = Journey(
        "sale", "Sale", "v", Subject(), (Stage("lead", Event(("lead",))), Stage("won", Event(("won",)))),
        starts=Event(("lead",)), again=Again(AgainKind.EACH_TRIGGER if runs > 1 else AgainKind.NEVER),
    )  # fmt: skip
    view, firm = memory_log(events, attributes), replace(FIRM, segments={})
    return Sight(view, firm, Meanings(), {"sale": Ground(fold(view, journey, firm), firm)})


@pytest.mark.parametrize("runs", [1, 6], ids=["independent runs", "runs that hang together"])
def test_where_nothing_differs_a_contrast_is_found_no_more_often_than_the_level_says(runs: int) -> None:
    """Under the null Benjamini-Hochberg finds anything at all in 5 % of worlds at most: 100 worlds, so up to 11.

    P(more than 11 of 100 | 5 %) = 0.4 %
    """
    worlds, found, told = 100, 0, 0
    for seed in range(worlds):
        sight = nothing_differs(1000 + seed, runs=runs)
        courses = {name: courses_of(ground) for name, ground in sight.journeys.items()}
        compared = scan(courses)
        assert len(compared.compared) >= 20
        found += bool(compared.standing)
        told += bool(list(contrast_findings(compared, courses, {})))

    assert found <= 11
    assert told <= found
    assert LEVEL == 0.05


def test_what_differs_plainly_is_found_in_nearly_every_world() -> None:
    """The same scan with one attribute that matters: half of its runs win at 30 %, half at 60 %."""
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        events: list[tuple[object, ...]] = []
        attributes: list[tuple[object, ...]] = []
        for n in range(300):
            good = bool(rng.integers(2))
            at = 1_767_225_600_000_000 + int(rng.integers(0, 60)) * 86_400_000_000
            events += [(f"a{n}", at, "lead", {})]
            events += [(f"a{n}", at + 86_400_000_000, "won", {})] if rng.random() < (0.6 if good else 0.3) else []
            attributes += [(f"a{n}", "matters", str(good), {"at": 0})]
            attributes += [(f"a{n}", f"d{k}", f"v{rng.integers(3)}", {"at": 0}) for k in range(8)]
        view = memory_log(events, attributes)
        stages = (Stage("lead", Event(("lead",))), Stage("won", Event(("won",))))
        ground = Ground(fold(view, Journey("sale", "Sale", "v", Subject(), stages), FIRM), FIRM)
        standing = scan({"sale": courses_of(ground)}).standing
        found += any(each.split.name == "matters" for each in standing)

    assert found >= 19
