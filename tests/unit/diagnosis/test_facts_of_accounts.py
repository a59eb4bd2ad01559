"""Facts about accounts: how many, how many people, touches, channels and teams, who serves them and who hears them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clew.conditions.model import Event
from clew.diagnosis.measured import FACTS
from clew.diagnosis.model import Measure, Standing
from clew.meanings.model import Meanings, ScoreMeaning
from clew.questions.ground import Rejected
from clew.stats.shares import wilson
from tests.unit.diagnosis.measured_worlds import MEANINGS, day, facts, seeing

NOTHING_SAID = Meanings()


def six_customers() -> list[tuple[object, ...]]:
    """Six accounts win on day 0; account n then has n touches by mail, with n contacts, half of them of user ida."""
    events: list[tuple[object, ...]] = [(f"a{n}", day(0), "deal won", {"team": "sales"}) for n in range(1, 7)]
    for n in range(1, 7):
        for touch in range(n):
            words = {"channel": "mail", "contact": 10 * n + touch, "team": "service", "user": ["ida", "ole"][touch % 2]}
            events.append((f"a{n}", day(10 + touch), "mail written", words))
    return [*events, ("a1", day(365), "product used", {})]


def test_every_fact_is_there_with_a_sentence_whatever_is_known() -> None:
    found = facts(seeing([("a1", day(0), "deal won")], meanings=NOTHING_SAID))

    assert tuple(found) == FACTS
    assert all(fact.name == name and fact.sentence.endswith(".") for name, fact in found.items())


def test_what_meanings_do_not_say_is_unknown_and_never_guessed() -> None:
    found = facts(seeing(six_customers(), meanings=NOTHING_SAID))

    unknown = ("renewal-rate", "existing-business-share", "quiet-losses", "survey-coverage", "revenue-in-top-20")
    for name in unknown:
        assert found[name].standing is Standing.UNKNOWN
        assert found[name].sentence.startswith("Not measured: ")
        assert "meanings.yaml" in found[name].sentence


def test_customers_are_those_who_became_one_and_have_not_left() -> None:
    events = [("a", day(0), "deal won"), ("b", day(0), "deal won"), ("b", day(9), "contract cancelled")]
    back = [("c", day(0), "deal won"), ("c", day(5), "contract cancelled"), ("c", day(9), "deal won")]

    fact = facts(seeing([*events, *back, ("lead", day(1), "mail opened")]))["customers"]

    assert (fact.value, fact.n) == (2, 4)
    assert fact.sentence == "2 accounts of 4 with events are customers; 1 of the 3 that ever were have left."


def test_without_a_meaning_of_customers_every_account_counts_and_the_fact_says_so() -> None:
    fact = facts(seeing([("a", day(0), "x"), ("b", day(1), "x")], meanings=NOTHING_SAID))["customers"]

    assert fact.value == 2
    assert "does not say what makes one a customer" in fact.sentence


def test_a_log_of_things_without_accounts_has_no_customers_to_count() -> None:
    events = [(None, day(n), "opened", {"ticket": f"t{n}"}) for n in range(9)]

    found = facts(seeing(events, meanings=NOTHING_SAID))

    assert found["customers"].value is None
    assert found["unlinked-accounts"].value is None
    assert "9 threads" in found["unlinked-accounts"].sentence


def test_contacts_are_the_median_of_different_people_a_year_with_its_order_statistics() -> None:
    fact = facts(seeing(six_customers()))["contacts-per-account"]

    assert (fact.value, fact.low, fact.high, fact.n) == (3.5, 1, 6, 6)
    assert "3.5 [1, 6] (n 6)" in fact.sentence


def test_touches_are_counted_a_year() -> None:
    """The log is a year long: account n has n touches a year, the median of 1 to 6 is 3.5."""
    fact = facts(seeing(six_customers()))["touches-per-account-year"]

    assert (fact.value, fact.low, fact.high) == (3.5, 1, 6)


def test_touches_of_a_short_log_are_scaled_to_a_year() -> None:
    """Over 146 days of log, 2 touches are 5 a year."""
    events = [(f"a{n}", day(0), "deal won") for n in range(6)]
    events += [(f"a{n}", day(at), "call", {"channel": "call"}) for n in range(6) for at in (50, 146)]  # type: ignore[misc]

    assert facts(seeing(events))["touches-per-account-year"].value == pytest.approx(5.0)


def test_a_touch_older_than_a_year_is_none_of_the_year() -> None:
    events = [(f"a{n}", day(0), "deal won", {"channel": "web"}) for n in range(6)]
    events += [(f"a{n}", day(400), "call", {"channel": "call"}) for n in range(6)]

    found = facts(seeing(events))

    assert found["touches-per-account-year"].value == 1
    assert found["channels"].sentence == (
        "1 channel carried 1 % or more of the 6 touches of the last 12 months that name one: call."
    )


def test_a_channel_that_carries_less_than_a_hundredth_is_not_in_use() -> None:
    events = [("a", day(n / 2), "mail", {"channel": "mail"}) for n in range(200)]
    events += [("a", day(101), "call", {"channel": "call"})]

    fact = facts(seeing(events))["channels"]

    assert (fact.value, fact.n) == (1, 201)


def test_teams_are_the_median_of_different_ones() -> None:
    events = [(f"a{n}", day(0), "deal won", {"team": "sales"}) for n in range(6)]
    events += [(f"a{n}", day(1), "call", {"team": team}) for n in range(1, 6) for team in ("service", "sales")]
    events += [(f"a{n}", day(2), "call", {"team": "finance"}) for n in range(4, 6)]

    fact = facts(seeing(events))["teams-per-account"]  # 1, 2, 2, 2, 3, 3

    assert (fact.value, fact.low, fact.high, fact.n) == (2, 1, 3, 6)


def test_systems_are_sources_that_told_of_events_in_the_year() -> None:
    events = [
        ("a", day(0), "old", {"source": "legacy"}),
        ("crm:1", day(400), "deal won", {"source": "crm"}),
        ("desk:9", day(401), "ticket opened", {"source": "desk"}),
    ]

    fact = facts(seeing(events))["systems"]

    assert fact.value == 2
    assert "3 kinds of id (account, crm and desk)" in fact.sentence


def test_accounts_that_one_system_alone_knows_are_unlinked() -> None:
    events = [(f"crm:{n}", day(n), "deal won") for n in range(4)]
    events += [(f"desk:{n}", day(n), "ticket opened") for n in range(2)]
    links = [("crm:0", "desk:0")]

    fact = facts(seeing(events, links=links))["unlinked-accounts"]

    assert fact.value == pytest.approx(1 / 5)
    assert "so 'desk' alone know them" in fact.sentence


def test_most_touches_of_one_person_make_a_named_owner() -> None:
    """Five touches of known users are needed: a5 has 3 of ida and 2 of ole, a6 3 and 3."""
    events = six_customers()
    for n in range(3):  # three more accounts wholly held by ida
        words = {"channel": "call", "user": "ida"}
        events += [(f"b{n}", day(0), "deal won", {}), *((f"b{n}", day(9 + t), "call", words) for t in range(5))]

    fact = facts(seeing(events))["named-owner-share"]

    assert (fact.value, fact.n) == (4 / 5, 5)
    assert (fact.low, fact.high) == (wilson(4, 5).low, wilson(4, 5).high)


def test_self_service_is_what_names_neither_user_nor_team() -> None:
    """Ten accounts, each with one event of a team and three of nobody."""
    events = [(f"a{n}", day(0), "deal won", {"team": "sales"}) for n in range(10)]
    events += [(f"a{n}", day(t), "product used", {}) for n in range(10) for t in (1, 2, 3)]

    fact = facts(seeing(events))["self-service-share"]

    assert (fact.value, fact.n) == (0.75, 40)


def test_nobody_can_tell_self_service_where_no_event_names_who_acted() -> None:
    fact = facts(seeing([("a", day(0), "deal won")]))["self-service-share"]

    assert fact.value is None


def test_a_deal_is_no_sales_touch_of_its_own() -> None:
    """Of six who won, two had been called by sales before, one only afterwards."""
    events = [(f"a{n}", day(10), "deal won", {"team": "sales", "channel": "call"}) for n in range(6)]
    events += [(f"a{n}", day(5), "call", {"team": "inside sales", "channel": "call"}) for n in range(2)]
    events += [("a3", day(15), "call", {"team": "sales", "channel": "call"})]

    fact = facts(seeing(events))["sales-free-share"]

    assert fact.value == pytest.approx(4 / 6)
    assert fact.n == 6


def test_where_sales_records_no_touch_nobody_can_say_whom_it_did_not_talk_to() -> None:
    events = [(f"a{n}", day(10), "deal won", {"team": "sales"}) for n in range(6)]

    assert facts(seeing(events))["sales-free-share"].value is None


def test_coverage_is_the_share_of_customers_with_a_score_in_the_year() -> None:
    events: list[tuple[object, ...]] = [(f"a{n}", day(0), "deal won", {}) for n in range(8)]
    events += [(f"a{n}", day(10), "answered", {"nps": "9"}) for n in range(3)]
    events += [("a0", day(20), "answered", {"nps": "7"}), ("a7", day(400), "mail", {})]
    late = [("a5", day(300), "answered", {"nps": "3"})]
    meanings = replace(MEANINGS, scores={"nps": ScoreMeaning("nps", "nps", 9, 6)})

    fact = facts(seeing([*events, *late], meanings=meanings))["survey-coverage"]

    assert (fact.value, fact.n) == (1 / 8, 8)  # a5 alone: the others answered more than a year ago


def test_disputed_invoices_are_told_by_the_names_of_events_and_named() -> None:
    events = [(f"a{n}", day(at), "invoice sent") for n in range(10) for at in (1, 2)]
    events += [("a0", day(3), "invoice disputed")]

    fact = facts(seeing(events))["disputed-invoices"]

    assert (fact.value, fact.n) == (1 / 20, 20)
    assert "invoice disputed against invoice sent" in fact.sentence


def test_rejected_rows_are_a_share_of_all_that_were_read() -> None:
    rejected = [Rejected("crm", 80, 2), Rejected("desk", 20, 3)]

    fact = facts(seeing([("a", day(0), "deal won")]), rejected)["rejected-rows"]

    assert (fact.value, fact.n, fact.low) == (0.05, 100, None)
    assert fact.sentence.endswith("(5); most in desk and crm.")


def test_below_the_least_n_a_fact_says_how_many_more_it_needs() -> None:
    events = [("a", day(0), "deal won"), ("a", day(1), "call", {"contact": 1})]

    fact = facts(seeing(events))["contacts-per-account"]

    assert fact.value is None
    assert fact.sentence == "Too few: 1 customers with a contact, 5 more needed."
    assert fact.measure is Measure.NUMBER


def test_a_thing_of_no_account_and_a_person_of_none_are_no_accounts() -> None:
    events = [("a", day(0), "deal won"), (None, day(1), "opened", {"ticket": "t1"}), ("contact:7", day(1), "mailed")]
    meanings = replace(MEANINGS, customers=Event(("deal won", "mailed", "opened")))

    assert facts(seeing(events, meanings=meanings))["customers"].value == 1
