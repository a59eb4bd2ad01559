"""Diagnoses that were made: one JSON file each in .clew/diagnoses, with the thresholds to watch."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clew.clock import to_datetime
from clew.diagnosis.interview.answers import Answers
from clew.diagnosis.result import Diagnosis
from clew.diagnosis.scoring.thresholds import COMPARISONS, Threshold
from clew.errors import BrokenStore

FOLDER = "diagnoses"
FORMAT = 1
HEX_DIGITS = 12


@dataclass(frozen=True)
class Stored:
    """A diagnosis as it was made.

    made_at, as_of  microseconds UTC; as_of and generation are None where no log was read
    verdict         no | not-yet | start | orchestrate
    answers         hash of all answers, "" where there were none
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
    last = latest(store)
    if last is not None and _meaning(last) == _meaning(new):
        return last
    folder = store / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / f"{to_datetime(made_at):%Y%m%dT%H%M%S%fZ}-{_hash(_meaning(new))}.json", new)
    return new


def latest(store: Path) -> Stored | None:
    """The last diagnosis made, None where none was. Raises BrokenStore."""
    paths = _paths(store)
    return _read(paths[-1]) if paths else None


def history(store: Path) -> list[Stored]:
    """Every diagnosis, the oldest first. Raises BrokenStore."""
    return [_read(path) for path in _paths(store)]


def answers_hash(sheets: Sequence[Answers]) -> str:
    """One hash of what all leaders said, whatever the order of their files; "" without any."""
    said = sorted([sheet.leader, sorted(sheet.said.items())] for sheet in sheets)
    return _hash(json.dumps(said)) if said else ""


def _stored(diagnosis: Diagnosis, headline: str, made_at: int) -> Stored:
    about = diagnosis.about
    return Stored(
        made_at=made_at,
        verdict=diagnosis.verdict.id,
        headline=headline,
        as_of=about.as_of,
        generation=about.generation,
        leaders=tuple(sheet.leader for sheet in diagnosis.sheets),
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
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **asdict(stored)}, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _read(path: Path) -> Stored:
    try:
        written: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if written.pop("format") != FORMAT:
            raise ValueError("another format")
        thresholds = tuple(Threshold(**each) for each in written.pop("thresholds"))
        if any(each.comparison not in COMPARISONS for each in thresholds):
            raise ValueError("an unknown comparison")
        return Stored(**{**written, "leaders": tuple(written["leaders"])}, thresholds=thresholds)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as cause:
        raise BrokenStore(
            f"'{path}' is no stored diagnosis ({cause}); remove it and run 'clew diagnose' again"
        ) from cause
