"""Begin a workspace from a stranger's exports: guess, and write commented files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clew.errors import BadInput
from clew.ingest.drafting import firm_text, source_text
from clew.ingest.guess import guess_source
from clew.ingest.guess_model import Guess
from clew.ingest.guessed_names import source_name
from clew.ingest.relations import Suggestion, relate
from clew.sources.parse import parse_source


@dataclass(frozen=True)
class Started:
    """What a start found out.

    guesses      one for each source that is written        unused  files without a source of their own
    files        path in the workspace -> text              suggestions  what could be added by hand
    """

    guesses: tuple[Guess, ...]
    unused: tuple[Guess, ...]
    files: dict[str, str]
    suggestions: tuple[Suggestion, ...]


def start(paths: Sequence[Path], folder: Path, *, now: int) -> Started:
    """Guess what the files mean and return the texts of a workspace; nothing is written.

    now     microseconds UTC
    Raises  BadInput where a file cannot be read, or none of them tells of anything that happened
    """
    guesses = _guesses(paths, now)
    useful, suggestions = relate(guesses, folder)
    if not any(guess.events for guess in useful):
        raise BadInput(_nothing_happened(guesses))
    for guess in useful:
        if not guess.account and not guess.subjects:
            raise BadInput(f"{guess.paths[0].name}: no column says whom a row is about; add one with an id or a name")
    texts = {
        guess.name: source_text(guess, folder, [one for one in suggestions if one.source == guess.name])
        for guess in useful
    }
    for name, text in texts.items():
        parse_source(text, folder / "sources" / f"{name}.yaml")
    files = {"clew.yaml": firm_text(folder, useful)}
    files |= {f"sources/{name}.yaml": text for name, text in texts.items()}
    unused = tuple(guess for guess in guesses if guess not in useful)
    return Started(tuple(useful), unused, files, tuple(suggestions))


def _guesses(paths: Sequence[Path], now: int) -> list[Guess]:
    """One guess for each kind of file: files with the same header are one source."""
    by_header: dict[tuple[str, ...], Guess] = {}
    names: set[str] = set()
    for path in dict.fromkeys(paths):
        name = source_name(path)
        while name in names:
            name += "-more"
        guess = guess_source(path, name=name, now=now)
        known = by_header.setdefault(guess.sample.header.names, guess)
        if known is guess:
            names.add(name)
        else:
            known.paths.append(path)
    return list(by_header.values())


def _nothing_happened(guesses: Sequence[Guess]) -> str:
    names = ", ".join(path.name for guess in guesses for path in guess.paths)
    columns = ", ".join(f"'{name}'" for guess in guesses for name in guess.sample.header.names[:12])
    return (
        f"{names}: no column holds times of what happened, so there is no journey in it (columns: {columns}); "
        "add an export with a date or time in each row"
    )
