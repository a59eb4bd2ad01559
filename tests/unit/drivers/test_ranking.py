"""A ranking finds what decides, and says what it cannot tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clew.clock import DAY_US
from clew.drivers.model import Ranking, Window
from clew.drivers.outcomes import outcome_of
from clew.drivers.page import answer_of
from clew.drivers.ranking import rank
from clew.drivers.words import is_clear, link, nearer, sentences
from clew.errors import UnknownName
from clew.questions.model import TooFew
from clew.signals.sight import Sight
from clew.stats.drivers import Importance
from tests.unit.drivers.driver_sights import WINDOW, day, log, many, sight_of


def ranked(sight: Sight, name: str = "renewed", window: Window = WINDOW, **options: Any) -> Ranking:
    return rank(sight, outcome_of(sight, name), window, **options)


def titles(ranking: Ranking) -> list[str]:
    return [driver.measure.name for driver in ranking.drivers]


def test_what_decides_comes_first_with_its_sign_and_levels() -> None:
    ranking = ranked(sight_of(log(*many(300, decides=0.8))))

    first = ranking.drivers[0]
    assert isinstance(ranking.importance, Importance)
    assert first.measure.name == "segment:talkative"  # three calls or more: the very rule
    assert ranking.importance.rank_high[0] <= 2
    calls = next(driver for driver in ranking.drivers if driver.measure.name == "touches")
    assert (is_clear(calls), link(calls)) == (True, "lower")
    assert calls.yes.mean is not None
    assert calls.no.mean is not None
    assert calls.yes.mean < calls.no.mean
    assert (ranking.n, ranking.yes + ranking.no) == (300, 300)


def test_where_nothing_decides_nothing_is_called_clear() -> None:
    false_alarms = 0
    for seed in range(10):
        ranking = ranked(sight_of(log(*many(120, decides=0, seed=seed))))
        false_alarms += any(is_clear(driver) for driver in ranking.drivers)

    assert false_alarms <= 2  # one in twenty rankings expected, all their drivers considered


def test_what_comes_after_the_outcome_is_no_driver() -> None:
    ranking = ranked(sight_of(log(*many(300, decides=1, mirrored=True))))

    assert not any(is_clear(driver) for driver in ranking.drivers)
    assert not [
        driver for driver in ranking.drivers if driver.measure.name == "channels" and (driver.yes.mean or 0) > 1
    ]


def test_the_lead_keeps_the_last_days_out() -> None:
    events, attributes = many(300, decides=1)

    ranking = ranked(sight_of(log(events, attributes)), window=Window(180 * DAY_US, 120 * DAY_US))

    assert not any(is_clear(driver) for driver in ranking.drivers)  # calls begin on day 250, the outcome is on day 365


@pytest.mark.parametrize("buckets", [2, 5])
def test_buckets_change_nothing(buckets: int) -> None:
    events, attributes = many(120, decides=0.7)

    one, several = (ranked(sight_of(log(events, attributes, buckets=number))) for number in (1, buckets))

    assert titles(one) == titles(several)
    assert isinstance(one.importance, Importance)
    assert isinstance(several.importance, Importance)
    assert several.importance.share == pytest.approx(one.importance.share, abs=1e-12)


def test_too_few_accounts_say_how_many_more_and_show_levels_all_the_same() -> None:
    events, attributes = many(40, decides=0.8)

    ranking = ranked(sight_of(log(events, attributes)), only=("touches", "contacts"))

    assert isinstance(ranking.importance, TooFew)
    assert str(ranking.importance) == "too few: 10 more needed"
    assert ranking.drivers[0].test is None
    assert any(driver.yes.mean for driver in ranking.drivers)
    assert "No importance is shown, too few: 10 more needed: 50 accounts are needed" in " ".join(sentences(ranking))


def test_no_more_drivers_are_ranked_than_ten_accounts_are_there_for_each() -> None:
    events, attributes = many(55, decides=0.8)

    ranking = ranked(sight_of(log(events, attributes)))

    assert isinstance(ranking.importance, Importance)
    assert (len(ranking.drivers), ranking.tested) == (5, 6)
    assert ranking.left_out[-1].reason == "beyond the 5 that go with it most (10 accounts are needed for each)"


def test_an_outcome_that_hardly_anybody_has_is_too_rare() -> None:
    events, attributes = many(100, decides=0)
    events = [
        (account, at, "renewed" if name == "left" and account > "a2" else name, *rest)
        for account, at, name, *rest in events
    ]

    ranking = ranked(sight_of(log(events, attributes)), only=("touches",))

    assert isinstance(ranking.importance, TooFew)
    assert ranking.importance.needed == 10
    assert ranking.importance.n == ranking.no < 10


def test_without_any_outcome_the_answer_says_so() -> None:
    sight = sight_of(log([("a", day(0), "signed"), ("a", day(9), "call made")]))

    ranking = ranked(sight)

    assert ranking.importance == TooFew(0, 50)
    assert answer_of(sight, ranking).rows == []


def test_what_cannot_be_a_driver_is_left_out_with_its_reason() -> None:
    events, attributes = many(120, decides=0.5)
    events += [("a1", day(300), "rated", {"nps": 9})]
    attributes += [
        (f"a{n}", "twin", str(int(size) * 2), {"at": day(-5)}) for n, (_, _, size, _) in enumerate(attributes)
    ]

    reasons = {
        one.measure.name: f"{one.reason} {one.detail}".strip()
        for one in ranked(sight_of(log(events, attributes))).left_out
    }

    assert reasons["score:nps"] == "known of less than half of the accounts 0.8 %"
    assert reasons["signal:broken-promise"] == "without any occasion in this log"
    assert reasons["signal:duplicate-contact"] == "without any occasion in this log"  # no touch names a team
    assert reasons["signal:stall"] == "never happened"
    assert reasons["attribute:twin"] == "moves as 'size' does"
    assert reasons["stage:setup/live"] == "known of no account"
    assert reasons["stage:setup/waiting"] == "the same for all accounts"


def test_missed_expansion_is_no_driver_of_expansion_for_only_ready_accounts_can_have_it() -> None:
    events, attributes = many(120, decides=0.5)
    sight = sight_of(log(events, attributes))

    reasons = {one.measure.name: one.reason for one in ranked(sight, "expanded").left_out}

    assert reasons["signal:missed-expansion"].startswith("only accounts that were ready to expand can have it")
    assert "only accounts" not in " ".join(one.reason for one in ranked(sight).left_out)


def test_of_more_than_twelve_the_strongest_are_ranked_and_all_are_tested() -> None:
    events, attributes = many(200, decides=0.8)
    for number in range(14):
        attributes += [(f"a{n}", f"x{number}", str((n * (number + 3)) % 17), {"at": day(-5)}) for n in range(200)]

    ranking = ranked(sight_of(log(events, attributes)))

    assert len(ranking.drivers) == 12
    assert ranking.tested > 14
    assert "touches" in titles(ranking)
    assert [one.measure.name for one in ranking.left_out if one.reason.startswith("beyond the 12")]


def test_of_whom_a_driver_is_known_is_no_link_of_the_driver_itself() -> None:
    events, attributes = many(300, decides=0)
    outcome = {account: name for account, _, name, *_ in events if name in ("renewed", "left")}
    for n in range(300):  # skewed, known of nearly all that renewed and of half of those that left
        if outcome[f"a{n}"] == "renewed" or n % 2:
            attributes.append((f"a{n}", "staff", str((n * 7919) % 97 + 5000 * (n % 9 == 0)), {"at": day(-5)}))

    ranking = ranked(sight_of(log(events, attributes)), only=("attribute:staff",))

    assert ranking.drivers[0].known < 0.9
    assert not is_clear(ranking.drivers[0])


def test_revenue_without_a_date_is_left_out_for_it_may_follow_from_the_outcome() -> None:
    events, attributes = many(120, decides=0.5)
    attributes += [(f"a{n}", "revenue", str(n * 10)) for n in range(120)]
    sight = sight_of(log(events, attributes))
    sight = replace(sight, meanings=replace(sight.meanings, revenue="revenue"))

    left = {one.measure.name: one.reason for one in ranked(sight).left_out}

    assert left["attribute:revenue"].startswith("undated")


def test_a_score_is_ranked_by_content_and_poor() -> None:
    events, attributes = many(120, decides=0.5)
    events += [(f"a{n}", day(360), "rated", {"nps": 10 - n % 11}) for n in range(120)]
    events += [(f"a{n}", day(330), "offered", {"contact": 9}) for n in range(120) if n % 11 > 5]
    sight = sight_of(log(events, attributes))

    ranking = ranked(sight, "nps")

    assert "score:nps" not in [*titles(ranking), *(one.measure.name for one in ranking.left_out)]
    contacts = next(driver for driver in ranking.drivers if driver.measure.name == "contacts")
    assert link(contacts) == "lower"
    assert "gave 9 or more" in sentences(ranking)[0]


def test_an_unknown_measure_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'touches'"):
        ranked(sight_of(log(*many(60, decides=0))), only=("touch",))


def test_todays_level_is_that_of_present_customers_in_the_window_that_ends_now() -> None:
    events, attributes = many(120, decides=0.8)
    present = {account for account, _, name, *_ in events if name == "renewed"}
    events += [(account, day(490), "call made", {"contact": 7}) for account in sorted(present)]
    sight = sight_of(log(events, attributes))

    ranking = ranked(sight)

    calls = next(driver for driver in ranking.drivers if driver.measure.name == "contacts")
    assert ranking.now == calls.now.n == len(present)
    assert calls.now.mean == 1
    assert nearer(ranking, calls) == "renewed"


def test_the_answer_says_association_and_nothing_of_cause() -> None:
    sight = sight_of(log(*many(200, decides=0.8)))

    ranking = ranked(sight)
    answer = answer_of(sight, ranking)

    text = " ".join([*answer.notes, answer.next])
    assert "association, not cause" in text
    assert "drivers were tested; p is corrected for that (Benjamini-Hochberg)" in text
    assert "linear model of yes and no" in text
    assert "in the 180 days before it; nothing later counts" in text
    assert {column.name for column in answer.columns} == set(answer.rows[0])
    assert isinstance(ranking.importance, Importance)
    assert sum(float(str(row["importance"])) for row in answer.rows) == pytest.approx(ranking.importance.r2.value)
