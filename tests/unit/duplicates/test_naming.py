"""Which words of a firm's name tell it from others."""

from __future__ import annotations

import pytest

from clew.duplicates.naming import branch_in, numbers_in, skeleton, stem, words_of

NAMES = [
    ("Nordwind Werk GmbH", ("nordwind", "werk")),
    ("Müller & Söhne GmbH & Co. KG", ("mueller", "soehne")),  # joining words and several forms at the end
    ("S.A. Dupont", ("dupont",)),  # a form may stand first
    ("Acme Sp. z o.o.", ("acme",)),
    ("Booking.com B.V.", ("booking",)),
    ("A/S Skibsværft", ("skibsvaerft",)),
    ("GmbH", ("gmbh",)),  # nothing else is left
    ("ООО Ромашка", ("ооо", "ромашка")),  # other scripts stay
    ("", ()),
]


@pytest.mark.parametrize(("name", "words"), NAMES)
def test_a_name_is_its_words_without_legal_form_and_accents(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_numbers_and_branches_tell_firms_of_one_name_apart() -> None:
    assert numbers_in(words_of("Plant 2 GmbH")) != numbers_in(words_of("Plant 3 GmbH"))
    assert branch_in(words_of("Nordwind Polska Sp. z o.o.")) == ("polska",)
    assert branch_in(words_of("Nordwind GmbH")) == ()


@pytest.mark.parametrize(("one", "other"), [("nordwind", "nordwinnd"), ("nordwind", "nordwiind"), ("keller", "keler")])
def test_most_misspellings_leave_the_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize("domain", ["nordwind.example", "nordwind.co.uk", "mail.nordwind.de"])
def test_the_stem_of_a_domain_has_no_ending(domain: str) -> None:
    assert stem(domain) == "nordwind"
