"""How several exports hang together: which ids they share, and what could be joined or linked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clew.ingest.guess_model import Guess
from clew.ingest.guessed_names import flow, relative
from clew.ingest.looks import Look

_SHARED = 0.3  # share of the fewer values that must be found in the other file
_ALMOST_ALL = 0.8


@dataclass(frozen=True)
class Suggestion:
    """What could be written into one source file: an item of a list (join or links) and the reason in words."""

    source: str
    key: str
    item: str
    reason: str


def relate(guesses: Sequence[Guess], folder: Path) -> tuple[list[Guess], list[Suggestion]]:
    """Return the guesses worth a source, their threads put together, and what else suggests itself.

    A file without times stays where it says something of accounts or things that another file names.
    """
    telling = [guess for guess in guesses if guess.form != "table"]
    for guess in telling:
        _put_shared_thread_first(guess, [other for other in telling if other is not guess])
    useful = [guess for guess in guesses if guess.form != "table" or _describes(guess, telling)]
    suggestions = [
        *(one for guess in guesses for other in telling if guess is not other for one in _joins(guess, other, folder)),
        *(one for guess in telling for one in _links(guess, [other for other in guesses if other is not guess])),
    ]
    return useful, suggestions


def ids(guess: Guess) -> dict[str, str]:
    """The kinds of ids in a file, each with its column."""
    account = dict([guess.account]) if guess.account else {}
    return {**guess.subjects, **account}


def _put_shared_thread_first(guess: Guess, others: Sequence[Guess]) -> None:
    """Without an account the first subject is the thread: let it be one that is the key of another file."""
    if guess.account is not None:
        return
    keys = {kind for other in others for kind, column in ids(other).items() if column == other.key}
    shared = [kind for kind in guess.subjects if kind in keys and guess.subjects[kind] != guess.key]
    guess.subjects = {kind: guess.subjects[kind] for kind in (*shared, *guess.subjects)}


def _describes(table: Guess, telling: Sequence[Guess]) -> bool:
    """Whether a file without times is about things that the others name; it then uses their word for them."""
    if table.key is None:
        return False
    for other in telling:
        for kind, column in ids(other).items():
            if _overlap(_texts(table, table.key), _texts(other, column)) >= _SHARED:
                is_account = other.account == (kind, column)
                table.account = (kind, table.key) if is_account else None
                table.subjects = {} if is_account else {kind: table.key}
                whose = None if is_account else kind
                table.attributes = {name: (column, whose) for name, (column, _) in table.attributes.items()}
                return True
    return False


def _joins(guess: Guess, other: Guess, folder: Path) -> Iterator[Suggestion]:
    """Look-ups in a file that is keyed by a column of the other; sums of one that repeats the other's key."""
    if guess.form != "table":
        return
    path = flow(relative(guess.paths[0], folder))
    if guess.key is not None:
        column = _same_values(guess, guess.key, other)
        if column is not None:
            on = flow(column) if column == guess.key else "{" + f"{flow(column)}: {flow(guess.key)}" + "}"
            kept_out = {guess.key, *guess.personal, *_contact(guess)}
            brought = [name for name in guess.sample.header.names if name not in kept_out]
            yield Suggestion(
                other.name,
                "join",
                f"{{file: {path}, on: {on}, columns: [{', '.join(map(flow, brought))}]}}",
                f"'{guess.key}' of {guess.paths[0].name} is found in '{column}'",
            )
    key = other.key
    if key is not None and guess.key is None and key in guess.sample.header.names:
        numbers = [name for name, look in _looks(guess).items() if look.number_share() > 0.95 and not look.is_whole]
        per = [guess.account[1]] if guess.account else []
        parts = [f"file: {path}", f"on: {flow(key)}"]
        parts += [f"per: [{', '.join(map(flow, per))}]"] if per else []
        parts += [f"sum: [{', '.join(map(flow, numbers))}]"] if numbers else []
        if len(parts) > 2 and _overlap(_texts(guess, key), _texts(other, key)) >= _SHARED:
            yield Suggestion(
                other.name,
                "join",
                f"{{{', '.join(parts)}}}",
                f"{guess.paths[0].name} has several rows for one '{key}'",
            )


def _same_values(guess: Guess, key: str, other: Guess) -> str | None:
    """The column of the other file that holds the values of this key."""
    own = _texts(guess, key)
    for name in other.sample.header.names:
        theirs = _texts(other, name)
        is_personal = name in other.personal or name in _contact(other)
        if (
            not is_personal
            and name not in ids(other).values()
            and len(theirs) > 1
            and _overlap(theirs, own) >= _ALMOST_ALL
        ):
            return name
    return None


def _links(guess: Guess, others: Sequence[Guess]) -> Iterator[Suggestion]:
    """Two ids of one row, each different in every row and each known elsewhere: perhaps one account."""
    looks = _looks(guess)
    known = {kind for other in others for kind in ids(other)}
    single = [kind for kind, column in ids(guess).items() if looks[column].distinct == looks[column].filled]
    pairs = [kind for kind in single if kind in known]
    if len(pairs) >= 2:
        written = ", ".join(f"{kind}: {flow(ids(guess)[kind])}" for kind in pairs[:2])
        yield Suggestion(
            guess.name,
            "links",
            f"{{{written}}}",
            f"each {pairs[0]} has one {pairs[1]} here, and both are known from other files",
        )


def _contact(guess: Guess) -> tuple[str | None, ...]:
    """The columns that name a person outside."""
    return (guess.contact.id, guess.contact.email, guess.contact.name) if guess.contact else ()


def _looks(guess: Guess) -> dict[str, Look]:
    return {name: Look(name, column) for name, column in guess.sample.columns.items()}


def _texts(guess: Guess, column: str) -> frozenset[str]:
    return frozenset(guess.sample.columns[column].names)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller set that is in the other."""
    return len(one & other) / max(min(len(one), len(other)), 1)
