"""What the names of events say, and how they become ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from clew.ingest import vocabulary
from clew.ingest.guessed_names import kebab
from clew.ingest.looks import words_of
from clew.journeys.parts import SECTIONS

_ACCEPTED = (
    "accepted, taken, acknowledged, received, started, picked up, assigned, confirmed, claimed",
    "angenommen, übernommen, bestätigt, zugewiesen, begonnen, gestartet",
    "accepté, pris en charge, assigné, commencé, confirmé",
    "aceptado, asignado, iniciado, confirmado, recibido",
    "aceito, atribuído, iniciado, recebido",
    "accettato, preso in carico, assegnato, avviato, ricevuto",
    "geaccepteerd, aangenomen, overgenomen, toegewezen, gestart, bevestigd",
)
_ACHIEVED = (
    "renewed, extended, achieved, went live, in use, onboarded, activated",
    "verlängert, erneuert, erreicht, aktiviert",
    "renouvelé, prolongé, atteint, activé",
    "renovado, ampliado, logrado, activado",
    "prorrogado, alcançado, ativado",
    "rinnovato, prorogato, raggiunto, attivato",
    "vernieuwd, verlengd, bereikt, geactiveerd",
)


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(vocabulary.plain(word.strip()) for line in lines for word in line.split(","))


ACCEPTED = _words(*_ACCEPTED)
_GOOD = (*vocabulary.GOOD_END, *_words(*_ACHIEVED))


def says(name: str, words: Iterable[str]) -> str:
    """Return the first of these words that stands in the name of an event, "" where none does."""
    spoken = f" {vocabulary.plain(' '.join(words_of(name)))} "
    return next((word for word in words if f" {word} " in spoken), "")


def ends_by_word(name: str) -> str:
    """The word by which a name speaks of an end, "" where none does."""
    return says(name, vocabulary.BAD_END) or says(name, _GOOD)


def is_bad_end(name: str) -> bool:
    """Whether the name speaks of an end that nobody wants."""
    return bool(says(name, vocabulary.BAD_END))


def waits_on(name: str) -> str:
    """Whose move it is where the name itself says so: customer, third party, or "" where it does not."""
    if not says(name, vocabulary.WAITING):
        return ""
    if says(name, vocabulary.CUSTOMER):
        return "customer"
    return "third party" if says(name, vocabulary.THIRD_PARTY) else ""


def one_line(text: str) -> str:
    """A text as it may stand in a comment."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def ids_of(names: Sequence[str], kind: str) -> Mapping[str, str]:
    """Give each event name an id in kebab-case, no two the same and none a word of the journey file itself.

    A kind that many names begin with says nothing: of tickets, 'ticket opened' becomes opened.
    """
    ids: dict[str, str] = {}
    for number, name in enumerate(dict.fromkeys(names), start=1):
        made = _without_kind(kebab(name), kind) or f"stage-{number}"
        if made in SECTIONS or made in ids.values():
            made = f"{made}-{number}"
        while made in ids.values():
            made += "-more"
        ids[name] = made
    return ids


def _without_kind(name: str, kind: str) -> str:
    return name.removeprefix(f"{kind}-") or name


def spoken_kind(kind: str, count: int = 2) -> str:
    """The word for subjects of a kind: tickets, deals, accounts."""
    word = kind.replace("-", " ")
    if count == 1:
        return word
    return (
        f"{word[:-1]}ies"
        if word.endswith("y") and word[-2:-1] not in "aeiou"
        else word + ("es" if word.endswith("s") else "s")
    )
