"""Invented firms whose truth is known: some stand there twice, others only look alike.

Of the firms some stand there twice: misspelt, with another legal form, the words in another order, without their
domain or with another ending. Beside them stand firms that look alike and are not one: subsidiaries with the domain of
their parent, firms with a number, firms of one family name in different places, sisters of one group.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from clew.duplicates.model import Firm
from clew.duplicates.naming import words_of

Found = set[tuple[str, str]]

ONSETS = "b br d dr f fl g gr h j k kl l m n p pr r s sch st t tr v w z".split()
VOWELS = "a e i o u au ei".split()
CODAS = "b ck d ff g l ld ll m n nd nn r rg rt s st t x".split()
TRADES = "Antriebe Chemie Elektro Foods Glas Holz Labor Logistik Maschinen Metall Papier Pumpen Systeme Textil".split()
KINDS = "Group Handel Services Technik Werke".split()
FORMS = {
    "DE": "GmbH",
    "AT": "GmbH",
    "CH": "AG",
    "NL": "B.V.",
    "FR": "S.A.S.",
    "SE": "AB",
    "PL": "Sp. z o.o.",
    "GB": "Ltd",
}
OTHER_FORMS = ("AG", "GmbH & Co. KG", "SE", "", "Inc.")
LANDS = {
    "PL": "Polska",
    "FR": "France",
    "NL": "Nederland",
    "GB": "UK",
    "SE": "Sverige",
    "AT": "Austria",
    "CH": "Suisse",
}
PLACES = [
    f"{a}{b}" for a in ("Alt", "Neu", "Ober", "Unter", "Bad ", "Klein") for b in ("berg", "dorf", "feld", "hausen")
]
FAMILIES = "Becker Fischer Hoffmann Keller Lang Maier Schmidt Wagner Weber Winter".split()


@dataclass(frozen=True)
class Town:
    """Firms, and which pairs of them are one."""

    firms: Sequence[Firm]
    truth: Found


def invented(accounts: int, seed: int) -> Town:
    """Invent firms of which about one in ten is there twice, and one in six looks like another that it is not."""
    dice = random.Random(seed)
    firms: list[Firm] = []
    truth: Found = set()
    labels: set[str] = set()
    while len(firms) < accounts:
        firm = _own_domain(_firm(dice, len(firms)), labels)
        firms.append(firm)
        if dice.random() < 0.1:
            firms.append(_again(dice, firm, len(firms)))
            truth.add(pair_of(firm.thread, firms[-1].thread))
        if dice.random() < 0.15:
            firms += _alike(dice, firm, len(firms))
    return Town(firms, truth)


def pair_of(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _thread(number: int) -> str:
    return f"account:{number:06}"


def _word(dice: random.Random) -> str:
    parts = dice.randint(2, 3)
    return "".join(dice.choice(ONSETS) + dice.choice(VOWELS) + dice.choice(CODAS) for _ in range(parts)).capitalize()


def _firm(dice: random.Random, number: int) -> Firm:
    family = dice.random() < 0.12
    first = dice.choice(FAMILIES) if family else _word(dice)
    country, trade = dice.choices([*FORMS], [8, 1, 1, 2, 2, 1, 1, 2])[0], dice.choice(TRADES)
    words = [first, trade] + ([dice.choice(KINDS)] if dice.random() < 0.25 else [])
    place = dice.choice(PLACES)
    label = "-".join([first.casefold(), place.casefold().replace(" ", "")] if family else [first.casefold()])
    domains = (f"{label}.{country.casefold()}",) if dice.random() < 0.75 else ()
    return Firm(
        _thread(number),
        f"{' '.join(words)} {FORMS[country]}",
        domains,
        country=country,
        place=place if dice.random() < 0.8 else "",
        industry=trade if dice.random() < 0.9 else "",
    )


def _own_domain(firm: Firm, labels: set[str]) -> Firm:
    """Give a firm a domain that no other has: different firms do not share one by chance."""
    if not firm.domains:
        return firm
    label, ending = firm.domains[0].rsplit(".", 1)
    label = label if label not in labels else f"{label}-{len(labels)}"
    labels.add(label)
    return replace(firm, domains=(f"{label}.{ending}",))


def _again(dice: random.Random, firm: Firm, number: int) -> Firm:
    """The same firm as somebody else wrote it down."""
    ways: list[Callable[[random.Random, str], str]] = [_misspelt, _reformed, _turned, _loud, _reformed]
    name = firm.name
    for way in dice.sample(ways, dice.choice((1, 1, 2))):
        name = way(dice, name)
    domains = firm.domains
    if domains and dice.random() < 0.3:
        domains = (domains[0].rsplit(".", 1)[0] + ".com",) if dice.random() < 0.5 else ()
    moved = dice.random() < 0.08
    return replace(
        firm,
        thread=_thread(number),
        name=name,
        domains=domains,
        country=firm.country if dice.random() < 0.85 else "",
        place=dice.choice(PLACES) if moved else firm.place if dice.random() < 0.8 else "",
        industry=firm.industry if dice.random() < 0.8 else dice.choice(TRADES),
    )


def _misspelt(dice: random.Random, name: str) -> str:
    at = dice.randrange(1, max(2, len(name.split()[0]) - 1))
    return dice.choice((name[:at] + name[at + 1 :], name[:at] + name[at] + name[at:], _swapped(name, at)))


def _swapped(name: str, at: int) -> str:
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _reformed(dice: random.Random, name: str) -> str:
    return f"{' '.join(word.capitalize() for word in words_of(name))} {dice.choice(OTHER_FORMS)}".strip()


def _turned(dice: random.Random, name: str) -> str:
    words = [word.capitalize() for word in words_of(name)]
    return " ".join(dice.sample(words, len(words)))


def _loud(_dice: random.Random, name: str) -> str:
    return name.upper()


def _alike(dice: random.Random, firm: Firm, number: int) -> list[Firm]:
    """Firms that look like this one and are others."""
    core = " ".join(word.capitalize() for word in words_of(firm.name))
    way = dice.randrange(4)
    if way == 0:  # a subsidiary: the domain of its parent, half of the time with its parent named
        land = dice.choice([*LANDS])
        parent = firm.thread if dice.random() < 0.5 else ""
        name = f"{core} {LANDS[land]} {FORMS[land]}"
        return [
            replace(firm, thread=_thread(number), name=name, country=land, place=_elsewhere(dice, firm), parent=parent)
        ]
    if way == 1:  # numbered, as franchises and special purpose firms are
        return [
            replace(firm, thread=_thread(number), name=f"{core} {dice.randint(2, 9)} {FORMS[firm.country]}", domains=())
        ]
    if way == 2:  # the same first word, another trade
        first, trade = words_of(firm.name)[0].capitalize(), dice.choice(TRADES)
        other = _firm(dice, number)
        return [replace(other, name=f"{first} {trade}erei {FORMS[other.country]}", place=_elsewhere(dice, firm))]
    sister = f"{core.split()[0]} {dice.choice(TRADES)} Beteiligung {FORMS[firm.country]}"  # of one group and one domain
    return [replace(firm, thread=_thread(number), name=sister, industry="")]


def _elsewhere(dice: random.Random, firm: Firm) -> str:
    return dice.choice([one for one in PLACES if one != firm.place])
