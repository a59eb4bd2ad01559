"""Laws of identity: threads follow from the set of links alone; contacts are members of accounts and never join two."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clew.archive.identity import threads_of_entities

ACCOUNTS = ["seller:b", "seller:a", "lead:c", "lead:d", "deal:e"]
CONTACTS = [f"contact:{number}" for number in range(6)]
TEXTS = [*ACCOUNTS, *CONTACTS]

codes = st.integers(0, len(TEXTS) - 1)
links = st.lists(st.tuples(codes, codes), max_size=14)
Link = tuple[int, int]


def threads(pairs: list[Link], texts: list[str] = TEXTS) -> list[str]:
    left, right = ([pair[end] for pair in pairs] for end in (0, 1))
    found = threads_of_entities(texts, np.array(left, np.int32), np.array(right, np.int32))
    return [texts[code] for code in found.tolist()]


def is_contact(code: int) -> bool:
    return code >= len(ACCOUNTS)


def component(code: int, pairs: list[Link]) -> set[int]:
    """Everything that links of accounts bring together with an account."""
    found = {code}
    while True:
        more = {end for pair in pairs if not any(map(is_contact, pair)) and found & {*pair} for end in pair} - found
        if not more:
            return found
        found |= more


def naive_thread(code: int, pairs: list[Link]) -> str:
    """The definition, word by word, for one entity."""
    if not is_contact(code):
        return min(TEXTS[one] for one in component(code, pairs))
    walked: list[int] = []
    while True:
        ends = {other for pair in pairs for one, other in (pair, pair[::-1]) if one == code and not is_contact(other)}
        accounts = {min(TEXTS[one] for one in component(end, pairs)) for end in ends}
        if accounts:
            return accounts.pop() if len(accounts) == 1 else TEXTS[code]
        if code in walked:
            return min(TEXTS[one] for one in walked[walked.index(code) :])
        walked.append(code)
        successors = {right for left, right in pairs if left == code and is_contact(right)} - {code}
        if len(successors) != 1:
            return TEXTS[code]
        code = successors.pop()


@given(links)
def test_threads_are_those_of_the_definition(pairs: list[Link]) -> None:
    assert threads(pairs) == [naive_thread(code, pairs) for code in range(len(TEXTS))]


@given(links, st.randoms(use_true_random=False))
def test_threads_depend_on_the_set_of_links_alone(pairs: list[Link], chance: random.Random) -> None:
    again = [pair if all(map(is_contact, pair)) else chance.choice([pair, pair[::-1]]) for pair in pairs + pairs[:3]]
    chance.shuffle(again)

    assert threads(again) == threads(pairs)


@given(links, st.permutations(range(len(TEXTS))))
def test_threads_do_not_depend_on_codes(pairs: list[Link], order: list[int]) -> None:
    texts = [TEXTS[code] for code in order]
    place = {code: number for number, code in enumerate(order)}
    renamed = threads([(place[left], place[right]) for left, right in pairs], texts)

    assert [renamed[place[code]] for code in range(len(TEXTS))] == threads(pairs)


@given(links)
def test_contacts_never_join_accounts(pairs: list[Link]) -> None:
    alone = [pair for pair in pairs if not any(map(is_contact, pair))]

    assert threads(pairs)[: len(ACCOUNTS)] == threads(alone)[: len(ACCOUNTS)]


@given(links)
def test_threads_are_their_own_threads(pairs: list[Link]) -> None:
    found = threads(pairs)

    assert all(found[TEXTS.index(thread)] == thread for thread in found)


def test_long_chain_of_ids_is_walked_once() -> None:
    texts = ["seller:a", *(f"contact:{number}" for number in range(50_000))]
    pairs = [(number, number + 1) for number in range(1, 50_000)]

    assert set(threads([*pairs, (50_000, 0)], texts)) == {"seller:a"}
