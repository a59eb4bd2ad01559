"""Diagnoses that were made: one JSON file each in .clew/diagnoses, with thresholds to watch and no leader's name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clew.clock import to_datetime
from clew.config.store import private_folder
from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.interview.nameless import ANYBODY, nameless
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.thresholds import COMPARISONS, Threshold
from clew.errors import BrokenStore
from clew.files.replace import replace_file

FOLDER = "diagnoses"
FORMAT = 2
NAMED = 1  # a former format, which held the names of leaders
HEX_DIGITS = 12


@dataclass(frozen=True)
class Stored:
    """A diagnosis as it was made.

    made_at, as_of  microseconds UTC; as_of and generation are None where no log was read
    verdict         no | not-yet | start | orchestrate
    leaders         who answered, by role: "the managing director"
    answers         hash of all answers and roles, "" where there were none
    facts           value by name, None where it was not known
    """

    made_at: int
    verdict: str
    headline: str
    as_of: int | None
    generation: int | None
    leaders: tuple[str, ...]
    answers: str
    thresholds: tuple[Threshold, ...]
    facts: Mapping[str, float | None]


def keep(store: Path, diagnosis: Diagnosis, headline: str, *, made_at: int) -> Stored:
    """Store a diagnosis beside the former ones; the same one as the last is not stored again."""
    new = _stored(diagnosis, headline, made_at)
    forget_names(store)
    last = latest(store)
    if last is not None and _meaning(last) == _meaning(new):
        return last
    folder = store / FOLDER
    private_folder(folder)
    _write(folder / f"{to_datetime(made_at):%Y%m%dT%H%M%S%fZ}-{_hash(_meaning(new))}.json", new)
    return new


def latest(store: Path) -> Stored | None:
    """The last diagnosis made, None where none was. Raises BrokenStore."""
    paths = _paths(store)
    return _read(paths[-1]) if paths else None


def history(store: Path) -> list[Stored]:
    """Every diagnosis, the oldest first. Raises BrokenStore."""
    return [_read(path) for path in _paths(store)]


def forget_names(store: Path) -> int:
    """Rewrite diagnoses of a former format, which named leaders; return how many there were. Raises BrokenStore."""
    named = [path for path in _paths(store) if _format(path) == NAMED]
    for path in named:
        _write(path, _read(path))
    return len(named)


def answers_hash(sheets: Sequence[Answers]) -> str:
    """One hash of what all leaders said and of their roles, whatever the order of their files; "" without any."""
    said = sorted([sheet.role, sorted(sheet.said.items())] for sheet in nameless(sheets))
    return _hash(json.dumps(said)) if said else ""


def _stored(diagnosis: Diagnosis, headline: str, made_at: int) -> Stored:
    about = diagnosis.about
    return Stored(
        made_at=made_at,
        verdict=diagnosis.verdict.id,
        headline=headline,
        as_of=about.as_of,
        generation=about.generation,
        leaders=tuple(sheet.leader for sheet in nameless(diagnosis.sheets)),
        answers=answers_hash(diagnosis.sheets),
        thresholds=diagnosis.thresholds,
        facts={name: fact.value for name, fact in sorted(diagnosis.evidence.facts.items())},
    )


def _meaning(stored: Stored) -> str:
    return json.dumps({**asdict(stored), "made_at": 0}, sort_keys=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HEX_DIGITS]


def _paths(store: Path) -> list[Path]:
    """The files, the oldest first: their names begin with the instant."""
    return sorted((store / FOLDER).glob("*.json"))


def _write(path: Path, stored: Stored) -> None:
    replace_file(path, json.dumps({"format": FORMAT, **asdict(stored)}, indent=1, ensure_ascii=False))


def _format(path: Path) -> object:
    try:
        written = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as cause:
        raise _broken(path, cause) from cause
    return written.get("format") if isinstance(written, dict) else None


def _read(path: Path) -> Stored:
    try:
        written: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if (written_as := written.pop("format")) not in (FORMAT, NAMED):
            raise ValueError("another format")
        if written_as == NAMED:
            written = _without_names(written)
        thresholds = tuple(Threshold(**each) for each in written.pop("thresholds"))
        if any(each.comparison not in COMPARISONS for each in thresholds):
            raise ValueError("an unknown comparison")
        return Stored(**{**written, "leaders": tuple(written["leaders"])}, thresholds=thresholds)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as cause:
        raise _broken(path, cause) from cause


def _without_names(written: Mapping[str, Any]) -> dict[str, Any]:
    """What the former format tells without its names; its hash was of them too."""
    n = len(written["leaders"])
    leaders = [ANYBODY] if n == 1 else [f"leader {number}" for number in range(1, n + 1)]
    return {**written, "leaders": leaders, "answers": ""}


def _broken(path: Path, cause: Exception) -> BrokenStore:
    return BrokenStore(f"'{path}' is no stored diagnosis ({cause}); remove it and run 'clew diagnose' again")
