"""Which firms are found to be probably one, and why."""

from __future__ import annotations

import random

import pytest

from clew.duplicates.linking import NoLinkage, probable_pairs
from clew.duplicates.model import Firm, Pair, Reason, What
from clew.duplicates.reasons import words
from clew.trials.firms_alike import invented

pytest.importorskip("splink")

WERK = Firm("account:1", "Nordwind Werk GmbH", ("nordwind.example",), country="DE", industry="Food")
WERKE = Firm("account:2", "Nordwind Werke AG", ("nordwind.example",), country="DE", industry="Food")
OTHERS = [
    Firm(f"account:{number + 10}", name, country=country)
    for number, (name, country) in enumerate(
        [("Dupont SA", "FR"), ("Vessel BV", "NL"), ("Kettle Labs Ltd", "GB"), ("Rowan Chemie GmbH", "DE")]
    )
]


def _between(pairs: list[Pair], one: Firm, other: Firm) -> Pair | None:
    wanted = tuple(sorted((one.thread, other.thread)))
    return next((pair for pair in pairs if (pair.left, pair.right) == wanted), None)


def test_one_firm_written_twice_is_found_with_reasons() -> None:
    found = _between(probable_pairs([WERK, WERKE, *OTHERS]), WERK, WERKE)

    assert found is not None
    assert found.chance > 0.9
    said = [words(reason) for reason in found.reasons]
    assert "names alike: Nordwind Werk GmbH and Nordwind Werke AG" in said
    assert "same domain: nordwind.example" in said
    assert all(reason.weight > 0 for reason in found.reasons)


@pytest.mark.parametrize(
    "other",
    [
        Firm("account:3", "Nordwind Polska Sp. z o.o.", ("nordwind.example",), country="PL", parent="account:1"),
        Firm("account:3", "Nordwind Werk Polska Sp. z o.o.", ("nordwind.example",), country="PL"),
        Firm("account:3", "Nordwind Werk 2 GmbH", (), country="DE"),
        Firm("account:3", "Nordlicht Energie GmbH", ("nordlicht.example",), country="DE"),
        Firm("account:3", "Nordwind Beteiligung GmbH", ("nordwind.example",), country="DE"),
    ],
    ids=["subsidiary", "subsidiary of no parent", "numbered", "another firm", "holding"],
)
def test_firms_that_only_look_alike_are_not_found(other: Firm) -> None:
    assert _between(probable_pairs([WERK, other, *OTHERS]), WERK, other) is None


def test_domains_from_which_contacts_write_count_and_are_not_said() -> None:
    one = Firm("account:1", "Nordwind Werk GmbH", written=("nordwind.example",))
    other = Firm("account:2", "Nordwind Werke AG", written=("nordwind.example",))

    found = _between(probable_pairs([one, other, *OTHERS]), one, other)

    assert found is not None
    told = next(reason for reason in found.reasons if reason.what is What.DOMAIN)
    assert told.values == ()
    assert words(told) == "people at both write from the same domain"
    assert "nordwind.example" not in str([reason.kept() for reason in found.reasons])


def test_the_same_firms_give_the_same_pairs_in_any_order() -> None:
    firms = list(invented(150, 3).firms)
    first = probable_pairs(firms)
    random.Random(1).shuffle(firms)

    assert probable_pairs(firms) == first


def test_firms_drawn_after_the_comparisons_were_chosen_are_told_apart() -> None:
    towns = [invented(600, seed) for seed in (31, 32, 33)]
    found = [{(pair.left, pair.right) for pair in probable_pairs(town.firms)} for town in towns]

    right = sum(len(each & town.truth) for each, town in zip(found, towns, strict=True))
    named, true = sum(map(len, found)), sum(len(town.truth) for town in towns)
    assert right / named >= 0.9, f"precision {right} of {named}"
    assert right / true >= 0.88, f"recall {right} of {true}"


@pytest.mark.parametrize("firms", [[], [WERK], [Firm("account:1", ""), Firm("account:2", "")]])
def test_nothing_to_compare_gives_nothing(firms: list[Firm]) -> None:
    assert probable_pairs(firms) == []


def test_without_splink_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clew.duplicates.linking.is_installed", lambda: False)

    with pytest.raises(NoLinkage, match=r"pip install 'clew\[duplicates\]'"):
        probable_pairs([WERK, WERKE])


def test_a_reason_is_read_as_it_was_kept() -> None:
    reason = Reason(What.NAME, "misspelt", 12.34, ("Nordwind", "Nordwnd"))

    assert Reason.read(reason.kept()) == reason
