"""Contracts: one row a term of twelve months, from signature to renewal or cancellation, with what lies between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clew.demo.dice import Dice, Flags, Ints
from clew.demo.hours import DAY, NEVER, later, office
from clew.demo.names import USERS
from clew.demo.plants.stalls import stalled
from clew.demo.scene import Scene
from clew.demo.tables import Export, Table, joined, moment, number, taken, words

PRODUCTS = ("Plan Enterprise", "Plan Pro", "Plan Basic")
TERMS = 5
YEAR = 365 * DAY

EXPORT = Export(
    "contracts",
    {
        "contract_id": f"{number('C-', 'account')} || '-' || term::VARCHAR",
        "account_id": number("A-", "account"),
        "product": words("product", PRODUCTS),
        "signed_on": moment("signed", "DATE"),
        "renewal_date": moment("renewal", "DATE"),
        "yearly_value": "yearly",
        "manager": words("manager", USERS),
        "review_on": moment("reviewed", "DATE"),
        "offer_on": moment("offered", "DATE"),
        "renewed_on": moment("renewed", "DATE"),
        "cancelled_on": moment("cancelled", "DATE"),
        "extended_on": moment("extended", "DATE"),
        "extended_by": f"CASE WHEN extended < {NEVER} THEN extended_by END",
    },
    ("signed", "row"),
)


@dataclass(frozen=True)
class Term:
    """The k-th term of each account, (n,) each; NEVER where there is none or a step was not taken before the end.

    decided  when it is renewed or cancelled, also where that lies beyond the end; renews which of the two
    """

    signed: Ints
    renewal: Ints
    reviewed: Ints
    offered: Ints
    decided: Ints
    renews: Flags


def make_terms(scene: Scene, won: Ints) -> list[Term]:
    """Return the terms of all customers one after the other, each as long as the one before was renewed."""
    since = scene.accounts.since
    past = np.where(since < NEVER, since + (scene.start - since) // YEAR * YEAR, NEVER)
    signed = np.minimum(past, won)
    terms: list[Term] = []
    for place in range(TERMS):
        terms.append(_term(scene, scene.dice.each("term", place), signed))
        signed = np.where(terms[-1].renews & (terms[-1].renewal < scene.end), terms[-1].renewal, NEVER)
    return terms


def ended_by(terms: list[Term], end: int) -> tuple[Ints, Ints]:
    """Return when each account cancelled, and the last day of the term that it cancelled; NEVER where it did not."""
    cancelled = last = np.full(len(terms[0].signed), NEVER)
    for term in terms:
        lost = (term.signed < NEVER) & ~term.renews & (term.decided < end)
        cancelled = np.where(lost, np.minimum(cancelled, term.decided), cancelled)
        last = np.where(lost, np.minimum(last, term.renewal), last)
    return cancelled, last


def cut(terms: list[Term], cancelled: Ints) -> list[Term]:
    """Return the terms of accounts some of which cancel at another decision than they would; NEVER: nothing changes."""
    told = []
    for term in terms:
        term = Term(
            np.where(term.signed > cancelled, NEVER, term.signed),
            np.where(term.signed > cancelled, NEVER, term.renewal),
            np.where(term.signed > cancelled, NEVER, term.reviewed),
            np.where(term.signed > cancelled, NEVER, term.offered),
            np.where(term.signed > cancelled, NEVER, term.decided),
            term.renews & (term.decided != cancelled),
        )
        told.append(term)
    return told


def contract_table(scene: Scene, terms: list[Term], extended: Ints, hushed: Flags) -> Table:
    """Return a row for each term; hushed are accounts whose last reviews did not take place."""
    manager = scene.manager
    tables: list[Table] = []
    for place, term in enumerate(terms):
        yearly = (scene.accounts.revenue * (1 + 0.04 * place)).astype(np.int64)
        inside = (extended >= term.signed) & (extended < term.renewal)
        decided = np.where(term.decided < scene.end, term.decided, NEVER)
        table = {
            "account": scene.accounts.index,
            "term": np.full(len(scene), place + 1),
            "product": scene.accounts.segment,
            "signed": term.signed,
            "renewal": term.renewal,
            "yearly": yearly,
            "manager": manager,
            "reviewed": np.where((term.reviewed < scene.end) & ~hushed, term.reviewed, NEVER),
            "offered": np.where(term.offered < scene.end, term.offered, NEVER),
            "renewed": np.where(term.renews, decided, NEVER),
            "cancelled": np.where(term.renews, NEVER, decided),
            "extended": np.where(inside & (extended < scene.end), extended, NEVER),
            "extended_by": (yearly * 0.3).astype(np.int64),
        }
        tables.append(taken(table, term.signed < scene.end))
    table = joined(tables)
    return taken(table, np.lexsort((table["term"], table["account"])))


def _term(scene: Scene, dice: Dice, signed: Ints) -> Term:
    """The usage review comes 80 to 105 days before the renewal, the offer after it, the decision after the offer."""
    renewal = np.where(signed < NEVER, signed + YEAR, NEVER)
    owner = np.arange(len(scene))
    reviews = dice.chance("reviews", scene.of_segment((0.9, 0.75, 0.5)))
    reviewed = office(later(renewal, -dice.between("review", 84, 105)), dice.uniform("review at"))
    after_review = office(later(reviewed, dice.between("offer", 18, 42)), dice.uniform("offer at"))
    after_review = stalled(
        scene, dice, owner, reviewed, after_review, days=50.0, where="renewal/reviewed", only=reviews
    )
    offered = np.where(reviews, after_review, office(later(renewal, -dice.between("offer", 52, 72)), dice.uniform("o")))
    decided = office(later(offered, dice.between("decided", 7, 36)), dice.uniform("decided at"))
    decided = stalled(scene, dice, owner, offered, decided, days=45.0, where="renewal/offered")
    decided = np.minimum(decided, np.where(renewal < NEVER, renewal + 10 * DAY, NEVER))
    if scene.firm.self_service:
        reviews, offered, decided = np.zeros(len(scene), np.bool_), np.full(len(scene), NEVER), renewal
    renews = dice.chance("renews", scene.firm.renewing)
    return Term(signed, renewal, np.where(reviews, reviewed, NEVER), offered, decided, renews)
